package review

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// FunnelPoint is one unit against the limits that chance alone draws around a
// target.
type FunnelPoint struct {
	// Rate is x/n, NaN without answers.
	Rate float64
	// Exact are the limits at whole counts, Interpolated the smooth ones
	// between them, which cut off exactly the tail; both are undefined without
	// answers.
	Exact, Interpolated analysis.Interval
	// PLower is P(X ≤ x) and PUpper is P(X ≥ x) at the target, exact.
	PLower, PUpper float64
	// Position is Below or Above where the rate lies strictly outside the
	// interpolated limits, Inconclusive within, None without answers.
	Position analysis.Evidence
}

// Funnel places units with x satisfied of n answers against the target. tail is
// the chance of each side: 0.025 for limits that 1 unit in 20 leaves by chance,
// 0.001 for alarm limits. With many units some will lie outside by chance
// alone: adjust PLower or PUpper, or take the smaller tail. Exact at every n;
// answers must be independent.
//
// It returns ErrBadRequest for lengths that differ, counts outside 0..n, a
// target outside (0, 1) or a tail outside (0, 0.5). See FunnelLimits for the
// formula.
func Funnel(x, n []int, target, tail float64) ([]FunnelPoint, error) {
	if err := checkCounts(x, n); err != nil {
		return nil, err
	}
	if !(target > 0 && target < 1) || !(tail > 0 && tail < 0.5) {
		return nil, fmt.Errorf("funnel around %v with tail %v: %w", target, tail, analysis.ErrBadRequest)
	}
	points := make([]FunnelPoint, len(x))
	for i := range points {
		p := &points[i]
		p.Exact, p.Interpolated = FunnelLimits(n[i], target, tail)
		if n[i] == 0 {
			p.Rate, p.PLower, p.PUpper, p.Position = math.NaN(), math.NaN(), math.NaN(), analysis.None
			continue
		}
		p.Rate = float64(x[i]) / float64(n[i])
		p.PLower, p.PUpper = analysis.BinomialCDF(x[i], n[i], target), analysis.BinomialUpper(x[i]-1, n[i], target)
		switch {
		case p.Rate < p.Interpolated.Low:
			p.Position = analysis.Below
		case p.Rate > p.Interpolated.High:
			p.Position = analysis.Above
		default:
			p.Position = analysis.Inconclusive
		}
	}
	return points, nil
}

// FunnelLimits returns the limits of a unit with n answers: exact, the binomial
// quantiles r(tail)/n and r(1−tail)/n, and interpolated,
//
//	(r−a)/n,  a = (F(r)−q)/(F(r)−F(r−1)),  q = tail, 1−tail
//
// with F the distribution function of Binomial(n, target) and r the smallest
// count with F(r) ≥ q; cut at 0. Both are undefined for n < 1, a target outside
// (0, 1) or a tail outside (0, 0.5).
//
// Source: Spiegelhalter (2005), Statistics in Medicine 24, appendix A.1.1.
func FunnelLimits(n int, target, tail float64) (exact, interpolated analysis.Interval) {
	if n < 1 || !(target > 0 && target < 1) || !(tail > 0 && tail < 0.5) {
		return analysis.UndefinedInterval(), analysis.UndefinedInterval()
	}
	limit := func(q float64) (whole, smooth float64) {
		r := analysis.BinomialQuantile(q, n, target)
		at, before := analysis.BinomialCDF(r, n, target), analysis.BinomialCDF(r-1, n, target)
		a := 0.0
		if at > before {
			a = math.Max(0, math.Min(1, (at-q)/(at-before)))
		}
		return float64(r) / float64(n), math.Max(0, (float64(r)-a)/float64(n))
	}
	exact.Low, interpolated.Low = limit(tail)
	exact.High, interpolated.High = limit(1 - tail)
	return exact, interpolated
}

// checkCounts returns ErrBadRequest unless 0 ≤ x[i] ≤ n[i] for every i.
func checkCounts(x, n []int) error {
	if len(x) != len(n) {
		return fmt.Errorf("%d counts for %d totals: %w", len(x), len(n), analysis.ErrBadRequest)
	}
	for i := range x {
		if x[i] < 0 || x[i] > n[i] {
			return fmt.Errorf("unit %d has %d of %d: %w", i+1, x[i], n[i], analysis.ErrBadRequest)
		}
	}
	return nil
}
