package review

import (
	"cmp"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis"
)

// Tau-b against its definition over all pairs.
func TestKendallCountsPairs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		codes := rapid.SliceOfN(rapid.Float64Range(1, 5), n, n)
		x, y := codes.Draw(t, "x"), codes.Draw(t, "y")
		for i := range x { // whole codes make ties
			x[i], y[i] = math.Floor(x[i]), math.Floor(y[i])
		}
		var s, untiedX, untiedY float64
		for i := range x {
			for j := range i {
				a, b := cmp.Compare(x[i], x[j]), cmp.Compare(y[i], y[j])
				s += float64(a * b)
				untiedX += float64(a * a)
				untiedY += float64(b * b)
			}
		}
		got, err := KendallTauB(x, y)
		if untiedX == 0 || untiedY == 0 {
			if !errors.Is(err, analysis.ErrTooFew) {
				t.Fatalf("constant: %v, %v", got, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := s / math.Sqrt(untiedX*untiedY); math.Abs(got.R-want) > 1e-12 {
			t.Fatalf("tau-b = %v, want %v", got.R, want)
		}
	})
}

func TestCorrelationsDropIncompletePairs(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	x, y := []float64{1, 2, nan, 3, 4, 5}, []float64{2, 1, 5, nan, 4, 5}
	pearson := func(x, y []float64) (Correlation, error) { return Pearson(x, y, 0.95) }
	for name, f := range map[string]func(x, y []float64) (Correlation, error){
		"Kendall": KendallTauB, "Spearman": Spearman, "Pearson": pearson,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := f(x, y)
			if err != nil {
				t.Fatal(err)
			}
			want, err := f([]float64{1, 2, 4, 5}, []float64{2, 1, 4, 5})
			if err != nil {
				t.Fatal(err)
			}
			if got.R != want.R || got.N != 4 || got.P != want.P {
				t.Errorf("%+v, want %+v", got, want)
			}
			up, err := f([]float64{1, 2, 3, 4}, []float64{10, 20, 30, 40})
			if err != nil || up.R < 1-1e-12 {
				t.Errorf("perfect agreement: %+v, %v", up, err)
			}
			for _, few := range [][2][]float64{{{1}, {2}}, {nil, nil}, {{1, 1, 1}, {1, 2, 3}}, {{nan, nan, 1}, {1, 2, 3}}} {
				if got, err := f(few[0], few[1]); !errors.Is(err, analysis.ErrTooFew) {
					t.Errorf("%v: %+v, %v", few, got, err)
				}
			}
			if _, err := f([]float64{1, 2, 3}, []float64{1, 2}); !errors.Is(err, analysis.ErrBadRequest) {
				t.Errorf("different lengths: error %v, want ErrBadRequest", err)
			}
		})
	}
}

func FuzzCorrelations(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 5.0)
	f.Add(math.Inf(1), math.NaN(), 1e308, -1e308, 0.0)
	f.Fuzz(func(t *testing.T, a, b, c, d, e float64) {
		x, y := []float64{a, b, c, d, e}, []float64{e, b, d, a, c}
		for _, f := range []func() (Correlation, error){
			func() (Correlation, error) { return KendallTauB(x, y) },
			func() (Correlation, error) { return Spearman(x, y) },
			func() (Correlation, error) { return Pearson(x, y, 0.95) },
		} {
			if got, err := f(); err == nil && !(math.Abs(got.R) <= 1 && got.P >= 0 && got.P <= 1) {
				t.Errorf("%v, %v: %+v", x, y, got)
			}
		}
	})
}
