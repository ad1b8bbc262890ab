package sample

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"hailong/analysis"
)

// SelectionMethod says how rows are chosen within a stratum.
type SelectionMethod int

const (
	// SimpleRandom draws without replacement, every set of rows equally likely.
	SimpleRandom SelectionMethod = iota
	// Systematic takes every (N/n)-th row of the frame's order from a random
	// start, which spreads the sample evenly over that order.
	Systematic
	// ProportionalToSize is Systematic over cumulated sizes: a village twice as
	// big is twice as likely to be drawn.
	ProportionalToSize
)

// Frame is a list to draw from. Its rows are known by their index, 0 the first.
type Frame struct {
	Rows int
	// Stratum of each row, 0 and up; nil for a single stratum.
	Stratum []int
	// Size of each row for ProportionalToSize, whole and not negative
	// (households, say). A row of size 0 is never drawn.
	Size []int
}

// Selection is a drawn sample.
type Selection struct {
	// Sample and Reserve hold row indices: strata one after the other, within a
	// stratum in the order of drawing, which for the reserve is the order of
	// use.
	Sample, Reserve []int
	// Probability is each row's chance of being in the sample, for every row of
	// the frame; its inverse is the design weight. The reserve does not change
	// it: a reserve row stands in for one of the same stratum.
	Probability []float64
	// Number is the random number of each row under SimpleRandom, nil
	// otherwise.
	Number []uint64
	// Start is the random start of each stratum (sample, then reserve) under
	// the other methods, nil otherwise.
	Start [][2]uint64
}

// Draw draws size[h] rows of each stratum h and then reserve[h] more to stand
// in for those who cannot be reached. The same frame, sizes and seed give the
// same selection on every machine, and the steps are few enough to be repeated
// by other means:
//
//  1. Random numbers are the 64-bit outputs of the generator PCG-DXSM, seeded with
//     the 128-bit state (seed, 0): rand.NewPCG(seed, 0) of Go's math/rand/v2.
//  2. SimpleRandom gives one number to every row of the frame, in the frame's order.
//     Within a stratum the rows with the smallest numbers are the sample and the
//     next ones the reserve, smallest first (equal numbers: the earlier row).
//  3. Systematic takes two numbers per stratum, strata in ascending order, for the
//     sample and for the reserve. With N rows, n of them wanted and r = ⌊number·N/2⁶⁴⌋,
//     the rows ⌊(r+j·N)/n⌋, j = 0…n−1, are drawn, counted from 0 within the stratum. The reserve
//     is drawn in the same way from the rows left.
//  4. ProportionalToSize does the same with the sum T of the sizes for N, along the
//     cumulated sizes: row i is drawn where a point r+j·T falls in
//     [n·(M₁+…+Mᵢ₋₁), n·(M₁+…+Mᵢ)). Before, rows with n·M ≥ T are taken for
//     certain, n and T reduced by them, until none is left. Certain rows come first.
//
// All steps are in whole numbers, so no rounding can differ. Inclusion
// probabilities: n/N, or n·M/T of step 4 and 1 for the certain.
//
// It returns analysis.ErrBadRequest where a stratum has fewer rows (of positive size)
// than are to be drawn for sample and reserve together, where lengths do not
// match, or where a number is negative or so large that products could leave 63
// bits.
//
// Sources: simple random sampling by sorted random numbers, Sunter (1977),
// Applied Statistics 26; systematic sampling with a fractional interval and
// PPS: Särndal, Swensson and Wretman (1992), sections 3.4 and 3.6.
func Draw(frame Frame, method SelectionMethod, size, reserve []int, seed uint64) (Selection, error) {
	strata, err := frame.rowsByStratum(method, size, reserve)
	if err != nil {
		return Selection{}, err
	}
	generator := rand.NewPCG(seed, 0)
	s := Selection{Probability: make([]float64, frame.Rows)}
	if method == SimpleRandom {
		s.Number = make([]uint64, frame.Rows)
		for i := range s.Number {
			s.Number[i] = generator.Uint64()
		}
	}
	for h, rows := range strata {
		if method == SimpleRandom {
			s.sorted(rows, size[h], reserve[h])
			continue
		}
		start := [2]uint64{generator.Uint64(), generator.Uint64()}
		s.Start = append(s.Start, start)
		drawn, err := drawSystematic(frame, method, rows, size[h], start[0], s.Probability)
		if err != nil {
			return Selection{}, fmt.Errorf("stratum %d: %w", h+1, err)
		}
		s.Sample = append(s.Sample, drawn...)
		chosen := make(map[int]bool, len(drawn))
		for _, i := range drawn {
			chosen[i] = true
		}
		left := slices.DeleteFunc(slices.Clone(rows), func(i int) bool { return chosen[i] })
		standIn, err := drawSystematic(frame, method, left, reserve[h], start[1], nil)
		if err != nil {
			return Selection{}, fmt.Errorf("reserve of stratum %d: %w", h+1, err)
		}
		s.Reserve = append(s.Reserve, standIn...)
	}
	return s, nil
}

