package analysis

import (
	"testing"

	"hailong/analysis/oracletest"
)

type countInput struct {
	X, N       float64
	Confidence float64
}

type interval struct{ Low, High float64 }

func checkInterval(f func(x, n, confidence float64) Interval) func(*testing.T, oracletest.Case) {
	return func(t *testing.T, c oracletest.Case) {
		in, want := oracletest.Decode[countInput](t, c.Input), oracletest.Decode[interval](t, c.Expected)
		got := f(in.X, in.N, in.Confidence)
		oracletest.Near(t, "low", got.Low, want.Low, c.Tolerance)
		oracletest.Near(t, "high", got.High, want.High, c.Tolerance)
	}
}

var (
	checkWilson         = checkInterval(Wilson)
	checkClopperPearson = checkInterval(ClopperPearson)
)

func checkBinomOneSided(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		X, N int
		P0   float64
	}](t, c.Input)
	want := oracletest.Decode[struct {
		Greater float64 `json:"p_greater"`
		Less    float64 `json:"p_less"`
	}](t, c.Expected)
	got := ExactBinomial(in.X, in.N, in.P0)
	oracletest.NearTail(t, "p_greater", got.PGreater, want.Greater, c.Tolerance)
	oracletest.NearTail(t, "p_less", got.PLess, want.Less, c.Tolerance)
}

func checkPAdjust(t *testing.T, c oracletest.Case) {
	p := oracletest.Decode[struct{ P []float64 }](t, c.Input).P
	want := oracletest.Decode[struct{ Holm, BH, Hochberg, BY []float64 }](t, c.Expected)
	oracletest.NearAll(t, "holm", Holm(p), want.Holm, c.Tolerance)
	oracletest.NearAll(t, "hochberg", Hochberg(p), want.Hochberg, c.Tolerance)
	oracletest.NearAll(t, "bh", BenjaminiHochberg(p), want.BH, c.Tolerance)
	oracletest.NearAll(t, "by", BenjaminiYekutieli(p), want.BY, c.Tolerance)
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
