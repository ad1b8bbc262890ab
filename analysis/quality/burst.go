package quality

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"hailong/analysis"
)

// Bursts is where answers came in closer together than chance has it.
type Bursts struct {
	// Flags marks the rows inside a burst.
	Flags Flags
	// Least is the smallest number of answers in one window whose chance is at
	// most the level; 0 where no number is that unlikely.
	Least  int
	Bursts []Burst
}

// Burst is a stretch of overlapping windows that each hold at least Least
// answers.
type Burst struct {
	From, To float64
	Rows     int
	// Most is the largest number of answers in one window, P its chance.
	Most int
	P    float64
}

// FindBursts scans the arrival times of rows (in any unit, NaN unknown) with a
// window of the given length for more answers than even arrival over [from, to]
// explains. The chance of some window with k or more of N answers, w =
// window/(to−from), is
//
//	P ≈ (k/w − N − 1)·b(k; N, w) + 2·Σ_{i≥k} b(i; N, w),  b the binomial probability
//
// accurate where it is small, which is where it is used. Office hours alone
// make arrivals uneven: pass the hours of one day, or one surveyor's working
// time, rather than a month. It returns ErrBadRequest where window or the span
// are not positive, or level is outside (0, 1). Times outside [from, to] are
// left out.
//
// Source: Wallenstein and Neff (1987), Statistics in Medicine 6.
func FindBursts(times []float64, from, to, window, level float64) (Bursts, error) {
	if !(window > 0) || !(to > from) || math.IsInf(to-from, 0) || !(level > 0 && level < 1) {
		return Bursts{}, fmt.Errorf("bursts within %v between %v and %v at level %v: %w", window, from, to, level, analysis.ErrBadRequest)
	}
	b := Bursts{Flags: make(Flags, len(times))}
	var order []int
	for i, t := range times {
		if t >= from && t <= to {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(times[i], times[j]) })
	n, w := len(order), window/(to-from)
	b.Least = leastBurst(n, w, level)
	if b.Least == 0 {
		return b, nil
	}
	start, marked := 0, 0
	for end := range order {
		for times[order[end]]-times[order[start]] > window {
			start++
		}
		count := end - start + 1
		if count < b.Least {
			continue
		}
		current := len(b.Bursts) - 1
		if current < 0 || start >= marked {
			b.Bursts = append(b.Bursts, Burst{From: times[order[start]]})
			current++
		}
		burst := &b.Bursts[current]
		burst.To = times[order[end]]
		burst.Most = max(burst.Most, count)
		for k := max(start, marked); k <= end; k++ {
			b.Flags[order[k]] = true
			burst.Rows++
		}
		marked = end + 1
	}
	for k := range b.Bursts {
		b.Bursts[k].P = scanChance(b.Bursts[k].Most, n, w)
	}
	return b, nil
}

// leastBurst is the smallest k from 2 up with a chance of at most level.
func leastBurst(n int, w, level float64) int {
	if w >= 1 {
		return 0
	}
	// Below the mean the formula does not hold; above it the chance falls with
	// k.
	low := max(2, int(math.Ceil(float64(n)*w))+1)
	if low > n || scanChance(n, n, w) > level {
		return 0
	}
	high := n
	for low < high {
		middle := low + (high-low)/2
		if scanChance(middle, n, w) <= level {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

func scanChance(k, n int, w float64) float64 {
	tail := analysis.BinomialUpper(k-1, n, w)
	at := tail - analysis.BinomialUpper(k, n, w)
	p := 2 * tail
	if at > 0 { // else k/w may be infinite
		p += (float64(k)/w - float64(n) - 1) * at
	}
	return math.Max(0, math.Min(1, p))
}
