package review

import (
	"fmt"
	"math"

	"hailong/analysis"
)

// Projection is where a rate will stand at a date if its trend goes on.
type Projection struct {
	// Periods is the number of periods with answers.
	Periods int
	// Slope is the change of the log odds per unit of time, SlopeP its
	// two-sided p-value.
	Slope, SlopeP float64
	// Dispersion is Pearson's X²/(periods−2), at least 1: how much more the
	// periods vary around the trend than chance has it.
	Dispersion float64
	// Rate is the rate expected at the due time, Interval its confidence
	// interval.
	Rate     float64
	Interval analysis.Interval
	// Evidence is Above where the interval lies at or above the target (on
	// course), Below where it lies below it (not on course), Inconclusive where
	// one cannot say.
	Evidence analysis.Evidence
	// Ahead is how far the due time lies beyond the last period, as a multiple
	// of the time observed. Above 1 the projection is more hope than
	// statistics.
	Ahead float64
}

// ProjectTrend fits x[i] satisfied of n[i] answers at times[i] (years, months
// from any origin) by logistic regression and projects it to the time due:
//
//	logit rate = a + b·time,  expit(η ∓ t(1−α/2, periods−2)·√(φ·Var η))
//
// with φ = max(1, X²/(periods−2)), so that what varies from year to year counts
// and not the number of answers alone. Periods without answers are left out.
// Where the data would send the slope to infinity (every answer the same), half
// an answer of each kind is added to every period. The interval is for the
// expected rate, assumes that the trend goes on, and is honest about few
// periods: with three it seldom says anything.
//
// It returns ErrTooFew below three periods at different times with answers,
// ErrBadRequest for impossible counts, times that are not finite or a
// confidence or target outside (0, 1).
//
// Source: McCullagh and Nelder (1989), Generalized Linear Models, chapter 4.
func ProjectTrend(times []float64, x, n []int, due, target, confidence float64) (Projection, error) {
	if err := checkCounts(x, n); err != nil {
		return Projection{}, err
	}
	if len(times) != len(x) || !(target > 0 && target < 1) || !analysis.ValidConfidence(confidence) || !(math.Abs(due) < 1e15) {
		return Projection{}, fmt.Errorf("projection of %d counts at %d times to %v against %v: %w", len(x), len(times), due, target, analysis.ErrBadRequest)
	}
	var periods []period
	for i, t := range times {
		if !(math.Abs(t) < 1e15) {
			return Projection{}, fmt.Errorf("period %d is at time %v: %w", i+1, t, analysis.ErrBadRequest)
		}
		if n[i] > 0 {
			periods = append(periods, period{time: t, x: float64(x[i]), n: float64(n[i])})
		}
	}
	first, last := span(periods)
	if len(periods) < 3 || !(last > first) {
		return Projection{}, fmt.Errorf("a trend of %d periods: %w", len(periods), analysis.ErrTooFew)
	}
	// Time runs from 0 at the first period to 1 at the last.
	for i := range periods {
		periods[i].time = (periods[i].time - first) / (last - first)
	}
	at := (due - first) / (last - first)
	fit, ok := fitLogistic(periods)
	if !ok {
		for i := range periods {
			periods[i].x += 0.5
			periods[i].n++
		}
		if fit, ok = fitLogistic(periods); !ok {
			return Projection{}, fmt.Errorf("a trend that no slope fits: %w", analysis.ErrTooFew)
		}
	}
	df := float64(len(periods) - 2)
	p := Projection{
		Periods:    len(periods),
		Slope:      fit.b / (last - first),
		Dispersion: math.Max(1, fit.pearson/df),
		Ahead:      math.Max(0, at-1),
	}
	p.SlopeP = 2 * analysis.TUpper(math.Abs(fit.b)/math.Sqrt(p.Dispersion*fit.variance(0, 1)), df)
	eta := fit.a + fit.b*at
	half := analysis.TQuantile((1+confidence)/2, df) * math.Sqrt(p.Dispersion*fit.variance(1, at))
	p.Rate = analysis.Expit(eta)
	p.Interval = analysis.Interval{Low: analysis.Expit(eta - half), High: analysis.Expit(eta + half)}
	p.Evidence = analysis.Judge(p.Interval, target)
	return p, nil
}

type period struct{ time, x, n float64 }

func span(periods []period) (first, last float64) {
	first, last = math.Inf(1), math.Inf(-1)
	for _, p := range periods {
		first, last = math.Min(first, p.time), math.Max(last, p.time)
	}
	return first, last
}

// logisticFit is logit rate = a + b·time with the information matrix of (a, b).
type logisticFit struct {
	a, b          float64
	saa, sab, sbb float64
	pearson       float64
}

// variance is that of u·a + v·b, before dispersion.
func (f logisticFit) variance(u, v float64) float64 {
	det := f.saa*f.sbb - f.sab*f.sab
	return (u*u*f.sbb - 2*u*v*f.sab + v*v*f.saa) / det
}

// fitLogistic maximises the likelihood by Newton's method. It reports false
// where the coefficients leave all bounds.
func fitLogistic(periods []period) (logisticFit, bool) {
	var x, n float64
	for _, p := range periods {
		x += p.x
		n += p.n
	}
	if x <= 0 || x >= n {
		return logisticFit{}, false
	}
	f := logisticFit{a: math.Log(x / (n - x))}
	for range 100 {
		var ga, gb float64
		f.saa, f.sab, f.sbb, f.pearson = 0, 0, 0, 0
		for _, p := range periods {
			rate := analysis.Expit(f.a + f.b*p.time)
			w := p.n * rate * (1 - rate)
			off := p.x - p.n*rate
			ga += off
			gb += off * p.time
			f.saa += w
			f.sab += w * p.time
			f.sbb += w * p.time * p.time
			f.pearson += off * off / w
		}
		det := f.saa*f.sbb - f.sab*f.sab
		da, db := (f.sbb*ga-f.sab*gb)/det, (f.saa*gb-f.sab*ga)/det
		if math.IsNaN(da) || math.IsNaN(db) || math.Abs(f.a+da) > 30 || math.Abs(f.b+db) > 60 {
			return logisticFit{}, false
		}
		if math.Abs(da) < 1e-12 && math.Abs(db) < 1e-12 {
			return f, true
		}
		f.a += da
		f.b += db
	}
	return logisticFit{}, false
}
