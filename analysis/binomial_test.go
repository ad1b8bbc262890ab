package analysis

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestExactBinomialRefusesBadCounts(t *testing.T) {
	t.Parallel()
	for _, bad := range []struct {
		x, n int
		p0   float64
	}{{0, 0, 0.5}, {-1, 5, 0.5}, {6, 5, 0.5}, {1, 5, -0.1}, {1, 5, 1.1}, {1, 5, math.NaN()}} {
		if got := ExactBinomial(bad.x, bad.n, bad.p0); !math.IsNaN(got.PGreater) || !math.IsNaN(got.PLess) {
			t.Errorf("%v: %v, want NaN", bad, got)
		}
	}
}

func TestExactBinomialSumsTheDistribution(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		x := rapid.IntRange(0, n).Draw(t, "x")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		// The distribution by Pascal's rule, adding one answer at a time.
		chance := make([]float64, n+1)
		chance[0] = 1
		for m := range n {
			for k := m + 1; k > 0; k-- {
				chance[k] = chance[k]*(1-p) + chance[k-1]*p
			}
			chance[0] *= 1 - p
		}
		var less, greater float64
		for k, c := range chance {
			if k <= x {
				less += c
			}
			if k >= x {
				greater += c
			}
		}
		got := ExactBinomial(x, n, p)
		if math.Abs(got.PLess-less) > 1e-12 || math.Abs(got.PGreater-greater) > 1e-12 {
			t.Fatalf("%v, want %v and %v", got, less, greater)
		}
	})
}

func TestBinomialQuantileIsTheSmallestCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "n")
		p := rapid.Float64Range(0.01, 0.99).Draw(t, "p")
		q := rapid.Float64Range(0.0001, 0.9999).Draw(t, "q")
		k := BinomialQuantile(q, n, p)
		if BinomialCDF(k, n, p) < q*(1-1e-12) || k > 0 && BinomialCDF(k-1, n, p) >= q {
			t.Fatalf("quantile %v of Binomial(%d, %v) is not %d", q, n, p, k)
		}
	})
}

func FuzzExactBinomial(f *testing.F) {
	f.Add(18, 20, 0.85)
	f.Add(0, math.MaxInt, 1e-300)
	f.Fuzz(func(t *testing.T, x, n int, p float64) {
		got := ExactBinomial(x, n, p)
		if got.PLess < 0 || got.PLess > 1 || got.PGreater < 0 || got.PGreater > 1 {
			t.Errorf("ExactBinomial(%d, %d, %v) = %v", x, n, p, got)
		}
	})
}

func ExampleExactBinomial() {
	p := ExactBinomial(20, 20, 0.85)
	fmt.Printf("20 of 20 against 85 %%: p = %.3f\n", p.PGreater)
	// Output: 20 of 20 against 85 %: p = 0.039
}
