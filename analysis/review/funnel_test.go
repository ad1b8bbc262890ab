package review

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
)

func TestFunnelLimitsCutOffTheTail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2000).Draw(t, "n")
		target := rapid.Float64Range(0.05, 0.99).Draw(t, "target")
		tail := rapid.SampledFrom([]float64{0.001, 0.025, 0.1}).Draw(t, "tail")
		exact, smooth := FunnelLimits(n, target, tail)
		low, high := int(math.Round(exact.Low*float64(n))), int(math.Round(exact.High*float64(n)))
		if analysis.BinomialCDF(low-1, n, target) > tail || analysis.BinomialUpper(high, n, target) > tail+1e-12 {
			t.Fatalf("beyond %v lies more than %v", exact, tail)
		}
		step := 1 / float64(n)
		if smooth.Low > exact.Low || smooth.Low < exact.Low-step-1e-12 && smooth.Low > 0 || smooth.High > exact.High || smooth.High < exact.High-step-1e-12 {
			t.Fatalf("interpolated %v, exact %v", smooth, exact)
		}
		wide, _ := FunnelLimits(n, target, tail/2)
		if wide.Low > exact.Low || wide.High < exact.High {
			t.Fatalf("a smaller tail narrows %v to %v", exact, wide)
		}
	})
}

func TestFunnelPositions(t *testing.T) {
	t.Parallel()
	// The same 60 % is no sign from 5 answers and a clear one from 500.
	got, err := Funnel([]int{3, 300, 500, 0}, []int{5, 500, 500, 0}, 0.85, 0.025)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []analysis.Evidence{analysis.Inconclusive, analysis.Below, analysis.Above, analysis.None} {
		if got[i].Position != want {
			t.Errorf("unit %d is %q, want %q: %+v", i+1, got[i].Position, want, got[i])
		}
	}
	if empty := got[3]; !math.IsNaN(empty.Rate) || empty.Exact.Defined() || !math.IsNaN(empty.PLower) {
		t.Errorf("a unit without answers: %+v", empty)
	}
	for name, err := range map[string]error{
		"Lengths": errorOf(Funnel([]int{1}, nil, 0.9, 0.025)), "Count": errorOf(Funnel([]int{3}, []int{2}, 0.9, 0.025)),
		"Target": errorOf(Funnel([]int{1}, []int{2}, 1, 0.025)), "Tail": errorOf(Funnel([]int{1}, []int{2}, 0.9, 0.5)),
	} {
		if !errors.Is(err, analysis.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// errorOf is the error of a call whose value does not matter.
func errorOf[T any](_ T, err error) error { return err }

func FuzzFunnel(f *testing.F) {
	f.Add(3, 5, 0.85, 0.025)
	f.Add(0, math.MaxInt32, 1e-300, 1e-300)
	f.Fuzz(func(t *testing.T, x, n int, target, tail float64) {
		points, err := Funnel([]int{x}, []int{n}, target, tail)
		if err != nil || n == 0 {
			return
		}
		if p := points[0]; !(0 <= p.Interpolated.Low && p.Interpolated.Low <= p.Interpolated.High && p.Interpolated.High <= 1) {
			t.Errorf("%+v", p)
		}
	})
}

func ExampleFunnel() {
	points, err := Funnel([]int{9, 410}, []int{12, 500}, 0.85, 0.025)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range points {
		fmt.Printf("%.0f %% within %.0f–%.0f %%: %s\n", 100*p.Rate, 100*p.Interpolated.Low, 100*p.Interpolated.High, p.Position)
	}
	// Output:
	// 75 % within 58–99 %: inconclusive
	// 82 % within 82–88 %: inconclusive
}