// rowsByStratum checks the request and lists each stratum's rows in the order
// of the frame.
func (f Frame) rowsByStratum(method SelectionMethod, size, reserve []int) ([][]int, error) {
	switch {
	case method < SimpleRandom || method > ProportionalToSize:
		return nil, fmt.Errorf("unknown draw method %d: %w", method, analysis.ErrBadRequest)
	case f.Rows < 0 || f.Rows > math.MaxInt32:
		return nil, fmt.Errorf("a frame of %d rows: %w", f.Rows, analysis.ErrBadRequest)
	case f.Stratum != nil && len(f.Stratum) != f.Rows:
		return nil, fmt.Errorf("%d strata for %d rows: %w", len(f.Stratum), f.Rows, analysis.ErrBadRequest)
	case method == ProportionalToSize && len(f.Size) != f.Rows:
		return nil, fmt.Errorf("%d sizes for %d rows: %w", len(f.Size), f.Rows, analysis.ErrBadRequest)
	case len(size) != len(reserve):
		return nil, fmt.Errorf("%d sample sizes and %d reserve sizes: %w", len(size), len(reserve), analysis.ErrBadRequest)
	}
	strata := make([][]int, len(size))
	for i := range f.Rows {
		h := 0
		if f.Stratum != nil {
			h = f.Stratum[i]
		}
		if h < 0 || h >= len(size) {
			return nil, fmt.Errorf("row %d is in stratum %d of %d: %w", i+1, h+1, len(size), analysis.ErrBadRequest)
		}
		if method == ProportionalToSize && (f.Size[i] < 0 || f.Size[i] > math.MaxInt32) {
			return nil, fmt.Errorf("row %d has size %d: %w", i+1, f.Size[i], analysis.ErrBadRequest)
		}
		strata[h] = append(strata[h], i)
	}
	for h, rows := range strata {
		if size[h] < 0 || reserve[h] < 0 || size[h] > len(rows) || reserve[h] > len(rows)-size[h] {
			return nil, fmt.Errorf("stratum %d has %d rows, a sample of %d and a reserve of %d are wanted: %w",
				h+1, len(rows), size[h], reserve[h], analysis.ErrBadRequest)
		}
	}
	return strata, nil
}

// sorted is step 2 of Draw for one stratum.
func (s *Selection) sorted(rows []int, size, reserve int) {
	for _, i := range rows {
		s.Probability[i] = float64(size) / float64(len(rows))
	}
	order := slices.Clone(rows)
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.Number[a], s.Number[b]), cmp.Compare(a, b))
	})
	s.Sample = append(s.Sample, order[:size]...)
	s.Reserve = append(s.Reserve, order[size:size+reserve]...)
}

var errNoSize = errors.New("fewer rows of positive size than are to be drawn")

// drawSystematic is steps 3 and 4 of Draw for one stratum. It writes the
// inclusion probabilities of rows into probability where that is not nil.
func drawSystematic(f Frame, method SelectionMethod, rows []int, n int, number uint64, probability []float64) ([]int, error) {
	measure := func(int) uint64 { return 1 }
	if method == ProportionalToSize {
		measure = func(i int) uint64 { return uint64(f.Size[i]) } //nolint:gosec // Check refuses sizes below 0
	}
	total := uint64(0)
	for _, i := range rows {
		total += measure(i)
	}
	rest, certain, total := takeCertain(rows, n, total, measure)
	if probability != nil {
		for _, i := range certain {
			probability[i] = 1
		}
	}
	wanted := uint64(max(n-len(certain), 0))
	if wanted == 0 {
		return certain, nil
	}
	if total == 0 {
		return nil, fmt.Errorf("%w: %w", errNoSize, analysis.ErrBadRequest)
	}
	if high, low := bits.Mul64(wanted, 2*total); high > 0 || low > math.MaxInt64 {
		return nil, fmt.Errorf("sizes that sum to %d are too large: %w", total, analysis.ErrBadRequest)
	}
	point, _ := bits.Mul64(number, total)
	drawn, reached := certain, uint64(0)
	for _, i := range rest {
		reached += wanted * measure(i)
		if probability != nil {
			probability[i] = float64(wanted*measure(i)) / float64(total)
		}
		if point < reached {
			drawn = append(drawn, i)
			point += total
		}
	}
	return drawn, nil
}

// takeCertain splits off the rows whose size reaches the sampling interval,
// again and again as the interval shrinks. Equal sizes (total == len(rows)) are
// certain only where all are drawn.
func takeCertain(rows []int, n int, total uint64, measure func(int) uint64) (rest, certain []int, left uint64) {
	rest = rows
	for {
		wanted := uint64(max(n-len(certain), 0))
		var kept []int
		found := len(certain)
		threshold := total
		for _, i := range rest {
			if m := measure(i); wanted > 0 && m > 0 && overProduct(wanted, m, threshold) {
				certain = append(certain, i)
				total -= m
				continue
			}
			kept = append(kept, i)
		}
		rest = kept
		if len(certain) == found {
			return rest, certain, total
		}
	}
}

// overProduct reports a·b ≥ c without overflow.
func overProduct(a, b, c uint64) bool {
	high, low := bits.Mul64(a, b)
	return high > 0 || low >= c
}
