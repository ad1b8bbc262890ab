package analysis

import (
	"strings"
	"testing"
)

type countInput struct {
	X, N       float64
	Confidence float64
}

type interval struct{ Low, High float64 }

func checkInterval(f func(x, n, confidence float64) Interval) func(*testing.T, oracleCase) {
	return func(t *testing.T, c oracleCase) {
		in, want := decode[countInput](t, c.Input), decode[interval](t, c.Expected)
		got := f(in.X, in.N, in.Confidence)
		near(t, "low", got.Low, want.Low, c.Tolerance)
		near(t, "high", got.High, want.High, c.Tolerance)
	}
}

var (
	checkWilson         = checkInterval(Wilson)
	checkClopperPearson = checkInterval(ClopperPearson)
)

func checkBinomOneSided(t *testing.T, c oracleCase) {
	in := decode[struct {
		X, N int
		P0   float64
	}](t, c.Input)
	want := decode[struct {
		Greater float64 `json:"p_greater"`
		Less    float64 `json:"p_less"`
	}](t, c.Expected)
	got := ExactBinomial(in.X, in.N, in.P0)
	nearTail(t, "p_greater", got.PGreater, want.Greater, c.Tolerance)
	nearTail(t, "p_less", got.PLess, want.Less, c.Tolerance)
}

func checkTwoPropZ(t *testing.T, c oracleCase) {
	in := decode[struct {
		X, N       [2]int
		Confidence float64
	}](t, c.Input)
	want := decode[struct {
		P1, P2, Z, Chisq float64
		P                float64 `json:"p_two_sided"`
		Low              float64 `json:"diff_low"`
		High             float64 `json:"diff_high"`
	}](t, c.Expected)
	got := CompareProportions(in.X[0], in.N[0], in.X[1], in.N[1], in.Confidence)
	near(t, "p1", got.P1, want.P1, c.Tolerance)
	near(t, "p2", got.P2, want.P2, c.Tolerance)
	near(t, "z", got.Z, want.Z, c.Tolerance)
	near(t, "chisq", got.ChiSquare, want.Chisq, c.Tolerance)
	nearTail(t, "p", got.P, want.P, c.Tolerance)
	near(t, "diff_low", got.Difference.Low, want.Low, c.Tolerance)
	near(t, "diff_high", got.Difference.High, want.High, c.Tolerance)
}

func checkCochranArmitage(t *testing.T, c oracleCase) {
	in := decode[struct {
		X, N   []int
		Scores []float64
	}](t, c.Input)
	want := decode[struct {
		Chisq, Z float64
		P        float64 `json:"p_two_sided"`
	}](t, c.Expected)
	got, err := CochranArmitage(in.X, in.N, in.Scores)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "chisq", got.ChiSquare, want.Chisq, c.Tolerance)
	near(t, "z", got.Z, want.Z, c.Tolerance)
	nearTail(t, "p", got.P, want.P, c.Tolerance)
}

type tableInput struct{ Counts [][]int }

func checkChisqHomogeneity(t *testing.T, c oracleCase) {
	want := decode[struct {
		Chisq, P float64
		DF       int
		V        float64 `json:"cramers_v"`
	}](t, c.Expected)
	got, err := ChiSquareHomogeneity(decode[tableInput](t, c.Input).Counts)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "chisq", got.ChiSquare, want.Chisq, c.Tolerance)
	near(t, "p", got.P, want.P, c.Tolerance)
	near(t, "cramers_v", got.CramersV, want.V, c.Tolerance)
	if got.DF != want.DF {
		t.Errorf("df = %d, want %d", got.DF, want.DF)
	}
}

func checkKruskalCounts(t *testing.T, c oracleCase) {
	want := decode[struct {
		H, P float64
		DF   int
	}](t, c.Expected)
	got, err := KruskalWallis(decode[tableInput](t, c.Input).Counts)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "H", got.H, want.H, c.Tolerance)
	near(t, "p", got.P, want.P, c.Tolerance)
	if got.DF != want.DF {
		t.Errorf("df = %d, want %d", got.DF, want.DF)
	}
}

