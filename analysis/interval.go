package analysis

import "math"

// Interval is a two-sided confidence interval. Both bounds are NaN where the
// interval is not defined; what that means is said by each function that
// returns one.
type Interval struct {
	Low, High float64
}

var undefinedInterval = Interval{Low: math.NaN(), High: math.NaN()}

// UndefinedInterval is what too few data give: both ends are NaN.
func UndefinedInterval() Interval { return undefinedInterval }

// Defined reports whether the interval has two bounds.
func (i Interval) Defined() bool { return !math.IsNaN(i.Low) && !math.IsNaN(i.High) }

// Contains reports whether v lies within the interval, bounds included. An
// undefined interval contains nothing.
func (i Interval) Contains(v float64) bool { return i.Low <= v && v <= i.High }

// Width returns High − Low, NaN where the interval is undefined.
func (i Interval) Width() float64 { return i.High - i.Low }

// Wilson returns the score interval of a proportion, without continuity
// correction:
//
//	(p + z²/2n ∓ z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n),  p = x/n
//
// x is the number of successes among n answers, both as counts; effective
// counts of a design may be fractional. confidence is in (0, 1). The interval
// is undefined where n ≤ 0, x is outside 0..n or an argument is not finite. It
// never leaves [0, 1] and keeps close to its nominal level down to n of about
// 5, also at x = 0 and x = n; coverage is nominal on average, not guaranteed.
//
// Source: Wilson (1927), J. Am. Stat. Assoc. 22; the recommendation for small
// samples is Brown, Cai and DasGupta (2001), Statistical Science 16.
func Wilson(x, n, confidence float64) Interval {
	if !validCount(x, n, confidence) {
		return undefinedInterval
	}
	z := NormalQuantile((1 + confidence) / 2)
	p, z2 := x/n, z*z
	centre := p + z2/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	i := Interval{
		Low:  math.Max(0, (centre-half)/(1+z2/n)),
		High: math.Min(1, (centre+half)/(1+z2/n)),
	}
	// The algebra gives exactly 0 and 1 here; rounding would not.
	if x == 0 {
		i.Low = 0
	}
	if x == n {
		i.High = 1
	}
	return i
}

// ClopperPearson returns the exact interval of a proportion from the beta
// quantiles
//
//	low = B(α/2; x, n−x+1),  high = B(1−α/2; x+1, n−x),  α = 1 − confidence
//
// with low = 0 at x = 0 and high = 1 at x = n. x and n are counts and may be
// fractional, which is how effective sample sizes use it. The interval is
// undefined where n ≤ 0, x is outside 0..n or an argument is not finite. At any
// sample size it covers at least the nominal level, and is wider than needed
// for small n.
//
// Source: Clopper and Pearson (1934), Biometrika 26.
func ClopperPearson(x, n, confidence float64) Interval {
	if !validCount(x, n, confidence) {
		return undefinedInterval
	}
	tail := (1 - confidence) / 2
	i := Interval{Low: 0, High: 1}
	if x > 0 {
		i.Low = BetaQuantile(tail, x, n-x+1)
	}
	if x < n {
		i.High = BetaQuantile(1-tail, x+1, n-x)
	}
	return i
}

// Jeffreys returns the equal-tailed interval of a proportion under Jeffreys'
// prior, the quantiles α/2 and 1−α/2 of Beta(x+½, n−x+½), with low = 0 at x = 0
// and high = 1 at x = n so that the bounds never exclude what was observed. x
// and n are counts and may be fractional. The interval is undefined where n ≤
// 0, x is outside 0..n or an argument is not finite. Its coverage is close to
// nominal on average and may fall below it for rates near 0 or 1.
//
// Source: Brown, Cai and DasGupta (2001), Statistical Science 16, section
// 4.1.2.
func Jeffreys(x, n, confidence float64) Interval {
	if !validCount(x, n, confidence) {
		return undefinedInterval
	}
	tail := (1 - confidence) / 2
	i := Interval{Low: 0, High: 1}
	if x > 0 {
		i.Low = BetaQuantile(tail, x+0.5, n-x+0.5)
	}
	if x < n {
		i.High = BetaQuantile(1-tail, x+0.5, n-x+0.5)
	}
	return i
}

func validCount(x, n, confidence float64) bool {
	return n > 0 && !math.IsInf(n, 0) && x >= 0 && x <= n && ValidConfidence(confidence)
}

// ValidConfidence reports whether a confidence lies between 0 and 1.
func ValidConfidence(confidence float64) bool { return confidence > 0 && confidence < 1 }
