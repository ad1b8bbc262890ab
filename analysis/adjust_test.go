package analysis

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var adjustments = map[string]func([]float64) []float64{
	"Holm": Holm, "Hochberg": Hochberg, "BenjaminiHochberg": BenjaminiHochberg, "BenjaminiYekutieli": BenjaminiYekutieli,
}

func TestAdjustmentsLeaveNaNOut(t *testing.T) {
	t.Parallel()
	for name, adjust := range adjustments {
		with := adjust([]float64{0.01, math.NaN(), 0.03, 7, 0.2})
		without := adjust([]float64{0.01, 0.03, 0.2})
		if !math.IsNaN(with[1]) || !math.IsNaN(with[3]) {
			t.Errorf("%s: %v", name, with)
		}
		if got := []float64{with[0], with[2], with[4]}; !slices.Equal(got, without) {
			t.Errorf("%s: %v with NaN, %v without", name, got, without)
		}
		if got := adjust(nil); len(got) != 0 {
			t.Errorf("%s of nothing: %v", name, got)
		}
	}
}

func TestAdjustmentProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 30).Draw(t, "p")
		holm, hochberg, bh, by := Holm(p), Hochberg(p), BenjaminiHochberg(p), BenjaminiYekutieli(p)
		for i := range p {
			bonferroni := math.Min(1, p[i]*float64(len(p)))
			const slack = 1e-12
			if holm[i] < p[i] || holm[i] > bonferroni+slack || hochberg[i] > holm[i]+slack ||
				bh[i] > hochberg[i]+slack || bh[i] < p[i]-slack || by[i] < bh[i]-slack || by[i] > 1 {
				t.Fatalf("p = %v: holm %v, hochberg %v, bh %v, by %v", p[i], holm[i], hochberg[i], bh[i], by[i])
			}
			for j := range p {
				if p[i] < p[j] && (holm[i] > holm[j] || hochberg[i] > hochberg[j] || bh[i] > bh[j] || by[i] > by[j]) {
					t.Fatalf("order of %v and %v is turned", p[i], p[j])
				}
			}
		}
	})
}

func FuzzAdjustments(f *testing.F) {
	f.Add(0.01, 0.2, math.NaN())
	f.Fuzz(func(t *testing.T, a, b, c float64) {
		for name, adjust := range adjustments {
			for _, v := range adjust([]float64{a, b, c, a}) {
				if v < 0 || v > 1 {
					t.Errorf("%s(%v, %v, %v) holds %v", name, a, b, c, v)
				}
			}
		}
	})
}

func ExampleHolm() {
	fmt.Printf("%.3f\n", Holm([]float64{0.001, 0.02, 0.04}))
	// Output: [0.003 0.040 0.040]
}
