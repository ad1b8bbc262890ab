package sample

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis"
)

// testFrame is the frame of testdata/draw.py.
func testFrame() Frame {
	f := Frame{Rows: 40}
	for i := range f.Rows {
		f.Stratum = append(f.Stratum, i*i%3)
		f.Size = append(f.Size, 5+7*i%31)
	}
	f.Size[20] += 200
	return f
}

// The selections that testdata/draw.py makes by the same description.
func TestDrawRepeatedElsewhere(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		method          SelectionMethod
		sample, reserve []int
	}{
		{"SimpleRandom", SimpleRandom, []int{33, 6, 21, 9, 24, 29, 20, 10, 2, 38, 17}, []int{27, 3, 1, 16, 4}},
		{"Systematic", Systematic, []int{3, 12, 21, 30, 36, 1, 7, 14, 20, 26, 34}, []int{0, 24, 8, 19, 32}},
		{"ProportionalToSize", ProportionalToSize, []int{3, 12, 21, 30, 39, 20, 2, 8, 16, 25, 34}, []int{6, 24, 7, 19, 35}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Draw(testFrame(), tt.method, []int{5, 6}, []int{2, 3}, 20260115)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.sample, got.Sample); diff != "" {
				t.Error("sample", diff)
			}
			if diff := cmp.Diff(tt.reserve, got.Reserve); diff != "" {
				t.Error("reserve", diff)
			}
		})
	}
}

// Over many seeds each row is drawn as often as its probability says.
func TestDrawKeepsItsProbabilities(t *testing.T) {
	t.Parallel()
	const seeds = 4000
	for _, method := range []SelectionMethod{SimpleRandom, Systematic, ProportionalToSize} {
		times := make([]float64, 40)
		var probability []float64
		for seed := range uint64(seeds) {
			s, err := Draw(testFrame(), method, []int{5, 6}, []int{0, 0}, seed)
			if err != nil {
				t.Fatal(err)
			}
			probability = s.Probability
			for _, i := range s.Sample {
				times[i]++
			}
		}
		for i, p := range probability {
			if sd := math.Sqrt(p * (1 - p) / seeds); math.Abs(times[i]/seeds-p) > 4.5*sd {
				t.Errorf("method %d, row %d: drawn in %v, probability %v", method, i, times[i]/seeds, p)
			}
		}
		if got := probability[20]; method == ProportionalToSize && got != 1 {
			t.Errorf("the largest row has probability %v, want 1", got)
		}
	}
}

func TestDrawProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		strata := rapid.IntRange(1, 4).Draw(t, "strata")
		f := Frame{Rows: rapid.IntRange(0, 120).Draw(t, "rows")}
		rows := make([]int, strata)
		for range f.Rows {
			h := rapid.IntRange(0, strata-1).Draw(t, "stratum")
			rows[h]++
			f.Stratum = append(f.Stratum, h)
			f.Size = append(f.Size, rapid.IntRange(1, 500).Draw(t, "size"))
		}
		sample, reserve := make([]int, strata), make([]int, strata)
		for h := range rows {
			sample[h] = rapid.IntRange(0, rows[h]).Draw(t, "sample")
			reserve[h] = rapid.IntRange(0, rows[h]-sample[h]).Draw(t, "reserve")
		}
		method := rapid.SampledFrom([]SelectionMethod{SimpleRandom, Systematic, ProportionalToSize}).Draw(t, "method")
		seed := rapid.Uint64().Draw(t, "seed")
		s, err := Draw(f, method, sample, reserve, seed)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Draw(f, method, sample, reserve, seed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Fatal("the same seed draws differently", diff)
		}
		drawn, spare, expected := make([]int, strata), make([]int, strata), make([]float64, strata)
		seen := make(map[int]bool)
		for _, i := range s.Sample {
			drawn[f.Stratum[i]]++
			seen[i] = true
			if s.Probability[i] <= 0 {
				t.Fatalf("row %d was drawn with probability %v", i, s.Probability[i])
			}
		}
		for _, i := range s.Reserve {
			spare[f.Stratum[i]]++
			seen[i] = true
		}
		for i, p := range s.Probability {
			expected[f.Stratum[i]] += p
		}
		if !slices.Equal(drawn, sample) || !slices.Equal(spare, reserve) || len(seen) != len(s.Sample)+len(s.Reserve) {
			t.Fatalf("drawn %v of %v, reserve %v of %v, %d rows", drawn, sample, spare, reserve, len(seen))
		}
		for h := range expected {
			if math.Abs(expected[h]-float64(sample[h])) > 1e-9 {
				t.Fatalf("probabilities of stratum %d sum to %v, want %d", h, expected[h], sample[h])
			}
		}
	})
}

func TestDrawRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		frame           Frame
		method          SelectionMethod
		sample, reserve []int
	}{
		{"TooMany", Frame{Rows: 3}, SimpleRandom, []int{4}, []int{0}},
		{"NoRoomForReserve", Frame{Rows: 3}, Systematic, []int{2}, []int{2}},
		{"Negative", Frame{Rows: 3}, SimpleRandom, []int{-1}, []int{0}},
		{"OverflowingReserve", Frame{Rows: 3}, SimpleRandom, []int{2}, []int{math.MaxInt}},
		{"NegativeRows", Frame{Rows: -1}, SimpleRandom, []int{0}, []int{0}},
		{"StratumOutside", Frame{Rows: 1, Stratum: []int{1}}, SimpleRandom, []int{0}, []int{0}},
		{"StrataMissing", Frame{Rows: 2, Stratum: []int{0}}, SimpleRandom, []int{1}, []int{0}},
		{"SizesMissing", Frame{Rows: 2}, ProportionalToSize, []int{1}, []int{0}},
		{"SizeNegative", Frame{Rows: 2, Size: []int{1, -1}}, ProportionalToSize, []int{1}, []int{0}},
		{"SizesZero", Frame{Rows: 2, Size: []int{0, 0}}, ProportionalToSize, []int{1}, []int{0}},
		{"ReserveOfZeroSizes", Frame{Rows: 2, Size: []int{5, 0}}, ProportionalToSize, []int{1}, []int{1}},
		{"Lengths", Frame{Rows: 2}, SimpleRandom, []int{1}, nil},
		{"Method", Frame{Rows: 2}, 9, []int{1}, []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := Draw(tt.frame, tt.method, tt.sample, tt.reserve, 1); !errors.Is(err, analysis.ErrBadRequest) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func FuzzDraw(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 5}, 0, 2, 1, uint64(7))
	f.Add([]byte{9, 0, 9, 255, 1}, 2, 3, 1, uint64(0))
	f.Fuzz(func(t *testing.T, sizes []byte, method, n, spare int, seed uint64) {
		frame := Frame{Rows: len(sizes)}
		for _, b := range sizes {
			frame.Size = append(frame.Size, int(b)*int(b)*int(b))
		}
		s, err := Draw(frame, SelectionMethod(method), []int{n}, []int{spare}, seed)
		if err == nil && (len(s.Sample) != n || len(s.Reserve) != spare) {
			t.Errorf("drawn %d of %d, reserve %d of %d", len(s.Sample), n, len(s.Reserve), spare)
		}
	})
}

func ExampleDraw() {
	s, err := Draw(Frame{Rows: 1000}, SimpleRandom, []int{3}, []int{1}, 20260115)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sample", s.Sample, "reserve", s.Reserve, "each with probability", s.Probability[0])
	// Output: sample [756 213 981] reserve [33] each with probability 0.003
}
