package analysis

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestHolmLeavesNaNOut(t *testing.T) {
	t.Parallel()
	with := Holm([]float64{0.01, math.NaN(), 0.03, 7, 0.2})
	without := Holm([]float64{0.01, 0.03, 0.2})
	if !math.IsNaN(with[1]) || !math.IsNaN(with[3]) {
		t.Errorf("what is no p-value is adjusted to %v and %v, want NaN", with[1], with[3])
	}
	if got := []float64{with[0], with[2], with[4]}; !slices.Equal(got, without) {
		t.Errorf("%v with NaN, %v without", got, without)
	}
	if got := Holm(nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestHolmProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 30).Draw(t, "p")
		holm := Holm(p)
		for i := range p {
			bonferroni := math.Min(1, p[i]*float64(len(p)))
			const slack = 1e-12
			if holm[i] < p[i] || holm[i] > bonferroni+slack {
				t.Fatalf("p = %v: holm %v, Bonferroni's %v", p[i], holm[i], bonferroni)
			}
			for j := range p {
				if p[i] < p[j] && holm[i] > holm[j] {
					t.Fatalf("order of %v and %v is turned", p[i], p[j])
				}
			}
		}
	})
}

func FuzzHolm(f *testing.F) {
	f.Add(0.01, 0.2, math.NaN())
	f.Fuzz(func(t *testing.T, a, b, c float64) {
		for _, v := range Holm([]float64{a, b, c, a}) {
			if v < 0 || v > 1 {
				t.Errorf("of %v, %v, %v: %v", a, b, c, v)
			}
		}
	})
}

func ExampleHolm() {
	fmt.Printf("%.3f\n", Holm([]float64{0.001, 0.02, 0.04}))
	// Output: [0.003 0.040 0.040]
}
