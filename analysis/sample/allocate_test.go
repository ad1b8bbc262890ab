package sample

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/analysis"
)

func TestAllocate(t *testing.T) {
	t.Parallel()
	villages := []Stratum{{Size: 500, SD: 0.3}, {Size: 300, SD: 0.5}, {Size: 200, SD: 0.1}}
	tests := []struct {
		name    string
		n       int
		strata  []Stratum
		method  Allocation
		minimum int
		want    []int
	}{
		{"Proportional", 100, villages, Proportional, 0, []int{50, 30, 20}},
		{"LargestRemainder", 99, villages, Proportional, 0, []int{49, 30, 20}},
		{"Equal", 100, villages, Equal, 0, []int{34, 33, 33}},
		{"Neyman", 160, villages, Neyman, 0, []int{75, 75, 10}}, // 150 : 150 : 20
		{"Minimum", 100, villages, Proportional, 25, []int{47, 28, 25}},
		{"MinimumAboveSize", 12, []Stratum{{Size: 3}, {Size: 90}}, Proportional, 5, []int{3, 9}},
		{"EqualFillsSmallStratum", 30, []Stratum{{Size: 4}, {Size: 50}, {Size: 50}}, Equal, 0, []int{4, 13, 13}},
		{"Census", 93, []Stratum{{Size: 3}, {Size: 90}}, Equal, 0, []int{3, 90}},
		{"NeymanWithoutSpread", 10, []Stratum{{Size: 40}, {Size: 10}}, Neyman, 0, []int{8, 2}},
		{"NeymanBeyondSpread", 20, []Stratum{{Size: 8, SD: 0.4}, {Size: 40}, {Size: 20}}, Neyman, 0, []int{8, 8, 4}},
		{"NeymanTakesAll", 30, []Stratum{{Size: 5, SD: 40}, {Size: 100, SD: 1}}, Neyman, 0, []int{5, 25}},
		{"ByMeasure", 10, []Stratum{{Size: 9, Measure: 100}, {Size: 30, Measure: 300}, {Size: 30, Measure: 600}}, Proportional, 0, []int{1, 3, 6}},
		{"None", 0, villages, Neyman, 0, []int{0, 0, 0}},
		{"NoStrata", 0, nil, Proportional, 0, []int{}},
		{"EmptyStratum", 5, []Stratum{{Size: 0}, {Size: 9}}, Equal, 2, []int{0, 5}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Allocate(tt.n, tt.strata, tt.method, tt.minimum)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllocateRefuses(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func() ([]int, error){
		"MoreThanThereAre":  func() ([]int, error) { return Allocate(11, []Stratum{{Size: 10}}, Equal, 0) },
		"Negative":          func() ([]int, error) { return Allocate(-1, []Stratum{{Size: 10}}, Equal, 0) },
		"MinimumTooLarge":   func() ([]int, error) { return Allocate(7, []Stratum{{Size: 10}, {Size: 10}}, Equal, 4) },
		"NegativeSize":      func() ([]int, error) { return Allocate(1, []Stratum{{Size: -1}, {Size: 10}}, Equal, 0) },
		"NegativeDeviation": func() ([]int, error) { return Allocate(1, []Stratum{{Size: 1, SD: -1}}, Neyman, 0) },
		"DeviationNaN":      func() ([]int, error) { return Allocate(1, []Stratum{{Size: 1, SD: math.NaN()}}, Neyman, 0) },
		"MeasureNaN":        func() ([]int, error) { return Allocate(1, []Stratum{{Size: 1, Measure: math.NaN()}}, Proportional, 0) },
		"Method":            func() ([]int, error) { return Allocate(1, []Stratum{{Size: 1}}, 7, 0) },
	} {
		if got, err := call(); !errors.Is(err, analysis.ErrBadRequest) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestAllocateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		strata := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Stratum {
			return Stratum{
				Size: rapid.IntRange(0, 3000).Draw(t, "size"),
				SD:   rapid.SampledFrom([]float64{0, 1e-12, 0.1, 0.25, 0.5, 1e9}).Draw(t, "sd"),
			}
		}), 1, 12).Draw(t, "strata")
		minimum := rapid.IntRange(0, 20).Draw(t, "minimum")
		population, needed := 0, 0
		for _, s := range strata {
			population += s.Size
			needed += min(minimum, s.Size)
		}
		n := rapid.IntRange(needed, population).Draw(t, "n")
		method := rapid.SampledFrom([]Allocation{Proportional, Equal, Neyman}).Draw(t, "method")
		got, err := Allocate(n, strata, method, minimum)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for h, size := range got {
			sum += size
			if size < min(minimum, strata[h].Size) || size > strata[h].Size {
				t.Fatalf("stratum %d of %d gets %d", h, strata[h].Size, size)
			}
			for l := range got {
				if method == Proportional && strata[h].Size > strata[l].Size && size < got[l]-1 {
					t.Fatalf("the larger stratum %d gets %d, the smaller %d gets %d", h, size, l, got[l])
				}
			}
		}
		if sum != n {
			t.Fatalf("sum %d, want %d", sum, n)
		}
	})
}

func FuzzAllocate(f *testing.F) {
	f.Add(100, 500, 300, 0.5, 0.1, 2, 10)
	f.Fuzz(func(t *testing.T, n, a, b int, sa, sb float64, method, minimum int) {
		got, err := Allocate(n, []Stratum{{Size: a, SD: sa}, {Size: b, SD: sb, Measure: sa}}, Allocation(method), minimum)
		if err == nil && got[0]+got[1] != n {
			t.Errorf("%v, want a sum of %d", got, n)
		}
	})
}

func ExampleAllocate() {
	communes := []Stratum{{Size: 900, SD: 0.3}, {Size: 300, SD: 0.5}, {Size: 40, SD: 0.5}}
	for _, method := range []Allocation{Proportional, Equal, Neyman} {
		sample, err := Allocate(150, communes, method, 20)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(sample)
	}
	// Output:
	// [98 32 20]
	// [55 55 40]
	// [84 46 20]
}
