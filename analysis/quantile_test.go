package analysis

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Computed by R 4.2.2: qt, pt, qf, pf, pchisq, qnorm, pnorm and qbeta, all upper
// tails with lower.tail = FALSE.
func TestQuantilesMatchR(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		got, want float64
	}{
		{"TThreeDF", TQuantile(0.975, 3), 3.182446305283708},
		{"TFourteenDF", TQuantile(0.975, 14), 2.144786687917804},
		{"TFractionalDF", TQuantile(0.9999, 2.5), 34.86796932111641},
		{"TLowTail", TQuantile(0.025, 197), -1.972079033778501},
		{"TManyDF", TQuantile(0.6, 1e6), 0.2533471705378417},
		{"TCentre", TQuantile(0.5000001, 4), 2.666666666184346e-07},
		{"TInfinite", TQuantile(0.975, math.Inf(1)), 1.959963984540054},
		{"TUpper", TUpper(2, 3), 0.06966298427942157},
		{"TUpperNearCentre", TUpper(0.3, 10), 0.3851603037828993},
		{"TUpperFar", TUpper(40, 5), 9.205981085886476e-08},
		{"TUpperNegative", TUpper(-1.2, 7), 0.8654140315863967},
		{"TUpperTiny", TUpper(1e-6, 3), 0.4999996324474031},
		{"TUpperManyDF", TUpper(8, 1e7), 6.221617401403353e-16},
		{"FUpperQuantile", FQuantile(0.975, 1366, 4098), 1.089452811611501},
		{"FLowQuantile", FQuantile(0.025, 3, 7), 0.06837889693756014},
		{"FOneOne", FQuantile(0.999, 1, 1), 405284.0679028482},
		{"FUpper", FUpper(3, 2, 20), 0.07253815028640563},
		{"FUpperFractional", FUpper(17.2, 1.83, 360), 2.101771817205747e-07},
		{"FUpperNearZero", FUpper(1e-3, 5, 5), 0.9999998288217309},
		{"ChiFar", ChiSquareUpper(300, 1), 3.294362383314041e-67},
		{"Chi", ChiSquareUpper(3.8, 5), 0.5785552914362736},
		{"ChiNearZero", ChiSquareUpper(0.01, 9), 0.9999999999991591},
		{"NormalQuantile", NormalQuantile(1e-12), -7.034483825301132},
		{"NormalFar", NormalUpper(9), 1.128588405953841e-19},
		{"Beta", BetaQuantile(0.025, 17.5, 3.5), 0.6514222891415458},
		{"BetaLarge", BetaQuantile(0.025, 950000, 50001), 0.949571030631536},
		{"BetaTiny", BetaQuantile(1e-10, 5, 4000), 6.538093183494425e-06},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if off := math.Abs(tt.got/tt.want - 1); !(off < 5e-9) {
				t.Errorf("got %.16g, want %.16g (relative error %.1g)", tt.got, tt.want, off)
			}
		})
	}
}

func TestQuantilesOutsideTheirDomain(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for name, got := range map[string]float64{
		"NormalAbove":  NormalQuantile(1.1),
		"NormalNaN":    NormalQuantile(nan),
		"TNoDF":        TQuantile(0.9, 0),
		"TNaN":         TUpper(nan, 3),
		"FNegativeDF":  FUpper(1, -1, 3),
		"FInfiniteDF":  FUpper(1, inf, 3),
		"FQuantileDF":  FQuantile(0.5, 0, 3),
		"ChiNoDF":      ChiSquareUpper(1, 0),
		"BetaNoShape":  BetaCDF(0.5, 0, 1),
		"BetaInfinite": BetaQuantile(0.5, inf, 1),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s = %v, want NaN", name, got)
		}
	}
	for name, pair := range map[string][2]float64{
		"NormalZero": {NormalQuantile(0), math.Inf(-1)}, "NormalOne": {NormalQuantile(1), inf},
		"TZero": {TQuantile(0, 3), math.Inf(-1)}, "TOne": {TQuantile(1, 3), inf},
		"TUpperInf": {TUpper(inf, 3), 0}, "TUpperMinusInf": {TUpper(-inf, 3), 1},
		"FZero": {FUpper(-1, 2, 3), 1}, "FInf": {FUpper(inf, 2, 3), 0},
		"ChiInf": {ChiSquareUpper(inf, 2), 0}, "BetaZero": {BetaQuantile(0, 2, 3), 0}, "BetaOne": {BetaQuantile(1, 2, 3), 1},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %v, want %v", name, pair[0], pair[1])
		}
	}
}

func TestBetaQuantileInvertsTheDistribution(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// Below 1 the density at the ends is infinite: no number next to 1 is close enough.
		a, b := rapid.Float64Range(1, 5e4).Draw(t, "a"), rapid.Float64Range(1, 5e4).Draw(t, "b")
		p := rapid.Float64Range(1e-6, 1-1e-6).Draw(t, "p")
		x := BetaQuantile(p, a, b)
		if got := BetaCDF(x, a, b); math.Abs(got-p) > 1e-8 {
			t.Fatalf("B(%v; %v, %v) = %v has probability %v", p, a, b, x, got)
		}
	})
}

func FuzzQuantiles(f *testing.F) {
	f.Add(0.975, 3.0, 7.0)
	f.Add(1e-300, 1e-300, 1e300)
	f.Add(0.5, math.Inf(1), math.NaN())
	f.Fuzz(func(t *testing.T, p, a, b float64) {
		if x := BetaQuantile(p, a, b); x < 0 || x > 1 {
			t.Errorf("betaQuantile(%v, %v, %v) = %v", p, a, b, x)
		}
		if q := TUpper(p, a); q < 0 || q > 1 {
			t.Errorf("tUpper(%v, %v) = %v", p, a, q)
		}
		if q := FUpper(p, a, b); q < 0 || q > 1 {
			t.Errorf("fUpper(%v, %v, %v) = %v", p, a, b, q)
		}
		if q := ChiSquareUpper(p, a); q < 0 || q > 1 {
			t.Errorf("chiSquareUpper(%v, %v) = %v", p, a, q)
		}
		if q := FQuantile(p, a, b); q < 0 {
			t.Errorf("fQuantile(%v, %v, %v) = %v", p, a, b, q)
		}
		if q := TQuantile(p, a); (q < 0) == (p > 0.5) && q != 0 && !math.IsNaN(q) {
			t.Errorf("tQuantile(%v, %v) = %v", p, a, q)
		}
	})
}
