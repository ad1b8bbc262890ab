package review

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

var shrinkers = map[string]func(x, n []int) (BetaPrior, error){"Moments": BetaBinomialMoments, "ML": BetaBinomialML}

func TestPriorWithoutVariation(t *testing.T) {
	t.Parallel()
	for name, estimate := range shrinkers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Every unit at the same rate varies less than chance has it.
			prior, err := estimate([]int{80, 40, 8, 0}, []int{100, 50, 10, 0})
			if err != nil {
				t.Fatal(err)
			}
			if prior.Rho != 0 || !math.IsInf(prior.Alpha, 1) || math.Abs(prior.Mean-0.8) > 1e-9 {
				t.Errorf("%+v", prior)
			}
			shrunk, err := Shrink([]int{10, 0}, []int{10, 0}, prior, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			if shrunk[0].Value != prior.Mean || shrunk[1].Interval.Width() != 0 {
				t.Errorf("%+v", shrunk)
			}
			all, err := estimate([]int{100, 50}, []int{100, 50})
			if err != nil || all.Mean != 1 || all.Rho != 0 {
				t.Errorf("everybody satisfied: %+v, %v", all, err)
			}
			none, err := estimate([]int{0, 0}, []int{7, 3})
			if err != nil || none.Mean != 0 {
				t.Errorf("nobody satisfied: %+v, %v", none, err)
			}
		})
	}
}

func TestPriorOfOppositeUnits(t *testing.T) {
	t.Parallel()
	for name, estimate := range shrinkers {
		prior, err := estimate([]int{50, 0, 50, 0}, []int{50, 50, 50, 50})
		if err != nil || prior.Rho < 0.99 || math.Abs(prior.Mean-0.5) > 1e-6 {
			t.Errorf("%s: %+v, %v", name, prior, err)
		}
	}
}

func TestPriorRefuses(t *testing.T) {
	t.Parallel()
	for name, estimate := range shrinkers {
		for _, tt := range []struct {
			x, n []int
			want error
		}{
			{nil, nil, analysis.ErrTooFew},
			{[]int{3, 0}, []int{5, 0}, analysis.ErrTooFew},
			{[]int{1, 0}, []int{1, 1}, analysis.ErrTooFew},
			{[]int{6, 1}, []int{5, 2}, analysis.ErrBadRequest},
			{[]int{6}, []int{5, 2}, analysis.ErrBadRequest},
		} {
			if got, err := estimate(tt.x, tt.n); !errors.Is(err, tt.want) {
				t.Errorf("%s of %v/%v: %+v, %v", name, tt.x, tt.n, got, err)
			}
		}
	}
	if got, err := Shrink([]int{1}, []int{2}, BetaPrior{Mean: 0.5, Alpha: math.NaN(), Beta: 1}, 0.95); !errors.Is(err, analysis.ErrBadRequest) {
		t.Errorf("%v, %v", got, err)
	}
}

// Nothing near the maximum is more likely, and both methods find what the data
// were made with.
func TestMaximumLikelihoodIsAMaximum(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 3))
	var x, n []int
	for range 300 {
		rate := drawBeta(17, 3, random)
		size := 5 + random.IntN(80)
		count := 0
		for range size {
			if random.Float64() < rate {
				count++
			}
		}
		x, n = append(x, count), append(n, size)
	}
	ml, err := BetaBinomialML(x, n)
	if err != nil {
		t.Fatal(err)
	}
	units, err := answeringUnits(x, n)
	if err != nil {
		t.Fatal(err)
	}
	fit := newBetaBinomialFit(units)
	theta := ml.Rho / (1 - ml.Rho)
	for _, dm := range []float64{-1e-3, 0, 1e-3} {
		for _, dt := range []float64{-1e-3, 0, 1e-3} {
			if near := fit.at(ml.Mean+dm, theta+dt).value; near > ml.LogLikelihood {
				t.Errorf("%v is more likely than %v", near, ml.LogLikelihood)
			}
		}
	}
	moments, err := BetaBinomialMoments(x, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []BetaPrior{ml, moments} {
		oracletest.Near(t, "mean", p.Mean, 0.85, 0.02)
		oracletest.Near(t, "rho", p.Rho, 1.0/21, 0.015)
	}
}

func TestShrinkDrawsSmallUnitsMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prior := newBetaPrior(rapid.Float64Range(0.1, 0.9).Draw(t, "mean"), rapid.Float64Range(0.001, 0.5).Draw(t, "rho"), 0)
		n := rapid.IntRange(1, 200).Draw(t, "n")
		x := rapid.IntRange(0, n).Draw(t, "x")
		got, err := Shrink([]int{x, 10 * x}, []int{n, 10 * n}, prior, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		rate := float64(x) / float64(n)
		small, large := got[0].Value-rate, got[1].Value-rate
		if math.Abs(small) < math.Abs(large)-1e-12 || (got[0].Value-rate)*(prior.Mean-rate) < -1e-12 {
			t.Fatalf("rate %v, mean %v, shrunk %v", rate, prior.Mean, got)
		}
		for _, s := range got {
			if !s.Interval.Contains(s.Value) && s.Interval.Low > 1e-9 && s.Interval.High < 1-1e-9 {
				t.Fatalf("%+v", s)
			}
		}
	})
}

func FuzzShrink(f *testing.F) {
	f.Add(3, 5, 40, 50, 7, 7)
	f.Fuzz(func(t *testing.T, x1, n1, x2, n2, x3, n3 int) {
		const most = 5000 // time grows with the largest count
		x, n := []int{x1 % most, x2 % most, x3 % most}, []int{n1 % most, n2 % most, n3 % most}
		for name, estimate := range shrinkers {
			prior, err := estimate(x, n)
			if err != nil {
				continue
			}
			shrunk, err := Shrink(x, n, prior, 0.95)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, s := range shrunk {
				if !(s.Value >= 0 && s.Value <= 1) {
					t.Errorf("%s of %v/%v: %+v, prior %+v", name, x, n, s, prior)
				}
			}
		}
	})
}

func ExampleShrink() {
	x, n := []int{12, 6, 170, 140}, []int{12, 12, 200, 200}
	prior, err := BetaBinomialMoments(x, n)
	if err != nil {
		fmt.Println(err)
		return
	}
	schools, err := Shrink(x, n, prior, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, s := range schools {
		fmt.Printf("%d of %d: %.0f %%, drawn to %.0f %%\n", x[i], n[i], 100*float64(x[i])/float64(n[i]), 100*s.Value)
	}
	// Output:
	// 12 of 12: 100 %, drawn to 89 %
	// 6 of 12: 50 %, drawn to 63 %
	// 170 of 200: 85 %, drawn to 85 %
	// 140 of 200: 70 %, drawn to 70 %
}
