package review

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

// surveyOf makes an outcome that leans on its factors with given weights.
func surveyOf(rows int, weights ...float64) (outcome []float64, factors [][]float64) {
	random := rand.New(rand.NewPCG(1, 2))
	factors = make([][]float64, len(weights))
	for range rows {
		mood, y := random.NormFloat64(), random.NormFloat64()
		for j, w := range weights {
			x := mood + random.NormFloat64()
			factors[j] = append(factors[j], x)
			y += w * x
		}
		outcome = append(outcome, y)
	}
	return outcome, factors
}

// The average over all orders of entry, each model fitted on its own.
func TestDriversAverageAllOrders(t *testing.T) {
	t.Parallel()
	y, x := surveyOf(200, 1, 0.5, 0, -0.3)
	got, err := AnalyzeDrivers(y, x, Bootstrap{})
	if err != nil {
		t.Fatal(err)
	}
	gains, orders := make([]float64, 4), 0.0
	var enter func(order []int)
	enter = func(order []int) {
		if len(order) == 4 {
			orders++
			before := 0.0
			for k, j := range order {
				var used [][]float64
				for _, l := range order[:k+1] {
					used = append(used, x[l])
				}
				fit, err := AnalyzeDrivers(y, used, Bootstrap{})
				if err != nil {
					t.Fatal(err)
				}
				gains[j] += fit.R2 - before
				before = fit.R2
			}
			return
		}
	next:
		for j := range 4 {
			for _, l := range order {
				if l == j {
					continue next
				}
			}
			enter(append(order[:len(order):len(order)], j))
		}
	}
	enter(nil)
	sum := 0.0
	for j, f := range got.Factors {
		oracletest.Near(t, fmt.Sprint("importance ", j), f.Importance, gains[j]/orders, 1e-12)
		oracletest.Near(t, fmt.Sprint("share ", j), f.Share, f.Importance/got.R2, 1e-12)
		sum += f.Importance
	}
	oracletest.Near(t, "sum of importances", sum, got.R2, 1e-12)
}

func TestDriversOfTwins(t *testing.T) {
	t.Parallel()
	y, x := surveyOf(100, 1, 1)
	alone, err := AnalyzeDrivers(y, x, Bootstrap{})
	if err != nil {
		t.Fatal(err)
	}
	twins, err := AnalyzeDrivers(y, [][]float64{x[0], x[1], x[1]}, Bootstrap{})
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "R²", twins.R2, alone.R2, 1e-9)
	oracletest.Near(t, "twins share alike", twins.Factors[1].Importance, twins.Factors[2].Importance, 1e-9)
	if !math.IsNaN(twins.Factors[2].Coefficient) || math.IsNaN(twins.Factors[1].Coefficient) {
		t.Errorf("slopes of twins: %v and %v", twins.Factors[1].Coefficient, twins.Factors[2].Coefficient)
	}
}

func TestDriversBootstrap(t *testing.T) {
	t.Parallel()
	y, x := surveyOf(300, 1, 0.2)
	b := Bootstrap{Replicates: 200, Seed: 5, Confidence: 0.9}
	got, err := AnalyzeDrivers(y, x, b)
	if err != nil {
		t.Fatal(err)
	}
	again, err := AnalyzeDrivers(y, x, b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Error("the same seed gives other intervals", diff)
	}
	for j, f := range got.Factors {
		if !f.ImportanceInterval.Contains(f.Importance) || !f.ShareInterval.Contains(f.Share) || f.ShareInterval.Width() <= 0 {
			t.Errorf("factor %d: %+v", j, f)
		}
	}
	if got.Factors[0].ShareInterval.Low < got.Factors[1].ShareInterval.High {
		t.Errorf("a factor five times as strong cannot be told apart: %+v", got.Factors)
	}
}

func TestDriversOfManyFactors(t *testing.T) {
	t.Parallel()
	y, x := surveyOf(400, make([]float64, MaxDrivers)...)
	got, err := AnalyzeDrivers(y, x, Bootstrap{})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range got.Factors {
		sum += f.Importance
	}
	oracletest.Near(t, "sum of importances", sum, got.R2, 1e-12)
	if _, err := AnalyzeDrivers(y, append(x, x[0]), Bootstrap{}); !errors.Is(err, analysis.ErrBadRequest) {
		t.Errorf("%d factors: %v", MaxDrivers+1, err)
	}
}

func TestDriversRefuse(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for name, tt := range map[string]struct {
		y    []float64
		x    [][]float64
		want error
	}{
		"NoFactor":        {[]float64{1, 2, 3}, nil, analysis.ErrBadRequest},
		"Lengths":         {[]float64{1, 2, 3}, [][]float64{{1, 2}}, analysis.ErrBadRequest},
		"TwoRows":         {[]float64{1, 2, nan}, [][]float64{{1, 2, 3}}, analysis.ErrTooFew},
		"ConstantOutcome": {[]float64{4, 4, 4, 4}, [][]float64{{1, 2, 3, 4}}, analysis.ErrTooFew},
	} {
		if got, err := AnalyzeDrivers(tt.y, tt.x, Bootstrap{}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func FuzzDrivers(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, -4.0, 5.5, uint8(3))
	f.Add(math.Inf(1), 1e308, 1e-308, 0.0, math.NaN(), uint8(0))
	f.Fuzz(func(t *testing.T, a, b, c, d, e float64, replicates uint8) {
		y := []float64{a, b, c, d, e, a + b}
		x := [][]float64{{b, a, e, d, c, 1}, {c, c, a, a, e, e}}
		got, err := AnalyzeDrivers(y, x, Bootstrap{Replicates: int(replicates) % 8, Seed: 1, Confidence: 0.9})
		if err == nil && !(got.R2 >= 0 && got.R2 <= 1) {
			t.Errorf("%v by %v: %+v", y, x, got)
		}
	})
}

func ExampleAnalyzeDrivers() {
	overall := []float64{5, 4, 4, 2, 3, 5, 1, 4}
	staff := []float64{5, 4, 5, 2, 3, 5, 1, 4}
	seats := []float64{3, 4, 2, 3, 3, 4, 2, 3}
	d, err := AnalyzeDrivers(overall, [][]float64{staff, seats}, Bootstrap{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("staff %.0f %%, seats %.0f %% of what is explained\n", 100*d.Factors[0].Share, 100*d.Factors[1].Share)
	// Output: staff 84 %, seats 16 % of what is explained
}

func BenchmarkDrivers(b *testing.B) {
	for _, factors := range []int{5, MaxDrivers} {
		for _, rows := range []int{100, 10_000} {
			y, x := surveyOf(rows, make([]float64, factors)...)
			b.Run(fmt.Sprintf("%dFactors/%d", factors, rows), func(b *testing.B) {
				for b.Loop() {
					if _, err := AnalyzeDrivers(y, x, Bootstrap{Replicates: 10, Seed: 1, Confidence: 0.95}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
