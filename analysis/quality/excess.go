package quality

import (
	"math"
	"slices"

	"hailong/analysis"
)

// Capacity is how many arrivals in one hour (or on one day) are still credible,
// from how many there were in the same hour of past weeks:
//
//	max(least, ⌈3 × 99th percentile of past⌉)
//
// with the percentile by linear interpolation. Few values of the past make the
// percentile their maximum, none make it 0, and least counts.
func Capacity(past []int, least int) int {
	values := make([]float64, len(past))
	for i, n := range past {
		values[i] = float64(n)
	}
	slices.Sort(values)
	q := analysis.Quantile(values, 0.99)
	if math.IsNaN(q) {
		return least
	}
	return max(least, int(math.Ceil(3*q)))
}

// leastDays is how many numbers of a day tell which one is usual.
const leastDays = 5

// BusyDay is how many people a place can be said to have served on a day, from how
// many it served on days of the past: ⌈3 × 99th percentile of past⌉, with the
// percentile by linear interpolation. Fewer than five days tell nothing; then known
// is false.
func BusyDay(past []int) (most int, known bool) {
	if len(past) < leastDays {
		return 0, false
	}
	return Capacity(past, 0), true
}

// Excess is how many of count rows with a mark are too many beside others rows
// without it, if a row has the mark with probability at most share:
//
//	0 where P(Binomial(count + others, share) ≥ count) > level,
//	else count − the most m with P(Binomial(m + others, share) ≥ m) > 0.05
//
// So nothing is said before the number is very unlikely, and then what is left
// over is a usual number, not the largest that is just possible. Where share is
// not in [0, 1), level is not in (0, 1) or a number is negative, it is 0.
func Excess(count, others int, share, level float64) int {
	if !(share >= 0 && share < 1) || !(level > 0 && level < 1) || count < 1 || others < 0 {
		return 0
	}
	chance := func(m int) float64 { return analysis.BinomialUpper(m-1, m+others, share) }
	if chance(count) > level {
		return 0
	}
	// The chance falls with m.
	low, high := 0, count // chance(low) > 0.05, chance(high) ≤ 0.05
	for high-low > 1 {
		if middle := low + (high-low)/2; chance(middle) > 0.05 {
			low = middle
		} else {
			high = middle
		}
	}
	return count - low
}
