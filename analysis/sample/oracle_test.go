package sample

import (
	"testing"

	"hailong/analysis/oracletest"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	oracletest.Run(t, 3, map[string]oracletest.Check{"sample_size": checkSampleSize})
}

func checkSampleSize(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		Margin, P, Confidence float64
		Population            int
	}](t, c.Input)
	want := oracletest.Decode[struct {
		N0, N   float64
		Ceiling int `json:"n_ceiling"`
	}](t, c.Expected)
	got, err := CochranSize(SizeRequest{
		Population: in.Population, Margin: in.Margin, Proportion: in.P, Confidence: in.Confidence,
	})
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "n0", got.Infinite, want.N0, c.Tolerance)
	oracletest.Near(t, "n", got.Exact, want.N, c.Tolerance)
	if got.Answers != want.Ceiling || got.Drawn != want.Ceiling {
		t.Errorf("answers, drawn = %d, %d, want %d", got.Answers, got.Drawn, want.Ceiling)
	}
}
