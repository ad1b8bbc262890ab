package review

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"hailong/analysis"
)

// Correlation is a measure of association in [−1, 1] with its test of no
// association.
type Correlation struct {
	R float64
	// Statistic is z for Kendall and t for Spearman and Pearson; infinite where
	// |R| is 1.
	Statistic float64
	// P is two-sided.
	P float64
	// N is the number of pairs used.
	N int
	// Interval is given by Pearson only.
	Interval analysis.Interval
}

// KendallTauB returns Kendall's tau-b between x and y,
//
//	(concordant − discordant)/√((n0−n1)(n0−n2)),  n0 = n(n−1)/2,
//
// n1 and n2 the pairs tied in x and in y, tested by the normal approximation
// with the variance corrected for ties, without continuity correction. A pair
// with a NaN is left out. It returns ErrTooFew below two pairs or where x or y
// is constant, and an error where the lengths differ. Below about 10 pairs the
// p-value is rough. Time grows with n·log n.
//
// Sources: Kendall (1970), Rank Correlation Methods, chapters 3–4; counting by
// merge sort, Knight (1966).
func KendallTauB(x, y []float64) (Correlation, error) {
	x, y, err := completePairs(x, y)
	if err != nil {
		return Correlation{}, err
	}
	n := len(x)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if x[a] != x[b] {
			return cmp.Compare(x[a], x[b])
		}
		return cmp.Compare(y[a], y[b])
	})
	sorted := make([]float64, n)
	both := 0.0
	run := 1
	for k, i := range order {
		sorted[k] = y[i]
		if k > 0 && x[i] == x[order[k-1]] && y[i] == y[order[k-1]] {
			run++
		} else {
			run = 1
		}
		both += float64(run - 1)
	}
	tx, ty := tieSums(x), tieSums(y)
	discordant := float64(inversions(sorted, make([]float64, n)))
	m := float64(n)
	all := m * (m - 1) / 2
	if tx.pairs == all || ty.pairs == all {
		return Correlation{}, fmt.Errorf("rank correlation with a constant: %w", analysis.ErrTooFew)
	}
	s := all - tx.pairs - ty.pairs + both - 2*discordant
	c := Correlation{N: n, Interval: analysis.UndefinedInterval()}
	c.R = clampUnit(s / math.Sqrt(all-tx.pairs) / math.Sqrt(all-ty.pairs))
	variance := (m*(m-1)*(2*m+5)-tx.v-ty.v)/18 + 2*tx.pairs*ty.pairs/(m*(m-1))
	if n > 2 {
		variance += tx.triples * ty.triples / (9 * m * (m - 1) * (m - 2))
	}
	c.Statistic = s / math.Sqrt(variance)
	c.P = 2 * analysis.NormalUpper(math.Abs(c.Statistic))
	return c, nil
}

// Spearman returns Spearman's rho, Pearson's correlation of the midranks, with
// its test by t = r·√((n−2)/(1−r²)), n−2 degrees of freedom. A pair with a NaN
// is left out. It returns ErrTooFew below three pairs or where x or y is
// constant, and an error where the lengths differ. Below about 10 pairs the
// p-value is rough.
//
// Source: Kendall (1970), Rank Correlation Methods.
func Spearman(x, y []float64) (Correlation, error) {
	x, y, err := completePairs(x, y)
	if err != nil {
		return Correlation{}, err
	}
	c, err := Pearson(midranks(x), midranks(y), 0.95)
	c.Interval = analysis.UndefinedInterval()
	return c, err
}

// Pearson returns the product-moment correlation, tested by t =
// r·√((n−2)/(1−r²)) with n−2 degrees of freedom, and its interval by Fisher's
// z, tanh(atanh r ∓ z_{1−α/2}/√(n−3)), undefined below four pairs. A pair with
// a NaN is left out. It returns ErrTooFew below three pairs or where x or y is
// constant, and an error where the lengths differ.
//
// Source: Fisher (1921), Metron 1.
func Pearson(x, y []float64, confidence float64) (Correlation, error) {
	x, y, err := completePairs(x, y)
	if err != nil {
		return Correlation{}, err
	}
	n := len(x)
	sx, sy, sxy := crossProducts(x, y)
	if n < 3 || !(sx > 0) || !(sy > 0) || math.IsInf(sx, 0) || math.IsInf(sy, 0) {
		return Correlation{}, fmt.Errorf("correlation of %d pairs: %w", n, analysis.ErrTooFew)
	}
	r := clampUnit(sxy / math.Sqrt(sx) / math.Sqrt(sy))
	df := float64(n - 2)
	c := Correlation{R: r, N: n, Interval: analysis.UndefinedInterval()}
	c.Statistic = r * math.Sqrt(df/((1-r)*(1+r)))
	c.P = 2 * analysis.TUpper(math.Abs(c.Statistic), df)
	if n > 3 && analysis.ValidConfidence(confidence) {
		half := analysis.NormalQuantile((1+confidence)/2) / math.Sqrt(float64(n-3))
		c.Interval = analysis.Interval{Low: math.Tanh(math.Atanh(r) - half), High: math.Tanh(math.Atanh(r) + half)}
	}
	return c, nil
}

// completePairs returns the pairs without NaN, at least two of them.
func completePairs(x, y []float64) (xs, ys []float64, err error) {
	if len(x) != len(y) {
		return nil, nil, fmt.Errorf("correlation of %d with %d values: %w", len(x), len(y), analysis.ErrBadRequest)
	}
	for i := range x {
		if math.IsNaN(x[i]) || math.IsNaN(y[i]) {
			continue
		}
		xs, ys = append(xs, x[i]), append(ys, y[i])
	}
	if len(xs) < 2 {
		return nil, nil, fmt.Errorf("correlation of %d pairs: %w", len(xs), analysis.ErrTooFew)
	}
	return xs, ys, nil
}

// crossProducts returns the centred sums of squares and of products.
func crossProducts(x, y []float64) (sx, sy, sxy float64) {
	mx, my := mean(x), mean(y)
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		sx += dx * dx
		sy += dy * dy
		sxy += dx * dy
	}
	return sx, sy, sxy
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// tieCounts are the sums over runs of t equal values that tau-b needs.
type tieCounts struct {
	pairs   float64 // Σ t(t−1)/2
	triples float64 // Σ t(t−1)(t−2)
	v       float64 // Σ t(t−1)(2t+5)
}

func tieSums(x []float64) tieCounts {
	var sums tieCounts
	eachRun(x, func(_ []int, start, end int) {
		t := float64(end - start)
		sums.pairs += t * (t - 1) / 2
		sums.triples += t * (t - 1) * (t - 2)
		sums.v += t * (t - 1) * (2*t + 5)
	})
	return sums
}

// inversions sorts values and counts the pairs that were in descending order.
func inversions(values, spare []float64) int {
	if len(values) < 2 {
		return 0
	}
	half := len(values) / 2
	left, right := values[:half], values[half:]
	count := inversions(left, spare[:half]) + inversions(right, spare[half:])
	i, j := 0, 0
	for k := range spare {
		if j == len(right) || i < len(left) && left[i] <= right[j] {
			spare[k] = left[i]
			i++
		} else {
			spare[k] = right[j]
			j++
			count += len(left) - i
		}
	}
	copy(values, spare)
	return count
}

func clampUnit(r float64) float64 { return math.Max(-1, math.Min(1, r)) }
