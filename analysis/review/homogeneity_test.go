package review

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/estimation"
	"hailong/analysis/oracletest"
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
		want   error
	}{
		{"Nothing", nil, analysis.ErrTooFew},
		{"OneGroup", [][]int{{3, 4}}, analysis.ErrTooFew},
		{"OneAnswer", [][]int{{3, 0}, {4, 0}}, analysis.ErrTooFew},
		{"AllEmpty", [][]int{{0, 0}, {0, 0}}, analysis.ErrTooFew},
		{"Ragged", [][]int{{1, 2}, {3}}, analysis.ErrBadRequest},
		{"Negative", [][]int{{1, 2}, {3, -1}}, analysis.ErrBadRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := ChiSquareHomogeneity(tt.counts); !errors.Is(err, tt.want) {
				t.Errorf("homogeneity: %v", err)
			}
			if _, err := KruskalWallis(tt.counts); !errors.Is(err, tt.want) {
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
	oracletest.Near(t, "z under shift and scale", shifted.Z, base.Z, 1e-12)
	withEmpty, err := CochranArmitage(append(x, 0), append(n, 0), []float64{2019, 2020, 2021, 2023, 2090})
	if err != nil {
		t.Fatal(err)
	}
	if withEmpty != base {
		t.Errorf("an empty year changes %v to %v", base, withEmpty)
	}
	for name, tt := range map[string]struct {
		x, n   []int
		scores []float64
		want   error
	}{
		"OneScore":      {[]int{1, 2}, []int{3, 3}, []float64{1, 1}, analysis.ErrTooFew},
		"AllAgree":      {[]int{3, 3}, []int{3, 3}, []float64{1, 2}, analysis.ErrTooFew},
		"Nothing":       {nil, nil, nil, analysis.ErrTooFew},
		"MoreThanAsked": {[]int{4, 2}, []int{3, 6}, []float64{1, 2}, analysis.ErrBadRequest},
		"FewerThanNone": {[]int{-1, 2}, []int{3, 6}, []float64{1, 2}, analysis.ErrBadRequest},
		"NegativeTotal": {[]int{0, 2}, []int{-3, 6}, []float64{1, 2}, analysis.ErrBadRequest},
		"ScoreNaN":      {[]int{1, 2}, []int{3, 3}, []float64{1, math.NaN()}, analysis.ErrBadRequest},
		"ScoreInfinite": {[]int{1, 2}, []int{3, 3}, []float64{1, math.Inf(1)}, analysis.ErrBadRequest},
		"TooFewScores":  {[]int{1, 2}, []int{3, 3}, []float64{1}, analysis.ErrBadRequest},
	} {
		if got, err := CochranArmitage(tt.x, tt.n, tt.scores); !errors.Is(err, tt.want) {
			t.Errorf("%s: %+v with error %v, want %v", name, got, err, tt.want)
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

// Without a design the corrected statistic is nearly Pearson's.
func TestRaoScottWithoutDesign(t *testing.T) {
	t.Parallel()
	var rows, columns []uint32
	for cell, n := range []int{300, 200, 250, 250, 180, 320} {
		for range n {
			rows, columns = append(rows, uint32(1+cell/2)), append(columns, uint32(1+cell%2))
		}
	}
	got, err := estimation.Design{}.RaoScottTest(rows, columns)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := ChiSquareHomogeneity([][]int{{300, 200}, {250, 250}, {180, 320}})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.ChiSquare-plain.ChiSquare) > 1e-9*plain.ChiSquare {
		t.Errorf("X² %v, want %v", got.ChiSquare, plain.ChiSquare)
	}
	if math.Abs(got.F*2-plain.ChiSquare) > 0.05*plain.ChiSquare || math.Abs(got.NDF-2) > 0.01 {
		t.Errorf("F %v with %v degrees of freedom, want about %v with 2", got.F, got.NDF, plain.ChiSquare/2)
	}
}