func checkPAdjust(t *testing.T, c oracleCase) {
	p := decode[struct{ P []float64 }](t, c.Input).P
	want := decode[struct{ Holm, BH, Hochberg, BY []float64 }](t, c.Expected)
	nearAll(t, "holm", Holm(p), want.Holm, c.Tolerance)
	nearAll(t, "hochberg", Hochberg(p), want.Hochberg, c.Tolerance)
	nearAll(t, "bh", BenjaminiHochberg(p), want.BH, c.Tolerance)
	nearAll(t, "by", BenjaminiYekutieli(p), want.BY, c.Tolerance)
}

func checkRankCorrelation(t *testing.T, c oracleCase) {
	in := decode[struct{ X, Y []float64 }](t, c.Input)
	want := decode[struct {
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
	near(t, "kendall_tau_b", kendall.R, want.Tau, c.Tolerance)
	near(t, "kendall_z", kendall.Statistic, want.Z, c.Tolerance)
	nearTail(t, "kendall_p", kendall.P, want.TauP, c.Tolerance)
	spearman, err := Spearman(in.X, in.Y)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "spearman_rho", spearman.R, want.Rho, c.Tolerance)
	nearTail(t, "spearman_p", spearman.P, want.RhoP, c.Tolerance)
	pearson, err := Pearson(in.X, in.Y, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "pearson_r", pearson.R, want.Pearson, c.Tolerance)
	nearTail(t, "pearson_p", pearson.P, want.PearsonP, c.Tolerance)
	near(t, "pearson_low", pearson.Interval.Low, want.Low, c.Tolerance)
	near(t, "pearson_high", pearson.Interval.High, want.High, c.Tolerance)
}

func checkSampleSize(t *testing.T, c oracleCase) {
	in := decode[struct {
		Margin, P, Confidence float64
		Population            int
	}](t, c.Input)
	want := decode[struct {
		N0, N   float64
		Ceiling int `json:"n_ceiling"`
	}](t, c.Expected)
	got, err := CochranSize(SizeRequest{
		Population: in.Population, Margin: in.Margin, Proportion: in.P, Confidence: in.Confidence,
	})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "n0", got.Infinite, want.N0, c.Tolerance)
	near(t, "n", got.Exact, want.N, c.Tolerance)
	if got.Answers != want.Ceiling || got.Drawn != want.Ceiling {
		t.Errorf("answers, drawn = %d, %d, want %d", got.Answers, got.Drawn, want.Ceiling)
	}
}

func checkLMG(t *testing.T, c oracleCase) {
	in := decode[struct {
		CSV, Y string
		X      []string
		N      int
	}](t, c.Input)
	want := decode[struct {
		R2               float64
		LMG, Coef, First map[string]float64
		Share            map[string]float64 `json:"lmg_share"`
	}](t, c.Expected)
	table := oracleTable(t, in.CSV)
	var x [][]float64
	for _, name := range in.X {
		x = append(x, oracleNumbers(t, table[name]))
	}
	got, err := AnalyzeDrivers(oracleNumbers(t, table[in.Y]), x, Bootstrap{})
	if err != nil {
		t.Fatal(err)
	}
	if got.N != in.N {
		t.Errorf("n = %d, want %d", got.N, in.N)
	}
	near(t, "r2", got.R2, want.R2, c.Tolerance)
	near(t, "intercept", got.Intercept, want.Coef["(Intercept)"], c.Tolerance)
	for j, name := range in.X {
		near(t, "lmg "+name, got.Factors[j].Importance, want.LMG[name], c.Tolerance)
		near(t, "share "+name, got.Factors[j].Share, want.Share[name], c.Tolerance)
		near(t, "coef "+name, got.Factors[j].Coefficient, want.Coef[name], c.Tolerance)
		near(t, "first "+name, got.Factors[j].Alone, want.First[name], c.Tolerance)
	}
}

