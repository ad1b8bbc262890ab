package analysis

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestChiSquareHomogeneityLeavesEmptyRowsAndColumnsOut(t *testing.T) {
	t.Parallel()
	plain, err := ChiSquareHomogeneity([][]int{{10, 20}, {30, 15}})
	if err != nil {
		t.Fatal(err)
	}
	padded, err := ChiSquareHomogeneity([][]int{{10, 0, 20}, {0, 0, 0}, {30, 0, 15}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain, padded); diff != "" {
		t.Error(diff)
	}
	if plain.MinExpected != 14 {
		t.Errorf("smallest expected count %v, want 14", plain.MinExpected)
	}
}

func TestTablesThatSayNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		counts [][]int
		few    bool
	}{
		{"Nothing", nil, true},
		{"OneGroup", [][]int{{3, 4}}, true},
		{"OneAnswer", [][]int{{3, 0}, {4, 0}}, true},
		{"AllEmpty", [][]int{{0, 0}, {0, 0}}, true},
		{"Ragged", [][]int{{1, 2}, {3}}, false},
		{"Negative", [][]int{{1, 2}, {3, -1}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := ChiSquareHomogeneity(tt.counts); err == nil || errors.Is(err, ErrTooFew) != tt.few {
				t.Errorf("homogeneity: %v", err)
			}
			if _, err := KruskalWallis(tt.counts); err == nil || errors.Is(err, ErrTooFew) != tt.few {
				t.Errorf("rank test: %v", err)
			}
		})
	}
}

func TestIdenticalGroupsDoNotDiffer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.SliceOfN(rapid.IntRange(1, 50), 2, 6).Draw(t, "row")
		counts := [][]int{row, row, row}
		chi, err := ChiSquareHomogeneity(counts)
		if err != nil {
			t.Fatal(err)
		}
		rank, err := KruskalWallis(counts)
		if err != nil {
			t.Fatal(err)
		}
		if chi.ChiSquare > 1e-9 || chi.P < 1-1e-9 || rank.H > 1e-9 || rank.P < 1-1e-9 {
			t.Fatalf("%+v %+v", chi, rank)
		}
	})
}

func TestCochranArmitageFollowsScores(t *testing.T) {
	t.Parallel()
	x, n := []int{88, 82, 75, 69}, []int{100, 100, 100, 100}
	base, err := CochranArmitage(x, n, []float64{2019, 2020, 2021, 2023})
	if err != nil {
		t.Fatal(err)
	}
	shifted, err := CochranArmitage(x, n, []float64{0, 10, 20, 40})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "z under shift and scale", shifted.Z, base.Z, 1e-12)
	withEmpty, err := CochranArmitage(append(x, 0), append(n, 0), []float64{2019, 2020, 2021, 2023, 2090})
	if err != nil {
		t.Fatal(err)
	}
	if withEmpty != base {
		t.Errorf("an empty year changes %v to %v", base, withEmpty)
	}
	for name, call := range map[string]func() (LinearTrend, error){
		"OneScore": func() (LinearTrend, error) { return CochranArmitage([]int{1, 2}, []int{3, 3}, []float64{1, 1}) },
		"AllAgree": func() (LinearTrend, error) { return CochranArmitage([]int{3, 3}, []int{3, 3}, []float64{1, 2}) },
		"Nothing":  func() (LinearTrend, error) { return CochranArmitage(nil, nil, nil) },
		"TooMany":  func() (LinearTrend, error) { return CochranArmitage([]int{4, 3}, []int{3, 3}, []float64{1, 2}) },
		"ScoreNaN": func() (LinearTrend, error) {
			return CochranArmitage([]int{1, 2}, []int{3, 3}, []float64{1, math.NaN()})
		},
		"ScoreTooFew": func() (LinearTrend, error) { return CochranArmitage([]int{1, 2}, []int{3, 3}, []float64{1}) },
	} {
		if got, err := call(); err == nil {
			t.Errorf("%s: %v without error", name, got)
		}
	}
}

func FuzzTables(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add([]byte{1, 0, 0, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		width := int(data[0])%8 + 1
		var counts [][]int
		var x, n []int
		var scores []float64
		for i, b := range data[1:] {
			if i%width == 0 {
				counts = append(counts, nil)
			}
			counts[len(counts)-1] = append(counts[len(counts)-1], int(b)-1)
			x, n, scores = append(x, int(b)%16), append(n, int(b)/8), append(scores, float64(int8(b)))
		}
		if h, err := ChiSquareHomogeneity(counts); err == nil && !(h.P >= 0 && h.P <= 1 && h.CramersV >= 0 && h.CramersV <= 1) {
			t.Errorf("%v: %+v", counts, h)
		}
		if h, err := KruskalWallis(counts); err == nil && !(h.P >= 0 && h.P <= 1) {
			t.Errorf("%v: %+v", counts, h)
		}
		if h, err := CochranArmitage(x, n, scores); err == nil && !(h.P >= 0 && h.P <= 1) {
			t.Errorf("%v of %v at %v: %+v", x, n, scores, h)
		}
	})
}
