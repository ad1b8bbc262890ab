package analysis

import "math"

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
func (s Snapshot) Alpha(items []int) Alpha {
	for _, j := range items {
		if j < 0 || j >= len(s.items) {
			return Alpha{Raw: math.NaN(), Standardized: math.NaN(), Items: len(items)}
		}
	}
	return s.alpha(items)
}

func (s Snapshot) alpha(items []int) Alpha {
	a := Alpha{Raw: math.NaN(), Standardized: math.NaN(), Items: len(items)}
	k := float64(len(items))
	complete := s.complete(items)
	total := make([]uint32, s.rows)
	var scale []float64 // 1/s_j
	var variances float64
	for _, j := range items {
		var counts [256]int64
		for row, code := range s.items[j] {
			if complete[row] {
				counts[code]++
				total[row] += uint32(code)
			}
		}
		n, variance := moments(counts[:])
		a.N = n
		variances += variance
		scale = append(scale, 1/math.Sqrt(variance))
		if !(variance > 0) {
			variances = math.NaN()
		}
	}
	if a.N < 2 || len(items) < 2 || math.IsNaN(variances) {
		a.countComplete(complete)
		return a
	}
	counts := make([]int64, len(items)*int(MaxCode)+1)
	for row, sum := range total {
		if complete[row] {
			counts[sum]++
		}
	}
	if _, variance := moments(counts); variance > 0 {
		a.Raw = k / (k - 1) * (1 - variances/variance)
	}
	// The variance of a total of standardised items is the sum of all their
	// correlations: k on the diagonal, k(k−1)·r̄ beside it.
	standard := make([]float64, s.rows)
	for i, j := range items {
		var score [256]float64
		for code := range score {
			score[code] = float64(code) * scale[i]
		}
		for row, code := range s.items[j] {
			standard[row] += score[code]
		}
	}
	var mean, squares float64
	for row, sum := range standard {
		if complete[row] {
			mean += sum / float64(a.N)
		}
	}
	for row, sum := range standard {
		if complete[row] {
			squares += (sum - mean) * (sum - mean)
		}
	}
	r := (squares/float64(a.N-1) - k) / (k * (k - 1))
	a.Standardized = k * r / (1 + (k-1)*r)
	return a
}

func (a *Alpha) countComplete(complete []bool) {
	a.N = 0
	for _, all := range complete {
		if all {
			a.N++
		}
	}
}

// complete marks the responses that answered all the items.
func (s Snapshot) complete(items []int) []bool {
	complete := make([]bool, s.rows)
	for row := range complete {
		complete[row] = true
	}
	for _, j := range items {
		codes := s.schema.Items[j].Codes
		for row, code := range s.items[j] {
			if code == Missing || code > codes {
				complete[row] = false
			}
		}
	}
	return complete
}

// moments is the number of values counted by value and their variance (n−1),
// with whole-number sums up to the last step.
func moments(counts []int64) (n int64, variance float64) {
	var sum int64
	for value, count := range counts {
		n += count
		sum += int64(value) * count
	}
	mean := float64(sum) / float64(n)
	for value, count := range counts {
		away := float64(value) - mean
		variance += float64(count) * away * away
	}
	if n < 2 {
		return n, math.NaN()
	}
	return n, variance / float64(n-1)
}
