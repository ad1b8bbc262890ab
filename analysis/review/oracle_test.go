package review

import (
	"testing"

	"hailong/analysis/oracletest"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	oracletest.Run(t, 17, map[string]oracletest.Check{
		"two_prop_z":            checkTwoPropZ,
		"cochran_armitage":      checkCochranArmitage,
		"chisq_homogeneity":     checkChisqHomogeneity,
		"kruskal_counts":        checkKruskalCounts,
		"rank_correlation":      checkRankCorrelation,
		"lmg":                   checkLMG,
		"p_chart":               checkPChart,
		"funnel":                checkFunnel,
		"beta_binomial_moments": checkBetaBinomial(BetaBinomialMoments),
		"beta_binomial_ml":      checkBetaBinomial(BetaBinomialML),
	})
}

func checkTwoPropZ(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		X, N       [2]int
		Confidence float64
	}](t, c.Input)
	want := oracletest.Decode[struct {
		P1, P2, Z, Chisq float64
		P                float64 `json:"p_two_sided"`
		Low              float64 `json:"diff_low"`
		High             float64 `json:"diff_high"`
	}](t, c.Expected)
	got := CompareProportions(in.X[0], in.N[0], in.X[1], in.N[1], in.Confidence)
	oracletest.Near(t, "p1", got.P1, want.P1, c.Tolerance)
	oracletest.Near(t, "p2", got.P2, want.P2, c.Tolerance)
	oracletest.Near(t, "z", got.Z, want.Z, c.Tolerance)
	oracletest.Near(t, "chisq", got.ChiSquare, want.Chisq, c.Tolerance)
	oracletest.NearTail(t, "p", got.P, want.P, c.Tolerance)
	oracletest.Near(t, "diff_low", got.Difference.Low, want.Low, c.Tolerance)
	oracletest.Near(t, "diff_high", got.Difference.High, want.High, c.Tolerance)
}

func checkCochranArmitage(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		X, N   []int
		Scores []float64
	}](t, c.Input)
	want := oracletest.Decode[struct {
		Chisq, Z float64
		P        float64 `json:"p_two_sided"`
	}](t, c.Expected)
	got, err := CochranArmitage(in.X, in.N, in.Scores)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "chisq", got.ChiSquare, want.Chisq, c.Tolerance)
	oracletest.Near(t, "z", got.Z, want.Z, c.Tolerance)
	oracletest.NearTail(t, "p", got.P, want.P, c.Tolerance)
}

type tableInput struct{ Counts [][]int }

func checkChisqHomogeneity(t *testing.T, c oracletest.Case) {
	want := oracletest.Decode[struct {
		Chisq, P float64
		DF       int
		V        float64 `json:"cramers_v"`
	}](t, c.Expected)
	got, err := ChiSquareHomogeneity(oracletest.Decode[tableInput](t, c.Input).Counts)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "chisq", got.ChiSquare, want.Chisq, c.Tolerance)
	oracletest.Near(t, "p", got.P, want.P, c.Tolerance)
	oracletest.Near(t, "cramers_v", got.CramersV, want.V, c.Tolerance)
	if got.DF != want.DF {
		t.Errorf("df = %d, want %d", got.DF, want.DF)
	}
}

func checkKruskalCounts(t *testing.T, c oracletest.Case) {
	want := oracletest.Decode[struct {
		H, P float64
		DF   int
	}](t, c.Expected)
	got, err := KruskalWallis(oracletest.Decode[tableInput](t, c.Input).Counts)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "H", got.H, want.H, c.Tolerance)
	oracletest.Near(t, "p", got.P, want.P, c.Tolerance)
	if got.DF != want.DF {
		t.Errorf("df = %d, want %d", got.DF, want.DF)
	}
}

func checkRankCorrelation(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct{ X, Y []float64 }](t, c.Input)
	want := oracletest.Decode[struct {
		Tau      float64 `json:"kendall_tau_b"`
		Z        float64 `json:"kendall_z"`
		TauP     float64 `json:"kendall_p"`
		Rho      float64 `json:"spearman_rho"`
		RhoP     float64 `json:"spearman_p"`
		Pearson  float64 `json:"pearson_r"`
		PearsonP float64 `json:"pearson_p"`
		Low      float64 `json:"pearson_low"`
		High     float64 `json:"pearson_high"`
	}](t, c.Expected)
	kendall, err := KendallTauB(in.X, in.Y)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "kendall_tau_b", kendall.R, want.Tau, c.Tolerance)
	oracletest.Near(t, "kendall_z", kendall.Statistic, want.Z, c.Tolerance)
	oracletest.NearTail(t, "kendall_p", kendall.P, want.TauP, c.Tolerance)
	spearman, err := Spearman(in.X, in.Y)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "spearman_rho", spearman.R, want.Rho, c.Tolerance)
	oracletest.NearTail(t, "spearman_p", spearman.P, want.RhoP, c.Tolerance)
	pearson, err := Pearson(in.X, in.Y, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "pearson_r", pearson.R, want.Pearson, c.Tolerance)
	oracletest.NearTail(t, "pearson_p", pearson.P, want.PearsonP, c.Tolerance)
	oracletest.Near(t, "pearson_low", pearson.Interval.Low, want.Low, c.Tolerance)
	oracletest.Near(t, "pearson_high", pearson.Interval.High, want.High, c.Tolerance)
}