func checkAlphaFeldt(t *testing.T, c oracleCase) {
	in := decode[struct {
		CSV        string
		N, K       int
		Confidence float64
	}](t, c.Input)
	want := decode[struct {
		Raw, Standardized float64
		Low               float64            `json:"feldt_low"`
		High              float64            `json:"feldt_high"`
		Rest              map[string]float64 `json:"item_total_r_drop"`
		Dropped           map[string]float64 `json:"alpha_if_dropped"`
	}](t, c.Expected)
	names := strings.Split(strings.TrimSuffix(strings.TrimPrefix(in.CSV, "stats_alpha_"), ".csv"), "")
	table := oracleTable(t, in.CSV)
	var items [][]uint8
	var order []string
	for k := 0; k < len(names); k += 2 {
		name := names[k] + names[k+1]
		var column []uint8
		for _, v := range oracleNumbers(t, table[name]) {
			code := Missing
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
	near(t, "raw", got.Alpha, want.Raw, c.Tolerance)
	near(t, "standardized", got.Standardized, want.Standardized, c.Tolerance)
	near(t, "feldt_low", got.Interval.Low, want.Low, c.Tolerance)
	near(t, "feldt_high", got.Interval.High, want.High, c.Tolerance)
	for j, name := range order {
		near(t, "r_drop "+name, got.Items[j].RestCorrelation, want.Rest[name], c.Tolerance)
		near(t, "dropped "+name, got.Items[j].AlphaIfDropped, want.Dropped[name], c.Tolerance)
	}
}

type unitsInput struct {
	X, N         []int
	Target, Tail float64
}

func checkPChart(t *testing.T, c oracleCase) {
	in := decode[unitsInput](t, c.Input)
	want := decode[struct {
		Center   float64
		LCL, UCL []float64
		Out      []bool
	}](t, c.Expected)
	got, err := PChart(in.X, in.N)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "center", got.Center, want.Center, c.Tolerance)
	for i, p := range got.Points {
		near(t, "lcl", p.Limits.Low, want.LCL[i], c.Tolerance)
		near(t, "ucl", p.Limits.High, want.UCL[i], c.Tolerance)
		if p.Out != want.Out[i] {
			t.Errorf("point %d: out = %v", i+1, p.Out)
		}
	}
}

func checkFunnel(t *testing.T, c oracleCase) {
	in := decode[unitsInput](t, c.Input)
	want := decode[struct {
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
		near(t, "low_quantile", p.Exact.Low, want.LowQ[i], c.Tolerance)
		near(t, "high_quantile", p.Exact.High, want.HighQ[i], c.Tolerance)
		near(t, "low_interpolated", p.Interpolated.Low, want.LowI[i], c.Tolerance)
		near(t, "high_interpolated", p.Interpolated.High, want.HighI[i], c.Tolerance)
		nearTail(t, "p_lower_tail", p.PLower, want.PLower[i], c.Tolerance)
		nearTail(t, "p_upper_tail", p.PUpper, want.PUpper[i], c.Tolerance)
	}
}

func checkBetaBinomial(estimate func(x, n []int) (BetaPrior, error)) func(*testing.T, oracleCase) {
	return func(t *testing.T, c oracleCase) {
		in := decode[unitsInput](t, c.Input)
		want := decode[struct {
			Rho, Alpha, Beta float64
			LogLik           *float64 `json:"loglik_without_binomial_coefficients"`
			Mean             *float64
			Shrunk           []float64
		}](t, c.Expected)
		got, err := estimate(in.X, in.N)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "rho", got.Rho, want.Rho, c.Tolerance)
		near(t, "alpha", got.Alpha, want.Alpha, c.Tolerance)
		near(t, "beta", got.Beta, want.Beta, c.Tolerance)
		if want.Mean != nil {
			near(t, "mean", got.Mean, *want.Mean, c.Tolerance)
		}
		if want.LogLik != nil {
			near(t, "loglik", got.LogLikelihood, *want.LogLik, c.Tolerance)
		}
		shrunk, err := Shrink(in.X, in.N, got, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range shrunk {
			near(t, "shrunk", s.Value, want.Shrunk[i], c.Tolerance)
		}
	}
}
