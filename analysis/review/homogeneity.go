package review

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// Homogeneity is the chi-square test that groups share one distribution.
type Homogeneity struct {
	ChiSquare float64
	DF        int
	P         float64
	// CramersV is the effect size √(X²/(n·(min(rows, columns)−1))), from 0
	// (same distribution) to 1.
	CramersV float64
	// MinExpected is the smallest expected count. Below 5 the approximation is
	// doubtful, below 1 it should not be published.
	MinExpected float64
}

// ChiSquareHomogeneity tests whether the rows of counts (groups) have the same
// distribution over the columns (answer codes):
//
//	X² = Σ (O−E)²/E,  E = row·column/n,  df = (rows−1)(columns−1)
//
// without continuity correction. Rows and columns without any count are left
// out, since they say nothing. It returns ErrTooFew where fewer than two rows
// or columns remain and ErrBadRequest where counts is ragged or has a negative
// count. For survey designs use the Rao–Scott test.
//
// Source: Pearson (1900); Cramér (1946), section 30.5.
func ChiSquareHomogeneity(counts [][]int) (Homogeneity, error) {
	rows, columns, n, err := margins(counts)
	if err != nil {
		return Homogeneity{}, err
	}
	r, c := positives(rows), positives(columns)
	if r < 2 || c < 2 {
		return Homogeneity{}, fmt.Errorf("homogeneity of %d groups over %d answers: %w", r, c, analysis.ErrTooFew)
	}
	h := Homogeneity{DF: (r - 1) * (c - 1), MinExpected: math.Inf(1)}
	for i, row := range counts {
		for j, o := range row {
			if rows[i] == 0 || columns[j] == 0 {
				continue
			}
			e := rows[i] / n * columns[j]
			h.MinExpected = math.Min(h.MinExpected, e)
			h.ChiSquare += (float64(o) - e) * (float64(o) - e) / e
		}
	}
	h.P = analysis.ChiSquareUpper(h.ChiSquare, float64(h.DF))
	h.CramersV = math.Min(1, math.Sqrt(h.ChiSquare/(n*float64(min(r, c)-1))))
	return h, nil
}

// LinearTrend is the Cochran–Armitage test of shares that rise or fall with a
// score.
type LinearTrend struct {
	ChiSquare float64
	// Z is the signed root of ChiSquare, positive where the share rises.
	Z float64
	// P is two-sided.
	P float64
}

// CochranArmitage tests x[i] satisfied of n[i] for a linear trend over
// scores[i] (years, grades of school):
//
//	z = Σ x(s−s̄)/√(p(1−p)·Σ n(s−s̄)²),  s̄ = Σ ns/Σn,  p = Σx/Σn
//
// without the factor n/(n−1) that some programs apply. Groups with n = 0 are
// left out. It returns ErrTooFew where fewer than two distinct scores have
// answers or where all answers agree, and ErrBadRequest for lengths that differ,
// counts outside 0..n and scores that are not finite.
//
// Source: Armitage (1955), Biometrics 11; equals R's prop.trend.test.
func CochranArmitage(x, n []int, scores []float64) (LinearTrend, error) {
	if len(x) != len(n) || len(x) != len(scores) {
		return LinearTrend{}, fmt.Errorf("trend test: %d counts, %d totals and %d scores differ in number: %w", len(x), len(n), len(scores), analysis.ErrBadRequest)
	}
	var total, satisfied, mean float64
	for i := range x {
		if n[i] < 0 || x[i] < 0 || x[i] > n[i] || math.IsNaN(scores[i]) || math.IsInf(scores[i], 0) {
			return LinearTrend{}, fmt.Errorf("trend test: group %d has %d of %d at score %v: %w", i+1, x[i], n[i], scores[i], analysis.ErrBadRequest)
		}
		if n[i] == 0 {
			continue
		}
		total += float64(n[i])
		satisfied += float64(x[i])
		mean += float64(n[i]) / total * (scores[i] - mean)
	}
	p := satisfied / total
	var covered, spread float64
	for i := range x {
		d := scores[i] - mean
		covered += (float64(x[i]) - float64(n[i])*p) * d
		spread += float64(n[i]) * d * d
	}
	if !(p > 0 && p < 1) || !(spread > 0) || math.IsInf(spread, 0) {
		return LinearTrend{}, fmt.Errorf("trend test over %d groups without two scores or two kinds of answers: %w", len(x), analysis.ErrTooFew)
	}
	z := covered / math.Sqrt(p*(1-p)*spread)
	return LinearTrend{ChiSquare: z * z, Z: z, P: 2 * analysis.NormalUpper(math.Abs(z))}, nil
}

// margins returns the row and column sums of a table of counts and their total.
func margins(counts [][]int) (rows, columns []float64, n float64, err error) {
	rows = make([]float64, len(counts))
	for i, row := range counts {
		if i == 0 {
			columns = make([]float64, len(row))
		}
		if len(row) != len(columns) {
			return nil, nil, 0, fmt.Errorf("table of counts: row %d has %d cells, row 1 has %d: %w", i+1, len(row), len(columns), analysis.ErrBadRequest)
		}
		for j, c := range row {
			if c < 0 {
				return nil, nil, 0, fmt.Errorf("table of counts: row %d, column %d holds %d: %w", i+1, j+1, c, analysis.ErrBadRequest)
			}
			rows[i] += float64(c)
			columns[j] += float64(c)
			n += float64(c)
		}
	}
	return rows, columns, n, nil
}

func positives(sums []float64) int {
	n := 0
	for _, s := range sums {
		if s > 0 {
			n++
		}
	}
	return n
}
