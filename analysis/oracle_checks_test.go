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

func checkDesignInterval(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct{ P, SE, N, DF, Confidence float64 }](t, c.Input)
	want := oracletest.Decode[struct{ Beta, XLogit []float64 }](t, c.Expected)
	beta := KornGraubard(in.P, in.SE, in.N, in.DF, in.Confidence)
	oracletest.NearAll(t, "beta", []float64{beta.Low, beta.High}, want.Beta, c.Tolerance)
	logit := Logit(in.P, in.SE, in.DF, in.Confidence)
	oracletest.NearAll(t, "xlogit", []float64{logit.Low, logit.High}, want.XLogit, c.Tolerance)
}

func checkDesignEffect(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct{ P, SE, N float64 }](t, c.Input)
	want := oracletest.Decode[struct {
		Replace float64 `json:"deff_replace"`
	}](t, c.Expected)
	oracletest.Near(t, "deff", DesignEffect(in.P, in.SE, in.N), want.Replace, c.Tolerance)
}
