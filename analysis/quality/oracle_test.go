package quality

import (
	"strings"
	"testing"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	oracletest.Run(t, 4, map[string]oracletest.Check{"alpha_feldt": checkAlphaFeldt})
}

func checkAlphaFeldt(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		CSV        string
		N, K       int
		Confidence float64
	}](t, c.Input)
	want := oracletest.Decode[struct {
		Raw, Standardized float64
		Low               float64            `json:"feldt_low"`
		High              float64            `json:"feldt_high"`
		Rest              map[string]float64 `json:"item_total_r_drop"`
		Dropped           map[string]float64 `json:"alpha_if_dropped"`
	}](t, c.Expected)
	names := strings.Split(strings.TrimSuffix(strings.TrimPrefix(in.CSV, "stats_alpha_"), ".csv"), "")
	table := oracletest.Table(t, in.CSV)
	var items [][]uint8
	var order []string
	for k := 0; k < len(names); k += 2 {
		name := names[k] + names[k+1]
		var column []uint8
		for _, v := range oracletest.Numbers(t, table[name]) {
			code := analysis.Missing
			if v > 0 {
				code = uint8(v)
			}
			column = append(column, code)
		}
		items, order = append(items, column), append(order, name)
	}
	got, err := AnalyzeReliability(items, in.Confidence)
	if err != nil {
		t.Fatal(err)
	}
	if got.N != in.N || len(got.Items) != in.K {
		t.Errorf("n = %d with %d items, want %d with %d", got.N, len(got.Items), in.N, in.K)
	}
	oracletest.Near(t, "raw", got.Alpha, want.Raw, c.Tolerance)
	oracletest.Near(t, "standardized", got.Standardized, want.Standardized, c.Tolerance)
	oracletest.Near(t, "feldt_low", got.Interval.Low, want.Low, c.Tolerance)
	oracletest.Near(t, "feldt_high", got.Interval.High, want.High, c.Tolerance)
	for j, name := range order {
		oracletest.Near(t, "r_drop "+name, got.Items[j].RestCorrelation, want.Rest[name], c.Tolerance)
		oracletest.Near(t, "dropped "+name, got.Items[j].AlphaIfDropped, want.Dropped[name], c.Tolerance)
	}
}
