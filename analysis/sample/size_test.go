package sample

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

func TestSlovinSize(t *testing.T) {
	t.Parallel()
	// n = N/(1+N·0.05²), rounded up.
	for population, want := range map[int]int{1: 1, 500: 223, 1000: 286, 1200: 300, 2000: 334, 5000: 371, 10000: 385} {
		got, err := SlovinSize(SizeRequest{Population: population, Margin: 0.05})
		if err != nil {
			t.Fatal(err)
		}
		if got.Answers != want || got.Drawn != want || !math.IsNaN(got.Infinite) {
			t.Errorf("population %d: %+v, want %d", population, got, want)
		}
	}
}

func TestSizeForDesignAndResponse(t *testing.T) {
	t.Parallel()
	got, err := CochranSize(SizeRequest{Population: 5000, Margin: 0.05, DesignEffect: 1.5, ResponseRate: 0.8})
	if err != nil {
		t.Fatal(err)
	}
	// n = 356.8164 (n0 = 384.1459): 1.5 n = 535.22 answers, 1.5 n/0.8 = 669.03 drawn.
	if got.Answers != 536 || got.Drawn != 670 || got.Census {
		t.Errorf("%+v", got)
	}
	small, err := CochranSize(SizeRequest{Population: 60, Margin: 0.05, ResponseRate: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if small.Drawn != 60 || small.Answers != 53 || !small.Census {
		t.Errorf("all of a small population: %+v", small)
	}
}

func TestSizeRefusesBadRequests(t *testing.T) {
	t.Parallel()
	good := SizeRequest{Population: 100, Margin: 0.05}
	for name, spoil := range map[string]func(*SizeRequest){
		"NoPopulation":     func(r *SizeRequest) { r.Population = 0 },
		"NoMargin":         func(r *SizeRequest) { r.Margin = 0 },
		"WideMargin":       func(r *SizeRequest) { r.Margin = 1 },
		"MarginNaN":        func(r *SizeRequest) { r.Margin = math.NaN() },
		"Proportion":       func(r *SizeRequest) { r.Proportion = 1 },
		"Confidence":       func(r *SizeRequest) { r.Confidence = -0.5 },
		"NegativeDesign":   func(r *SizeRequest) { r.DesignEffect = -1 },
		"InfiniteDesign":   func(r *SizeRequest) { r.DesignEffect = math.Inf(1) },
		"ResponseTooLarge": func(r *SizeRequest) { r.ResponseRate = 1.2 },
	} {
		r := good
		spoil(&r)
		for _, f := range []func(SizeRequest) (SampleSize, error){CochranSize, SlovinSize} {
			if got, err := f(r); !errors.Is(err, analysis.ErrBadRequest) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	}
}

func TestCochranSizeReachesItsMargin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := SizeRequest{
			Population:   rapid.IntRange(2, 200000).Draw(t, "population"),
			Margin:       rapid.Float64Range(0.01, 0.3).Draw(t, "margin"),
			Proportion:   rapid.Float64Range(0.05, 0.95).Draw(t, "p"),
			Confidence:   rapid.Float64Range(0.8, 0.99).Draw(t, "confidence"),
			DesignEffect: rapid.SampledFrom([]float64{1, 1.5, 3}).Draw(t, "deff"),
		}
		s, err := CochranSize(r)
		if err != nil {
			t.Fatal(err)
		}
		reached := MarginOfError(s.Answers, r.Population, r.Proportion, r.Confidence, r.DesignEffect)
		if s.Answers < r.Population && reached > r.Margin+1e-9 {
			t.Fatalf("%d answers reach %v only", s.Answers, reached)
		}
		if n := s.Answers - 1; n > 0 && r.DesignEffect == 1 {
			if fewer := MarginOfError(n, r.Population, r.Proportion, r.Confidence, 1); fewer < r.Margin-1e-9 {
				t.Fatalf("%d answers would do as well: %v", n, fewer)
			}
		}
	})
}

func TestMarginOfErrorEnds(t *testing.T) {
	t.Parallel()
	if got := MarginOfError(80, 80, 0.5, 0.95, 1); got != 0 {
		t.Errorf("complete count: %v", got)
	}
	oracletest.Near(t, "385 of many", MarginOfError(385, 0, 0.5, 0.95, 1), 0.04994, 1e-5)
	for _, bad := range []float64{
		MarginOfError(0, 10, 0.5, 0.95, 1), MarginOfError(11, 10, 0.5, 0.95, 1),
		MarginOfError(5, -1, 0.5, 0.95, 1), MarginOfError(5, 10, 2, 0.95, 1), MarginOfError(5, 10, 0.5, 1, 1), MarginOfError(5, 10, 0.5, 0.95, 0),
	} {
		if !math.IsNaN(bad) {
			t.Errorf("%v, want NaN", bad)
		}
	}
}

func FuzzSize(f *testing.F) {
	f.Add(1000, 0.05, 0.5, 0.95, 1.0, 0.8)
	f.Add(math.MaxInt, 1e-300, 1e-300, 0.999999, 1e300, 1e-300)
	f.Fuzz(func(t *testing.T, population int, margin, p, confidence, deff, response float64) {
		r := SizeRequest{population, margin, p, confidence, deff, response}
		for _, size := range []func(SizeRequest) (SampleSize, error){CochranSize, SlovinSize} {
			if s, err := size(r); err == nil && !(1 <= s.Answers && s.Answers <= s.Drawn && s.Drawn <= population) {
				t.Errorf("%+v: %+v", r, s)
			}
		}
		if m := MarginOfError(population/2, population, p, confidence, deff); m < 0 {
			t.Errorf("margin %v", m)
		}
	})
}

func ExampleSlovinSize() {
	s, err := SlovinSize(SizeRequest{Population: 2000, Margin: 0.05, ResponseRate: 0.8})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d answers needed, %d people to draw\n", s.Answers, s.Drawn)
	// Output: 334 answers needed, 417 people to draw
}
