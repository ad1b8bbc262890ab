package analysis

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/oracletest"
)

var proportionIntervals = map[string]func(x, n, confidence float64) Interval{
	"Wilson": Wilson, "ClopperPearson": ClopperPearson, "Jeffreys": Jeffreys,
}

// R 4.2.2: qbeta(c(.025, .975), x + .5, n - x + .5).
func TestJeffreysMatchesR(t *testing.T) {
	t.Parallel()
	tests := []struct {
		x, n float64
		want Interval
	}{
		{17, 20, Interval{0.6514222891415458, 0.9558686580248441}},
		{893, 1000, Interval{0.8727091083314454, 0.9110203303791564}},
	}
	for _, tt := range tests {
		got := Jeffreys(tt.x, tt.n, 0.95)
		oracletest.Near(t, "low", got.Low, tt.want.Low, 1e-12)
		oracletest.Near(t, "high", got.High, tt.want.High, 1e-12)
	}
	if got := Jeffreys(3, 7, 0.9).High; math.Abs(got-0.7191819409330789) > 1e-12 {
		t.Errorf("high = %v", got)
	}
}

func TestIntervalsAtTheEnds(t *testing.T) {
	t.Parallel()
	for name, f := range proportionIntervals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := f(0, 12, 0.95); got.Low != 0 || !(got.High > 0 && got.High < 0.3) {
				t.Errorf("0 of 12: %v", got)
			}
			if got := f(12, 12, 0.95); got.High != 1 || !(got.Low > 0.7 && got.Low < 1) {
				t.Errorf("12 of 12: %v", got)
			}
			for _, bad := range [][3]float64{
				{1, 0, 0.95},
				{-1, 5, 0.95},
				{6, 5, 0.95},
				{1, 5, 0},
				{1, 5, 1},
				{1, 5, 1.5},
				{math.NaN(), 5, 0.95},
				{1, math.NaN(), 0.95},
				{1, math.Inf(1), 0.95},
				{1, 5, math.NaN()},
			} {
				if got := f(bad[0], bad[1], bad[2]); got.Defined() || got.Contains(0.5) {
					t.Errorf("%v: %v, want undefined", bad, got)
				}
			}
		})
	}
}

func TestIntervalProperties(t *testing.T) {
	t.Parallel()
	for name, f := range proportionIntervals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(1, 5000).Draw(t, "n")
				x := rapid.IntRange(0, n).Draw(t, "x")
				confidence := rapid.Float64Range(0.5, 0.999).Draw(t, "confidence")
				i := f(float64(x), float64(n), confidence)
				p := float64(x) / float64(n)
				if !i.Contains(p) || i.Low < 0 || i.High > 1 {
					t.Fatalf("%d of %d: %v", x, n, i)
				}
				mirror := f(float64(n-x), float64(n), confidence)
				if math.Abs(mirror.Low-(1-i.High)) > 1e-9 || math.Abs(mirror.High-(1-i.Low)) > 1e-9 {
					t.Fatalf("%d of %d: %v, the others: %v", x, n, i, mirror)
				}
				if more := f(float64(4*x), float64(4*n), confidence); more.Width() >= i.Width() {
					t.Fatalf("four times the answers: width %v, was %v", more.Width(), i.Width())
				}
				if surer := f(float64(x), float64(n), (1+confidence)/2); surer.Width() <= i.Width() {
					t.Fatalf("more confidence: width %v, was %v", surer.Width(), i.Width())
				}
			})
		})
	}
}

// The exact interval holds its level at every true rate; checked by summing the
// binomial distribution.
func TestClopperPearsonCovers(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 5, 12, 40} {
		for _, p := range []float64{0.02, 0.3, 0.5, 0.85, 0.95} {
			covered := 0.0
			for x := range n + 1 {
				if ClopperPearson(float64(x), float64(n), 0.95).Contains(p) {
					covered += BinomialCDF(x, n, p) - BinomialCDF(x-1, n, p)
				}
			}
			if covered < 0.95 {
				t.Errorf("n = %d, p = %v: coverage %v", n, p, covered)
			}
		}
	}
}

func FuzzIntervals(f *testing.F) {
	f.Add(17.0, 20.0, 0.95)
	f.Add(0.3, 1e300, 0.5)
	f.Fuzz(func(t *testing.T, x, n, confidence float64) {
		for name, interval := range proportionIntervals {
			if i := interval(x, n, confidence); i.Defined() && !(0 <= i.Low && i.Low <= i.High && i.High <= 1) {
				t.Errorf("%s(%v, %v, %v) = %v", name, x, n, confidence, i)
			}
		}
	})
}

func ExampleWilson() {
	i := Wilson(17, 20, 0.95)
	fmt.Printf("17 of 20 satisfied: %.1f %% to %.1f %%\n", 100*i.Low, 100*i.High)
	fmt.Println("against 85 %:", Judge(i, 0.85))
	// Output:
	// 17 of 20 satisfied: 64.0 % to 94.8 %
	// against 85 %: inconclusive
}
