package analysis

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// indexNaively is the definition of an index in one domain of a simple random
// sample, row by row in floating point.
func indexNaively(s FixedRows, ix Index, in func(row int) bool) (rate, se float64, respondents, answers int64) {
	groups := ix.Factors
	if ix.Pooling == PoolAnswers {
		var all []int
		for _, items := range groups {
			all = append(all, items...)
		}
		groups = [][]int{all}
	}
	give := func(row int, items []int) (y, x float64) {
		for _, j := range items {
			if code := s.Item(j)[row]; code != Missing && code != NotApplicable {
				y += float64(ix.Scoring.Points[code]) / float64(ix.Scoring.Of)
				x++
			}
		}
		return y, x
	}
	var ys, xs []float64
	var used [][]int
	for _, items := range groups {
		var y, x float64
		for row := range s.Rows() {
			if in(row) {
				yi, xi := give(row, items)
				y, x = y+yi, x+xi
			}
		}
		if x > 0 {
			ys, xs, used = append(ys, y), append(xs, x), append(used, items)
		}
	}
	z := make([]float64, s.Rows())
	var mean float64
	for row := range z {
		if !in(row) {
			continue
		}
		any := false
		for g, items := range used {
			y, x := give(row, items)
			z[row] += (y - ys[g]/xs[g]*x) / xs[g] / float64(len(used))
			answers += int64(x)
			any = any || x > 0
		}
		if any {
			respondents++
		}
		mean += z[row] / float64(len(z))
	}
	for g := range used {
		rate += ys[g] / xs[g] / float64(len(used))
	}
	var squares float64
	for _, v := range z {
		squares += (v - mean) * (v - mean)
	}
	n := float64(len(z))
	return rate, math.Sqrt(n / (n - 1) * squares), respondents, answers
}

func TestIndexAgainstDefinition(t *testing.T) {
	t.Parallel()
	s := randomColumns(t, 21, 900, 6).Snapshot()
	factors := [][]int{{0, 1}, {2}, {3, 4, 5}}
	for name, ix := range map[string]Index{
		"Top2Pooled":     {factors, Top2(5, 4, 5), PoolAnswers},
		"Top2Factors":    {factors, Top2(5, 4, 5), PoolFactors},
		"Mean100Pooled":  {factors, Mean100(5), PoolAnswers},
		"Mean100Factors": {factors, Mean100(5), PoolFactors},
		"Mean0Pooled":    {factors, Mean0(5), PoolAnswers},
		"Mean0Factors":   {factors, Mean0(5), PoolFactors},
		"OneFactor":      {factors[2:], Mean0(5), PoolFactors},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, err := s.TabulateIndex(ix, Grouping{By: []int{0}})
			if err != nil {
				t.Fatal(err)
			}
			for cell := range table.Cells() {
				rate, se, respondents, answers := indexNaively(s, ix, func(row int) bool { return s.Domain(0)[row] == uint32(cell) })
				want := IndexEstimate{Respondents: respondents, Answers: answers, Rate: rate, SE: se, Interval: Logit(rate, se, float64(table.Rows(cell)-1), 0.95)}
				if diff := cmp.Diff(want, table.Estimate(cell, 0.95), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
					t.Fatalf("cell %d (-definition +table):\n%s", cell, diff)
				}
			}
			alone := Index{Factors: ix.Factors[:1], Scoring: ix.Scoring}
			rate, se, respondents, _ := indexNaively(s, alone, func(row int) bool { return s.Domain(0)[row] == 3 })
			got := table.Factor(3, 0, 0.9)
			if diff := cmp.Diff([]float64{rate, se, float64(respondents)}, []float64{got.Rate, got.SE, float64(got.Respondents)}, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("a factor alone (-definition +table):\n%s", diff)
			}
		})
	}
}

