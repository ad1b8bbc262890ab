package estimation

import (
	"math"
	"testing"

	"hailong/analysis/oracletest"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	oracletest.Run(t, 3, map[string]oracletest.Check{
		"rake":            checkRake,
		"post_stratify":   checkPostStratify,
		"rao_scott_chisq": checkRaoScott,
	})
}

// coded numbers the texts of a column; the empty text is 0.
func coded(cells []string) (codes []uint32, numbers map[string]uint32) {
	numbers = map[string]uint32{"": 0}
	for _, cell := range cells {
		if _, ok := numbers[cell]; !ok {
			numbers[cell] = uint32(len(numbers))
		}
		codes = append(codes, numbers[cell])
	}
	return codes, numbers
}

func margin(name string, cells []string, population map[string]float64) Margin {
	codes, numbers := coded(cells)
	m := Margin{Name: name, Codes: codes, Totals: make([]float64, len(numbers))}
	for label, total := range population {
		m.Totals[numbers[label]] = total
	}
	return m
}

func ones(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

func checkRake(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		CSV     string
		Margins map[string]map[string]float64
	}](t, c.Input)
	want := oracletest.Decode[struct {
		Total      float64
		MinWeight  float64            `json:"min_weight"`
		MaxWeight  float64            `json:"max_weight"`
		SumSquares float64            `json:"sum_w2"`
		Deff       float64            `json:"kish_deff"`
		Y          float64            `json:"mean_y"`
		Score      float64            `json:"mean_score"`
		SEY        float64            `json:"se_y_R"`
		SEScore    float64            `json:"se_score_R"`
		SEFixed    float64            `json:"se_y_fixed_weights"`
		Cells      map[string]float64 `json:"cells"`
	}](t, c.Expected)
	table := oracletest.Table(t, in.CSV)
	raked, err := Rake(oracletest.Numbers(t, table["w0"]), []Margin{margin("a", table["a"], in.Margins["a"]), margin("b", table["b"], in.Margins["b"])})
	if err != nil {
		t.Fatal(err)
	}
	oracletest.NearAll(t, "weight", raked.Weights, oracletest.Numbers(t, table["raked"]), c.Tolerance)
	cells := map[string]float64{}
	var total, squares float64
	low, high := math.Inf(1), 0.0
	for row, w := range raked.Weights {
		cells[table["a"][row]+"|"+table["b"][row]] += w
		total, squares, low, high = total+w, squares+w*w, math.Min(low, w), math.Max(high, w)
	}
	for cell, weight := range want.Cells {
		oracletest.Near(t, cell, cells[cell], weight, c.Tolerance)
	}
	oracletest.NearAll(t, "total, squares, smallest, largest", []float64{total, squares, low, high},
		[]float64{want.Total, want.SumSquares, want.MinWeight, want.MaxWeight}, c.Tolerance)
	_, deff := EffectiveSize(raked.Weights)
	oracletest.Near(t, "kish deff", deff, want.Deff, c.Tolerance)

	clusters, _ := coded(table["cluster"])
	design := Design{Cluster: clusters, FPC: oracletest.Numbers(t, table["fpc"])}
	y, score := oracletest.Numbers(t, table["y"]), oracletest.Numbers(t, table["score"])
	estimate := func(what string, v []float64, calibration *Calibration, mean, se float64) {
		t.Helper()
		got, err := design.Ratio(v, ones(len(v)), calibration)
		if err != nil {
			t.Fatal(err)
		}
		oracletest.Near(t, what, got.Rate, mean, c.Tolerance)
		oracletest.Near(t, "se of "+what, got.SE, se, c.Tolerance)
	}
	estimate("y", y, raked, want.Y, want.SEY)
	estimate("score", score, raked, want.Score, want.SEScore)
	design.Weight = raked.Weights
	estimate("y with weights taken as fixed", y, nil, want.Y, want.SEFixed)
}

func checkPostStratify(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		CSV        string
		Population map[string]float64
	}](t, c.Input)
	want := oracletest.Decode[struct {
		Weight map[string]float64 `json:"weight_by_cell"`
		Y      float64            `json:"mean_y"`
		SEY    float64            `json:"se_y_R"`
		Deff   float64            `json:"kish_deff"`
	}](t, c.Expected)
	table := oracletest.Table(t, in.CSV)
	post, err := PostStratify(oracletest.Numbers(t, table["w0"]), margin("a", table["a"], in.Population))
	if err != nil {
		t.Fatal(err)
	}
	for row, w := range post.Weights {
		oracletest.Near(t, "weight", w, want.Weight[table["a"][row]], c.Tolerance)
	}
	_, deff := EffectiveSize(post.Weights)
	oracletest.Near(t, "kish deff", deff, want.Deff, c.Tolerance)
	clusters, _ := coded(table["cluster"])
	y := oracletest.Numbers(t, table["y"])
	got, err := Design{Cluster: clusters, FPC: oracletest.Numbers(t, table["fpc"])}.Ratio(y, ones(len(y)), post)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "y", got.Rate, want.Y, c.Tolerance)
	oracletest.Near(t, "se of y", got.SE, want.SEY, c.Tolerance)
}

func checkRaoScott(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct{ CSV, Rows, Columns string }](t, c.Input)
	want := oracletest.Decode[struct {
		F, NDF, DDF float64
		P           float64 `json:"p_F"`
		ChiSquare   float64 `json:"pearson_X2"`
		FirstOrder  float64 `json:"p_X2_first_order"`
	}](t, c.Expected)
	table := oracletest.Table(t, in.CSV)
	strata, _ := coded(table["strata"])
	rows, _ := coded(table[in.Rows])
	columns, _ := coded(table[in.Columns])
	got, err := Design{Strata: strata, Weight: oracletest.Numbers(t, table["w"]), FPC: oracletest.Numbers(t, table["fpc"])}.RaoScottTest(rows, columns)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "F", got.F, want.F, c.Tolerance)
	oracletest.Near(t, "ndf", got.NDF, want.NDF, c.Tolerance)
	oracletest.Near(t, "ddf", got.DDF, want.DDF, c.Tolerance)
	oracletest.Near(t, "X²", got.ChiSquare, want.ChiSquare, c.Tolerance)
	oracletest.NearTail(t, "p of F", got.P, want.P, c.Tolerance)
	oracletest.NearTail(t, "p of the first order", got.FirstOrder, want.FirstOrder, c.Tolerance)
}
