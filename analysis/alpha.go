package analysis

import (
	"math"
)

// Alpha is Cronbach's alpha of a set of items: how far they measure one thing.
type Alpha struct {
	Raw          float64
	Standardized float64
	Items        int
	N            int64 // responses complete on all items
}

// Alpha is Cronbach's alpha over the responses that answered all the items,
// unweighted:
//
//	raw = k/(k−1)·(1 − Σ s_j²/s_T²),  standardized = k·r̄/(1+(k−1)·r̄)
//
// with s_T² the variance of the total and r̄ the mean correlation. Both are NaN
// with fewer than two items or two complete responses, or where an item does not
// vary. An item column that does not exist gives NaN as well.
//
// Source: Cronbach (1951), Psychometrika 16; R psych, alpha().
func (s FixedRows) Alpha(items []int) Alpha {
	a := Alpha{Raw: math.NaN(), Standardized: math.NaN(), Items: len(items)}
	for _, j := range items {
		if j < 0 || j >= len(s.items) {
			return a
		}
	}
	given := s.AnswerCounts(items, nil)
	counts, totals := s.countComplete(items, given)
	k := float64(len(items))
	var variances, mean float64 // of the items; of the total of standardised items
	scale := make([]float64, len(items))
	for i := range items {
		n, average, variance := moments(counts[i][:])
		a.N = n
		scale[i] = 1 / math.Sqrt(variance)
		variances += variance
		mean += average * scale[i]
		if !(variance > 0) {
			variances = math.NaN()
		}
	}
	if a.N < 2 || len(items) < 2 || math.IsNaN(variances) {
		return a
	}
	if _, _, variance := moments(totals); variance > 0 {
		a.Raw = k / (k - 1) * (1 - variances/variance)
	}
	// The variance of a total of standardised items is the sum of all their
	// correlations: k on the diagonal, k(k−1)·r̄ beside it.
	r := (s.standardSquares(items, given, scale, mean)/float64(a.N-1) - k) / (k * (k - 1))
	a.Standardized = k * r / (1 + (k-1)*r)
	return a
}

// complete lists the responses that answered all of a number of items.
func complete(given []uint32, items int, rows []uint16) []uint16 {
	rows = rows[:0]
	for i, both := range given {
		if int(both&0xffff) == items {
			rows = append(rows, uint16(i))
		}
	}
	return rows
}

// countComplete counts, over the complete responses, the codes of every item and
// the totals of codes.
func (s FixedRows) countComplete(items []int, given []uint32) (codes [][256]int64, totals []int64) {
	type sums struct {
		rows   []uint16
		total  []uint32
		codes  [][256]int64
		totals []int64
	}
	start := func() *sums {
		return &sums{
			rows: make([]uint16, 0, blockRows), total: make([]uint32, blockRows),
			codes: make([][256]int64, len(items)), totals: make([]int64, len(items)*int(MaxCode)+1),
		}
	}
	all := start()
	work := func(acc *sums, low, high int) {
		acc.rows = complete(given[low:high], len(items), acc.rows)
		clear(acc.total)
		for k, j := range items {
			column := s.items[j][low:high]
			for _, i := range acc.rows {
				acc.codes[k][column[i]]++
				acc.total[i] += uint32(column[i])
			}
		}
		for _, i := range acc.rows {
			acc.totals[acc.total[i]]++
		}
	}
	eachBlock(s.rows, start, work, func(acc *sums) {
		for k := range items {
			addTo(all.codes[k][:], acc.codes[k][:])
		}
		addTo(all.totals, acc.totals)
	})
	return all.codes, all.totals
}

// standardSquares is Σ(t − mean)² over the complete responses, t = Σ_j scale_j·code_j.
// It is summed by block and the blocks in order, whoever worked on them.
func (s FixedRows) standardSquares(items []int, given []uint32, scale []float64, mean float64) float64 {
	blocks := make([]float64, (s.rows+blockRows-1)/blockRows)
	type scratch struct {
		rows  []uint16
		total []float64
	}
	start := func() *scratch {
		return &scratch{rows: make([]uint16, 0, blockRows), total: make([]float64, blockRows)}
	}
	work := func(acc *scratch, low, high int) {
		acc.rows = complete(given[low:high], len(items), acc.rows)
		clear(acc.total)
		for k, j := range items {
			column := s.items[j][low:high]
			var score [256]float64
			for code := range score {
				score[code] = float64(code) * scale[k]
			}
			for _, i := range acc.rows {
				acc.total[i] += score[column[i]]
			}
		}
		var squares float64
		for _, i := range acc.rows {
			away := acc.total[i] - mean
			squares += away * away
		}
		blocks[low/blockRows] = squares
	}
	eachBlock(s.rows, start, work, func(*scratch) {})
	var sum float64
	for _, squares := range blocks {
		sum += squares
	}
	return sum
}

// moments is the number, mean and variance (n−1) of values counted by value,
// with whole-number sums up to the last step.
func moments(counts []int64) (n int64, mean, variance float64) {
	var sum int64
	for value, count := range counts {
		n += count
		sum += int64(value) * count
	}
	mean = float64(sum) / float64(n)
	for value, count := range counts {
		away := float64(value) - mean
		variance += float64(count) * away * away
	}
	if n < 2 {
		return n, mean, math.NaN()
	}
	return n, mean, variance / float64(n-1)
}