// responses makes columns of five-code items in one unit.
func responses(t *testing.T, rows ...[]uint8) FixedRows {
	t.Helper()
	schema := Schema{Domains: []string{"unit"}}
	for range rows[0] {
		schema.Items = append(schema.Items, Question{Codes: 5})
	}
	c, err := NewColumns(schema)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := c.Append(row, []uint32{0}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return c.Snapshot()
}

func TestIndexAtTheEdges(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	two := [][]int{{0}, {1}}
	tests := []struct {
		name string
		rows [][]uint8
		ix   Index
		want IndexEstimate
	}{
		{
			"NobodyAnswered",
			[][]uint8{{0, NotApplicable}, {0, 0}},
			Index{two, Top2(5, 4, 5), PoolAnswers},
			IndexEstimate{Rate: nan, SE: nan, Interval: undefinedInterval, Without: []int{0, 1}},
		},
		{
			// (0.025)^(1/4): the lower bound of 4 of 4.
			"AllSatisfied",
			[][]uint8{{5, 5}, {4, 5}, {5, 4}, {5, 0}},
			Index{two, Top2(5, 4, 5), PoolAnswers},
			IndexEstimate{Respondents: 4, Answers: 7, Rate: 1, Interval: Interval{0.397635364383526, 1}},
		},
		{
			"AllSayTheSame",
			[][]uint8{{4, 4}, {4, 4}, {4, 4}},
			Index{two, Mean0(5), PoolFactors},
			IndexEstimate{Respondents: 3, Answers: 6, Rate: 0.75, Interval: ClopperPearson(2.25, 3, 0.95)},
		},
		{
			"AFactorWithoutAnswers",
			[][]uint8{{5, 0}, {1, 0}, {5, 0}, {5, 0}},
			Index{two, Top2(5, 4, 5), PoolFactors},
			IndexEstimate{Respondents: 4, Answers: 4, Rate: 0.75, SE: 0.25, Interval: Logit(0.75, 0.25, 3, 0.95), Without: []int{1}},
		},
		{
			"OneItemIsAProportion",
			[][]uint8{{5}, {1}, {5}, {5}},
			Index{[][]int{{0}}, Top2(5, 4, 5), PoolFactors},
			IndexEstimate{Respondents: 4, Answers: 4, Rate: 0.75, SE: 0.25, Interval: Wilson(3, 4, 0.95)},
		},
		{
			"OneResponse",
			[][]uint8{{5, 4}},
			Index{two, Top2(5, 4, 5), PoolAnswers},
			IndexEstimate{Respondents: 1, Answers: 2, Rate: 1, SE: nan, Interval: undefinedInterval},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table, err := responses(t, tt.rows...).TabulateIndex(tt.ix, Grouping{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, table.Estimate(0, 0.95), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The example every office argues about: 60 "satisfied", 25 "very satisfied"
// and 15 "neutral" of 100 are 85, 82 or 77.5 per cent.
func TestFormulasDiffer(t *testing.T) {
	t.Parallel()
	var rows [][]uint8
	for i := range 100 {
		switch {
		case i < 60:
			rows = append(rows, []uint8{4})
		case i < 85:
			rows = append(rows, []uint8{5})
		default:
			rows = append(rows, []uint8{3})
		}
	}
	s := responses(t, rows...)
	for want, scoring := range map[float64]Scoring{0.85: Top2(5, 4, 5), 0.82: Mean100(5), 0.775: Mean0(5)} {
		table, err := s.TabulateIndex(Index{Factors: [][]int{{0}}, Scoring: scoring}, Grouping{})
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Estimate(0, 0.95).Rate; math.Abs(got-want) > 1e-15 {
			t.Errorf("%+v gives %v, want %v", scoring, got, want)
		}
	}
}

func TestIndexRefuses(t *testing.T) {
	t.Parallel()
	s := responses(t, []uint8{1, 2})
	for name, tt := range map[string]struct {
		index Index
		says  string
	}{
		"NoFactor":       {Index{nil, Top2(5, 5), PoolAnswers}, "factors, not 0"},
		"EmptyFactor":    {Index{[][]int{{}}, Top2(5, 5), PoolAnswers}, "factor 1 has 0 items"},
		"UnknownItem":    {Index{[][]int{{2}}, Top2(5, 5), PoolAnswers}, "no item column 2"},
		"AnotherScale":   {Index{[][]int{{0}}, Top2(3, 3), PoolAnswers}, "has 5 codes and the scoring 3"},
		"ScoreAboveOne":  {Index{[][]int{{0}}, Scoring{[]int{0, 1, 2, 3, 4, 5}, 4}, PoolAnswers}, "code 5 scores 5 of 4"},
		"NoDenominator":  {Index{[][]int{{0}}, Mean0(1), PoolAnswers}, "from 1 to 1000, not 0"},
		"NegativePoints": {Index{[][]int{{0}}, Scoring{[]int{0, -1, 0, 0, 0, 1}, 1}, PoolAnswers}, "code 1 scores -1 of 1"},
	} {
		if _, err := s.TabulateIndex(tt.index, Grouping{}); !says(err, tt.says) {
			t.Errorf("%s: the error is %v, it should say %q", name, err, tt.says)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		low, high float64
		want      Evidence
	}{
		{0.96, 0.99, Above},
		{0.95, 0.99, Above},
		{0.90, 0.95, Inconclusive},
		{0.90, 0.949, Below},
		{math.NaN(), 1, None},
	} {
		if got := Judge(Interval{tt.low, tt.high}, 0.95); got != tt.want {
			t.Errorf("[%v, %v] against 0.95: %s, want %s", tt.low, tt.high, got, tt.want)
		}
	}
	if Met(math.NaN(), 0.5) || !Met(0.5, 0.5) {
		t.Error("met is rate ≥ target")
	}
}
