package estimation

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEffectiveSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		weights []float64
		n, deff float64
	}{
		{"EqualWeightsLoseNothing", []float64{3, 3, 3, 3}, 4, 1},
		{"OneWeightCarriesAll", []float64{0, 8, 0, 0}, 1, 4},
		{"TwoLevels", []float64{1, 3}, 1.6, 1.25},
		{"Nobody", nil, math.NaN(), math.NaN()},
		{"Negative", []float64{1, -1}, math.NaN(), math.NaN()},
		{"Infinite", []float64{1, math.Inf(1)}, math.NaN(), math.NaN()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, deff := EffectiveSize(tt.weights)
			same := func(a, b float64) bool {
				return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-12
			}
			if !same(n, tt.n) || !same(deff, tt.deff) {
				t.Errorf("n %v, deff %v; want %v, %v", n, deff, tt.n, tt.deff)
			}
		})
	}
}

func TestTrimWeights(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0, 20), 2, 30).Draw(r, "weights")
		low := rapid.Float64Range(0, 3).Draw(r, "low")
		high := low + rapid.Float64Range(0.1, 15).Draw(r, "width")
		before := slices.Clone(weights)
		trimmed, err := TrimWeights(weights, low, high)
		if !slices.Equal(before, weights) {
			r.Fatal("the weights given were changed")
		}
		var sum, positive float64
		for _, w := range weights {
			sum += w
			if w > 0 {
				positive++
			}
		}
		possible := sum > 0 && sum <= positive*high && sum >= positive*low
		if possible != (err == nil) && math.Abs(sum-positive*high) > 1e-9 && math.Abs(sum-positive*low) > 1e-9 {
			r.Fatalf("sum %v of %v weights: %v", sum, positive, err)
		}
		if err != nil {
			if !says(err, "cannot have the sum") && !says(err, "no positive, finite sum") {
				r.Fatalf("sum %v of %v weights: another error: %v", sum, positive, err)
			}
			return
		}
		var after float64
		for row, w := range trimmed {
			after += w
			if weights[row] == 0 && w != 0 || weights[row] > 0 && (w < low-1e-9 || w > high+1e-9) {
				r.Fatalf("weight %v became %v outside [%v, %v]", weights[row], w, low, high)
			}
		}
		if math.Abs(after-sum) > 1e-9*sum {
			r.Fatalf("the sum went from %v to %v", sum, after)
		}
	})
}

func TestTrimWeightsByHand(t *testing.T) {
	t.Parallel()
	// 4 above the bound go to 1, 1 and 2 in proportion.
	got, err := TrimWeights([]float64{1, 1, 2, 12}, 0, 8)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{2, 2, 4, 8}, got); diff != "" {
		t.Error(diff)
	}
	for name, tt := range map[string]struct {
		weights   []float64
		low, high float64
		says      string
	}{
		"TooNarrow":        {[]float64{1, 1, 2, 12}, 0, 3, "4 weights between 0 and 3 cannot have the sum 16"},
		"TooHigh":          {[]float64{1, 1, 2, 12}, 5, 9, "4 weights between 5 and 9 cannot have the sum 16"},
		"ZerosHoldNothing": {[]float64{0, 6}, 0, 4, "1 weights between 0 and 4 cannot have the sum 6"},
		"InDisorder":       {[]float64{1, 1, 2, 12}, 8, 2, "the bounds 8 and 2 are not in order"},
		"NotANumber":       {[]float64{1, 1, 2, 12}, math.NaN(), 2, "the bounds NaN and 2 are not in order"},
		"NegativeWeight":   {[]float64{1, -1}, 0, 2, "response 2: weight -1"},
		"NoWeight":         {[]float64{0, 0}, 0, 2, "no positive, finite sum"},
	} {
		if _, err := TrimWeights(tt.weights, tt.low, tt.high); !says(err, tt.says) {
			t.Errorf("%s: the error is %v, it should say %q", name, err, tt.says)
		}
	}
	// A weight of 0 stays 0 and needs no share of the lower bound.
	kept, err := TrimWeights([]float64{0, 1}, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{0, 1}, kept); diff != "" {
		t.Error(diff)
	}
}