func checkLMG(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[struct {
		CSV, Y string
		X      []string
		N      int
	}](t, c.Input)
	want := oracletest.Decode[struct {
		R2               float64
		LMG, Coef, First map[string]float64
		Share            map[string]float64 `json:"lmg_share"`
	}](t, c.Expected)
	table := oracletest.Table(t, in.CSV)
	var x [][]float64
	for _, name := range in.X {
		x = append(x, oracletest.Numbers(t, table[name]))
	}
	got, err := AnalyzeDrivers(oracletest.Numbers(t, table[in.Y]), x, Bootstrap{})
	if err != nil {
		t.Fatal(err)
	}
	if got.N != in.N {
		t.Errorf("n = %d, want %d", got.N, in.N)
	}
	oracletest.Near(t, "r2", got.R2, want.R2, c.Tolerance)
	oracletest.Near(t, "intercept", got.Intercept, want.Coef["(Intercept)"], c.Tolerance)
	for j, name := range in.X {
		oracletest.Near(t, "lmg "+name, got.Factors[j].Importance, want.LMG[name], c.Tolerance)
		oracletest.Near(t, "share "+name, got.Factors[j].Share, want.Share[name], c.Tolerance)
		oracletest.Near(t, "coef "+name, got.Factors[j].Coefficient, want.Coef[name], c.Tolerance)
		oracletest.Near(t, "first "+name, got.Factors[j].Alone, want.First[name], c.Tolerance)
	}
}

type unitsInput struct {
	X, N         []int
	Target, Tail float64
}

func checkPChart(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[unitsInput](t, c.Input)
	want := oracletest.Decode[struct {
		Center   float64
		LCL, UCL []float64
		Out      []bool
	}](t, c.Expected)
	got, err := PChart(in.X, in.N)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "center", got.Center, want.Center, c.Tolerance)
	for i, p := range got.Points {
		oracletest.Near(t, "lcl", p.Limits.Low, want.LCL[i], c.Tolerance)
		oracletest.Near(t, "ucl", p.Limits.High, want.UCL[i], c.Tolerance)
		if p.Out != want.Out[i] {
			t.Errorf("point %d: out = %v", i+1, p.Out)
		}
	}
}

func checkFunnel(t *testing.T, c oracletest.Case) {
	in := oracletest.Decode[unitsInput](t, c.Input)
	want := oracletest.Decode[struct {
		LowQ   []float64 `json:"low_quantile"`
		HighQ  []float64 `json:"high_quantile"`
		LowI   []float64 `json:"low_interpolated"`
		HighI  []float64 `json:"high_interpolated"`
		PLower []float64 `json:"p_lower_tail"`
		PUpper []float64 `json:"p_upper_tail"`
	}](t, c.Expected)
	got, err := Funnel(in.X, in.N, in.Target, in.Tail)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range got {
		oracletest.Near(t, "low_quantile", p.Exact.Low, want.LowQ[i], c.Tolerance)
		oracletest.Near(t, "high_quantile", p.Exact.High, want.HighQ[i], c.Tolerance)
		oracletest.Near(t, "low_interpolated", p.Interpolated.Low, want.LowI[i], c.Tolerance)
		oracletest.Near(t, "high_interpolated", p.Interpolated.High, want.HighI[i], c.Tolerance)
		oracletest.NearTail(t, "p_lower_tail", p.PLower, want.PLower[i], c.Tolerance)
		oracletest.NearTail(t, "p_upper_tail", p.PUpper, want.PUpper[i], c.Tolerance)
	}
}

func checkBetaBinomial(estimate func(x, n []int) (BetaPrior, error)) func(*testing.T, oracletest.Case) {
	return func(t *testing.T, c oracletest.Case) {
		in := oracletest.Decode[unitsInput](t, c.Input)
		want := oracletest.Decode[struct {
			Rho, Alpha, Beta float64
			LogLik           *float64 `json:"loglik_without_binomial_coefficients"`
			Mean             *float64
			Shrunk           []float64
		}](t, c.Expected)
		got, err := estimate(in.X, in.N)
		if err != nil {
			t.Fatal(err)
		}
		oracletest.Near(t, "rho", got.Rho, want.Rho, c.Tolerance)
		oracletest.Near(t, "alpha", got.Alpha, want.Alpha, c.Tolerance)
		oracletest.Near(t, "beta", got.Beta, want.Beta, c.Tolerance)
		if want.Mean != nil {
			oracletest.Near(t, "mean", got.Mean, *want.Mean, c.Tolerance)
		}
		if want.LogLik != nil {
			oracletest.Near(t, "loglik", got.LogLikelihood, *want.LogLik, c.Tolerance)
		}
		shrunk, err := Shrink(in.X, in.N, got, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range shrunk {
			oracletest.Near(t, "shrunk", s.Value, want.Shrunk[i], c.Tolerance)
		}
	}
}
