package review

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"hailong/analysis"
)

// MaxDrivers is the largest number of factors that AnalyzeDrivers decomposes.
const MaxDrivers = 15

// Drivers says how much each factor explains of the overall satisfaction.
type Drivers struct {
	// N is the number of rows complete on the outcome and all factors.
	N int
	// R2 is the share of the outcome's variance that the factors explain
	// together.
	R2        float64
	Intercept float64
	Factors   []Driver
}

// Driver is one factor's part.
type Driver struct {
	// Importance is the factor's Shapley value of R²; those of all factors sum
	// to R².
	Importance float64
	// Share is Importance/R2, NaN where R2 is 0.
	Share float64
	// Alone is R² of the factor by itself.
	Alone float64
	// Coefficient is the least-squares slope among all factors, NaN for a
	// factor that the ones before it determine.
	Coefficient float64
	// ImportanceInterval and ShareInterval are percentile bootstrap intervals,
	// undefined without replicates.
	ImportanceInterval, ShareInterval analysis.Interval
}

// Bootstrap says how uncertainty is resampled. The same seed gives the same
// intervals.
type Bootstrap struct {
	// Replicates is the number of resamples, 0 for none; 1,000 is customary.
	Replicates int
	Seed       uint64
	Confidence float64
}

// AnalyzeDrivers decomposes R² of the least-squares regression of outcome on
// factors (one slice each, as long as outcome) into one part per factor: the
// gain in R² when the factor enters, averaged over all orders of entry,
//
//	Σ over sets S without j of |S|!(k−|S|−1)!/k! · (R²(S∪j) − R²(S))
//
// It is exact: all 2ᵏ models are computed, from one matrix of cross-products,
// for up to MaxDrivers factors. Rows with a NaN or an infinite value are left
// out. The parts are never negative, whatever the correlation of the factors,
// but they describe association, not cause. Intervals resample whole rows; take
// them seriously from about 10 rows a factor and 50 in all. Time grows with
// rows × replicates × k².
//
// It returns ErrTooFew with fewer than k+2 complete rows or an outcome that
// does not vary, and an error for no factor, more than MaxDrivers or lengths
// that differ.
//
// Sources: Lindeman, Merenda and Gold (1980); Grömping (2007), The American
// Statistician 61; Shapley values: Lipovetsky and Conklin (2001).
func AnalyzeDrivers(outcome []float64, factors [][]float64, b Bootstrap) (Drivers, error) {
	rows, err := completeRows(outcome, factors)
	if err != nil {
		return Drivers{}, err
	}
	k, n := len(factors), len(rows)
	if n < k+2 {
		return Drivers{}, fmt.Errorf("%d complete rows for %d factors: %w", n, k, analysis.ErrTooFew)
	}
	cross := newCovariation(rows, nil)
	if !(cross.ss[k][k] > 0) {
		return Drivers{}, fmt.Errorf("an overall answer that does not vary: %w", analysis.ErrTooFew)
	}
	s := newSubsets(k)
	d := Drivers{N: n, Factors: make([]Driver, k)}
	values := s.shapley(cross.ss)
	d.R2 = s.r2[len(s.r2)-1]
	slopes := coefficients(cross.ss)
	d.Intercept = cross.mean[k]
	for j := range d.Factors {
		d.Factors[j] = Driver{
			Importance:  values[j],
			Share:       share(values[j], d.R2),
			Alone:       s.r2[1<<j],
			Coefficient: slopes[j],

			ImportanceInterval: analysis.UndefinedInterval(),
			ShareInterval:      analysis.UndefinedInterval(),
		}
		if !math.IsNaN(slopes[j]) {
			d.Intercept -= slopes[j] * cross.mean[j]
		}
	}
	if b.Replicates > 0 && analysis.ValidConfidence(b.Confidence) {
		d.resample(rows, s, b)
	}
	return d, nil
}

func share(value, r2 float64) float64 {
	if r2 <= 0 {
		return math.NaN()
	}
	return value / r2
}

// resample fills in the intervals. Replicates in which the outcome does not
// vary are left out.
func (d *Drivers) resample(rows [][]float64, s *subsets, b Bootstrap) {
	k := len(d.Factors)
	importance, shares := make([][]float64, k), make([][]float64, k)
	times := make([]float64, len(rows))
	random := rand.New(rand.NewPCG(b.Seed, 0)) //nolint:gosec // a bootstrap that can be repeated from its seed; nothing is secret
	for range b.Replicates {
		clear(times)
		for range rows {
			times[random.IntN(len(rows))]++
		}
		cross := newCovariation(rows, times)
		if !(cross.ss[k][k] > 0) {
			continue
		}
		values := s.shapley(cross.ss)
		r2 := s.r2[len(s.r2)-1]
		for j, v := range values {
			importance[j] = append(importance[j], v)
			if r2 > 0 {
				shares[j] = append(shares[j], v/r2)
			}
		}
	}
	for j := range d.Factors {
		d.Factors[j].ImportanceInterval = percentiles(importance[j], b.Confidence)
		d.Factors[j].ShareInterval = percentiles(shares[j], b.Confidence)
	}
}

// completeRows returns the rows without NaN or infinity: factors, then outcome.
func completeRows(outcome []float64, factors [][]float64) ([][]float64, error) {
	k := len(factors)
	if k < 1 || k > MaxDrivers {
		return nil, fmt.Errorf("%d factors, 1 to %d wanted: %w", k, MaxDrivers, analysis.ErrBadRequest)
	}
	for j := range factors {
		if len(factors[j]) != len(outcome) {
			return nil, fmt.Errorf("factor %d has %d rows, the outcome %d: %w", j+1, len(factors[j]), len(outcome), analysis.ErrBadRequest)
		}
	}
	var rows [][]float64
	for i, y := range outcome {
		row := make([]float64, 0, k+1)
		for j := range factors {
			row = append(row, factors[j][i])
		}
		row = append(row, y)
		if !slices.ContainsFunc(row, func(v float64) bool { return math.IsNaN(v) || math.Abs(v) > 1e100 }) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// percentiles returns the interval between the quantiles α/2 and 1−α/2 (type 7)
// of values, which it sorts.
func percentiles(values []float64, confidence float64) analysis.Interval {
	if len(values) == 0 {
		return analysis.UndefinedInterval()
	}
	slices.Sort(values)
	tail := (1 - confidence) / 2
	return analysis.Interval{Low: analysis.Quantile(values, tail), High: analysis.Quantile(values, 1-tail)}
}