func TestRakeMeetsEveryMargin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		// Margins of a population that contains every respondent: raking to them
		// must succeed and reproduce them.
		n := rapid.IntRange(4, 40).Draw(r, "n")
		category := rapid.SliceOfN(rapid.Uint32Range(0, 2), n, n)
		a, b := category.Draw(r, "a"), category.Draw(r, "b")
		population := rapid.SliceOfN(rapid.Float64Range(1, 9), n, n).Draw(r, "population")
		weights := rapid.SliceOfN(rapid.Float64Range(0.5, 5), n, n).Draw(r, "weights")
		ma, mb := Margin{"a", a, make([]float64, 3)}, Margin{"b", b, make([]float64, 3)}
		for row, size := range population {
			ma.Totals[a[row]] += size
			mb.Totals[b[row]] += size
		}
		c, err := Rake(weights, []Margin{ma, mb})
		if err != nil {
			r.Fatal(err)
		}
		for _, m := range []Margin{ma, mb} {
			sums := make([]float64, 3)
			for row, code := range m.Codes {
				sums[code] += c.Weights[row]
			}
			for code, sum := range sums {
				if math.Abs(sum-m.Totals[code]) > 1e-9*m.Totals[code] {
					r.Fatalf("margin %s, category %d: %v, want %v", m.Name, code, sum, m.Totals[code])
				}
			}
		}
		if one, err := Rake(weights, []Margin{ma}); err != nil {
			r.Fatal(err)
		} else if post, err := PostStratify(weights, ma); err != nil || !slices.Equal(one.Weights, post.Weights) {
			r.Fatalf("raking to one margin is post-stratification; %v", err)
		}
	})
}

func TestCalibrationRefuses(t *testing.T) {
	t.Parallel()
	codes := []uint32{1, 1, 2, 2}
	tests := []struct {
		name    string
		weights []float64
		margins []Margin
		want    *MarginError // nil: an error that says
		says    string
	}{
		{"CategoryWithoutRespondent", ones(4), []Margin{{"age", codes, []float64{0, 5, 5, 7}}}, &MarginError{Margin: "age", Empty: []uint32{3}}, "margin"},
		{"OnlyWeightlessRespondents", []float64{0, 0, 1, 1}, []Margin{{"age", codes, []float64{0, 5, 5}}}, &MarginError{Margin: "age", Empty: []uint32{1}}, "margin"},
		{"CategoryWithoutTotal", ones(4), []Margin{{"age", codes, []float64{0, 5}}}, &MarginError{Margin: "age", Unknown: []uint32{2}}, "margin"},
		{"TotalsDisagree", ones(4), []Margin{{"age", codes, []float64{0, 5, 5}}, {"sex", codes, []float64{0, 5, 6}}}, &MarginError{Margin: "sex", Difference: 1}, "margin"},
		{"NoMargin", ones(4), nil, nil, "no margin to calibrate to"},
		{"NegativeTotal", ones(4), []Margin{{"age", codes, []float64{0, 5, -5}}}, nil, "the total -5 of category 2"},
		{"OtherLength", ones(3), []Margin{{"age", codes, []float64{0, 5, 5}}}, nil, "has 4 codes for 3 weights"},
		{"NegativeWeight", []float64{1, 1, 1, -1}, []Margin{{"age", codes, []float64{0, 5, 5}}}, nil, "response 4: weight -1"},
		{"NoWeight", make([]float64, 4), []Margin{{"age", codes, []float64{0, 5, 5}}}, nil, "no positive, finite sum"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Rake(tt.weights, tt.margins)
			var got *MarginError
			if errors.As(err, &got) != (tt.want != nil) || !says(err, tt.says) {
				t.Fatalf("the error is %v, it should say %q", err, tt.says)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Two columns that say the same cannot have different totals: no weights do.
func TestRakeSaysWhenItDoesNotConverge(t *testing.T) {
	t.Parallel()
	codes := []uint32{1, 1, 2, 2}
	_, err := Rake(ones(4), []Margin{{"age", codes, []float64{0, 5, 5}}, {"group", codes, []float64{0, 7, 3}}})
	var got *MarginError
	if !errors.As(err, &got) || got.Margin != "age" || math.Abs(got.Gap-0.4) > 1e-9 {
		t.Errorf("error %v, want a gap of 0.4 in margin age", err)
	}
}

// What margins explain entirely has no variance left.
func TestCalibratedVarianceVanishes(t *testing.T) {
	t.Parallel()
	codes := []uint32{1, 1, 1, 2, 2, 2, 2, 1}
	y := make([]float64, len(codes))
	for row, code := range codes {
		y[row] = float64(code)
	}
	post, err := PostStratify([]float64{1, 2, 1, 3, 1, 1, 2, 1}, Margin{"group", codes, []float64{0, 30, 70}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Design{}.Ratio(y, ones(len(y)), post)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Rate-1.7) > 1e-12 || got.SE > 1e-12 || got.DF != 7 {
		t.Errorf("%+v, want 1.7 without error and 7 degrees of freedom", got)
	}
}
