package review

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

func TestSmallUnitIsNotLastByChance(t *testing.T) {
	t.Parallel()
	x, n := []int{8, 870, 885, 890, 900, 905, 0}, []int{12, 1000, 1000, 1000, 1000, 1000, 0}
	prior, err := BetaBinomialMoments(x, n)
	if err != nil {
		t.Fatal(err)
	}
	got, err := RankIntervals(x, n, prior, 2000, 1, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Rank != 6 || got[0].Interval.Low > 2 || got[0].Lowest > 0.9 {
		t.Errorf("the school of 12: %+v", got[0])
	}
	if got[5].Rank != 1 || !math.IsNaN(got[6].Rank) || got[6].Interval.Width() < 4 {
		t.Errorf("first: %+v, without answers: %+v", got[5], got[6])
	}
	again, err := RankIntervals(x, n, prior, 2000, 1, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got[:6], again[:6]); diff != "" {
		t.Error("the same seed ranks differently", diff)
	}
	var highest, lowest float64
	for _, r := range got {
		highest += r.Highest
		lowest += r.Lowest
	}
	oracletest.Near(t, "chances to be highest", highest, 1, 1e-9)
	oracletest.Near(t, "chances to be lowest", lowest, 1, 1e-9)
}

func TestRankIntervalsOfClearAndEqualUnits(t *testing.T) {
	t.Parallel()
	jeffreys := BetaPrior{Mean: 0.5, Alpha: 0.5, Beta: 0.5}
	clearly, err := RankIntervals([]int{100, 500, 900}, []int{1000, 1000, 1000}, jeffreys, 500, 7, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{3, 2, 1} {
		if r := clearly[i]; r.Rank != want || r.Median != want || r.Interval != (analysis.Interval{Low: want, High: want}) {
			t.Errorf("unit %d: %+v, want rank %v", i+1, r, want)
		}
	}
	certain := BetaPrior{Mean: 0.9, Alpha: math.Inf(1), Beta: math.Inf(1)}
	equal, err := RankIntervals([]int{1, 9}, []int{9, 9}, certain, 10, 7, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if equal[0].Median != 1.5 || equal[0].Highest < 0.49 || equal[1].Lowest < 0.49 {
		t.Errorf("units of one rate: %+v", equal)
	}
}

func TestRankIntervalsRefuse(t *testing.T) {
	t.Parallel()
	prior := BetaPrior{Mean: 0.5, Alpha: 1, Beta: 1}
	for name, err := range map[string]error{
		"Draws":      errorOf(RankIntervals([]int{1}, []int{2}, prior, 0, 1, 0.95)),
		"Confidence": errorOf(RankIntervals([]int{1}, []int{2}, prior, 10, 1, 1)),
		"Count":      errorOf(RankIntervals([]int{3}, []int{2}, prior, 10, 1, 0.9)),
		"Prior":      errorOf(RankIntervals([]int{1}, []int{2}, BetaPrior{Alpha: -1, Beta: 1}, 10, 1, 0.9)),
	} {
		if !errors.Is(err, analysis.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := RankIntervals(nil, nil, prior, 10, 1, 0.9); err != nil || len(got) != 0 {
		t.Errorf("no units: %v, %v", got, err)
	}
}

func FuzzRankIntervals(f *testing.F) {
	f.Add(3, 5, 40, 50, 0.5, 1e-300, 2.0)
	f.Fuzz(func(t *testing.T, x1, n1, x2, n2 int, mean, alpha, beta float64) {
		ranks, err := RankIntervals([]int{x1, x2}, []int{n1, n2}, BetaPrior{Mean: mean, Alpha: alpha, Beta: beta}, 20, 1, 0.9)
		if err != nil {
			return
		}
		for _, r := range ranks {
			if !(r.Interval.Low >= 1 && r.Interval.High <= 2) {
				t.Errorf("%+v", r)
			}
		}
	})
}

func ExampleRankIntervals() {
	x, n := []int{10, 440, 465}, []int{12, 500, 500}
	ranks, err := RankIntervals(x, n, BetaPrior{Mean: 0.5, Alpha: 0.5, Beta: 0.5}, 2000, 1, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, r := range ranks {
		fmt.Printf("%d of %d: rank %v, between %v and %v\n", x[i], n[i], r.Rank, r.Interval.Low, r.Interval.High)
	}
	// Output:
	// 10 of 12: rank 3, between 1 and 3
	// 440 of 500: rank 2, between 2 and 3
	// 465 of 500: rank 1, between 1 and 2
}
