package sample

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"hailong/analysis"
)

// Allocation says how a sample is spread over strata.
type Allocation int

const (
	// Proportional gives each stratum its share of the population: every row
	// has about the same chance and the sample weighs itself.
	Proportional Allocation = iota
	// Equal gives each stratum the same number: best for comparing strata.
	Equal
	// Neyman gives each stratum size × standard deviation: the most precise
	// total for the number of answers.
	Neyman
)

// Stratum is a part of the population that is sampled on its own.
type Stratum struct {
	// Size is the number of rows in the population.
	Size int
	// Measure is what Proportional and Neyman weigh by instead of Size where it
	// is positive: the households of all villages, where villages are drawn.
	Measure float64
	// SD is the standard deviation expected within the stratum, used by Neyman
	// only; for a rate √(p(1−p)).
	SD float64
}

// Allocate spreads a sample of n over strata by
//
//	n_h = clamp(λ·w_h, min(minimum, N_h), N_h),  w_h = N_h, 1 or N_h·S_h (M_h for N_h where given)
//
// with λ such that the n_h add up to n; fractions go to the largest remainders,
// the earlier stratum first where they tie. The result sums to n exactly, never
// exceeds a stratum and never falls below the minimum (or the whole stratum
// where that is smaller). Where Neyman's strata of known spread are full, the
// rest goes to the others by size.
//
// It returns analysis.ErrBadRequest where n exceeds the population or cannot hold the
// minimum of every stratum, where a size is negative, or a standard deviation
// negative or not finite.
//
// Sources: Neyman (1934), J. R. Stat. Soc. 97; Cochran (1977), sections
// 5.5–5.8.
func Allocate(n int, strata []Stratum, method Allocation, minimum int) ([]int, error) {
	weights := make([]float64, len(strata))
	low, high := make([]int, len(strata)), make([]int, len(strata))
	population, needed := 0, 0
	for h, s := range strata {
		if s.Size < 0 || s.Size > math.MaxInt32 {
			return nil, fmt.Errorf("stratum %d has size %d: %w", h+1, s.Size, analysis.ErrBadRequest)
		}
		if !(s.Measure >= 0) || math.IsInf(s.Measure, 0) {
			return nil, fmt.Errorf("stratum %d has measure %v: %w", h+1, s.Measure, analysis.ErrBadRequest)
		}
		switch method {
		case Proportional:
			weights[h] = s.weight()
		case Equal:
			weights[h] = 1
		case Neyman:
			if !(s.SD >= 0) || math.IsInf(s.SD, 0) {
				return nil, fmt.Errorf("stratum %d has standard deviation %v: %w", h+1, s.SD, analysis.ErrBadRequest)
			}
			weights[h] = s.weight() * s.SD
		default:
			return nil, fmt.Errorf("unknown allocation %d: %w", method, analysis.ErrBadRequest)
		}
		low[h], high[h] = min(max(minimum, 0), s.Size), s.Size
		population += s.Size
		needed += low[h]
	}
	switch {
	case n < 0 || n > population:
		return nil, fmt.Errorf("a sample of %d from a population of %d: %w", n, population, analysis.ErrBadRequest)
	case n < needed:
		return nil, fmt.Errorf("a sample of %d cannot hold %d in each stratum, which takes %d: %w", n, minimum, needed, analysis.ErrBadRequest)
	}
	if method == Neyman {
		fillNeyman(n, strata, weights, low, high)
	}
	return roundToSum(n, shares(n, weights, low, high), weights, low, high), nil
}

func (s Stratum) weight() float64 {
	if s.Measure > 0 {
		return s.Measure
	}
	return float64(s.Size)
}

// fillNeyman makes room for n where the strata with spread cannot hold it: they
// are taken whole and the others weigh by size.
func fillNeyman(n int, strata []Stratum, weights []float64, low, high []int) {
	room := 0
	for h, w := range weights {
		if w > 0 {
			room += high[h]
		} else {
			room += low[h]
		}
	}
	if room >= n {
		return
	}
	for h, w := range weights {
		if w > 0 {
			low[h] = high[h]
		} else {
			weights[h] = strata[h].weight()
		}
	}
}

// shares returns clamp(λ·w, low, high) with λ found by bisection so that the
// sum is n.
func shares(n int, weights []float64, low, high []int) []float64 {
	result := make([]float64, len(weights))
	largest := 0.0
	for _, w := range weights {
		largest = math.Max(largest, w)
	}
	// A weight a billion times below the largest counts as that: it keeps the
	// bisection short.
	const smallest = 1e-9
	fill := func(lambda float64) float64 {
		sum := 0.0
		for h, w := range weights {
			relative := w / largest
			if w > 0 {
				relative = math.Max(relative, smallest)
			}
			result[h] = math.Max(float64(low[h]), math.Min(float64(high[h]), lambda*relative))
			sum += result[h]
		}
		return sum
	}
	if largest == 0 {
		largest = 1
	}
	from, to := 0.0, float64(math.MaxInt32)/smallest
	for range 200 {
		middle := from + (to-from)/2
		if fill(middle) < float64(n) {
			from = middle
		} else {
			to = middle
		}
	}
	fill(to)
	return result
}

// roundToSum rounds shares to whole numbers within the bounds that sum to n, by
// largest remainders. A share a hair below a whole number counts as whole.
func roundToSum(n int, share, weights []float64, low, high []int) []int {
	whole := make([]int, len(share))
	order := make([]int, len(share))
	left := n
	for h, s := range share {
		whole[h] = min(high[h], max(low[h], int(math.Floor(s+1e-9*math.Max(1, s)))))
		left -= whole[h]
		order[h] = h
	}
	slices.SortStableFunc(order, func(a, b int) int {
		// Rounded, so that remainders equal but for the last bits tie.
		ra, rb := math.Round(1e6*(share[a]-float64(whole[a]))), math.Round(1e6*(share[b]-float64(whole[b])))
		return cmp.Compare(rb, ra)
	})
	for left != 0 {
		before := left
		for k := range order {
			h := order[k]
			if left > 0 && whole[h] < high[h] && weights[h] > 0 {
				whole[h]++
				left--
			}
			if h = order[len(order)-1-k]; left < 0 && whole[h] > low[h] {
				whole[h]--
				left++
			}
		}
		if left == before {
			break // bounds were checked by Allocate: this is not reached
		}
	}
	return whole
}
