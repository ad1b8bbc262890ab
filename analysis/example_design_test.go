package analysis_test

import (
	"fmt"

	"hailong/analysis"
)

// A live table: responses arrive one by one, readers tabulate snapshots.
func ExampleFixedRows_Tabulate() {
	columns, err := analysis.NewColumns(analysis.Schema{
		Items:   []analysis.Question{{Name: "waiting", Codes: 5}},
		Domains: []string{"commune"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, response := range []struct {
		answer  uint8
		commune uint32
	}{{5, 1}, {4, 1}, {2, 2}, {analysis.NotApplicable, 2}, {analysis.Missing, 2}} {
		if err := columns.Append([]uint8{response.answer}, []uint32{response.commune}, nil); err != nil {
			fmt.Println(err)
		}
	}
	table, err := columns.Snapshot().Tabulate(analysis.Grouping{By: []int{0}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for commune := uint32(1); commune <= 2; commune++ {
		cell, _ := table.Cell(commune)
		fmt.Println("commune", commune, "answers", table.Counts(cell, 0), "missing", table.Missing(cell, 0), "not applicable", table.NotApplicable(cell, 0))
	}
	// Output:
	// commune 1 answers [0 0 0 1 1] missing 0 not applicable 0
	// commune 2 answers [0 1 0 0 0] missing 1 not applicable 1
}

// The same answers are 75 %, 80 % or 75 % "satisfied": the formula is part of the figure.
func ExampleFixedRows_TabulateIndex() {
	columns, err := analysis.NewColumns(analysis.Schema{Items: []analysis.Question{{Name: "staff", Codes: 5}, {Name: "result", Codes: 5}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, answers := range [][]uint8{{4, 5}, {4, 3}, {5, 4}, {4, 3}} {
		if err := columns.Append(answers, nil, nil); err != nil {
			fmt.Println(err)
		}
	}
	for _, formula := range []struct {
		name    string
		scoring analysis.Scoring
	}{{"top2", analysis.Top2(5, 4, 5)}, {"mean100", analysis.Mean100(5)}, {"mean0", analysis.Mean0(5)}} {
		table, err := columns.Snapshot().TabulateIndex(analysis.Index{Factors: [][]int{{0}, {1}}, Scoring: formula.scoring, Pooling: analysis.PoolFactors}, analysis.Grouping{})
		if err != nil {
			fmt.Println(err)
			return
		}
		e := table.Estimate(0, 0.95)
		fmt.Printf("%s: %.1f %% of %d respondents, %.1f to %.1f\n", formula.name, 100*e.Rate, e.Respondents, 100*e.Interval.Low, 100*e.Interval.High)
	}
	// Output:
	// top2: 75.0 % of 4 respondents, 20.6 to 97.2
	// mean100: 80.0 % of 4 respondents, 55.9 to 92.7
	// mean0: 75.0 % of 4 respondents, 46.8 to 91.1
}

// Twelve satisfied of twelve in four villages are no proof of 95 %.
func ExampleKornGraubard() {
	i := analysis.KornGraubard(1, 0, 12, 3, 0.95)
	fmt.Printf("%.2f to %.2f: %s\n", i.Low, i.High, analysis.Judge(i, 0.95))
	// Output:
	// 0.53 to 1.00: inconclusive
}
