package analysis

import (
	"math"
)

// PValue is the one-sided p-value of a rate against a target, t = |rate −
// target|/se with df degrees of freedom: how likely a rate at least this far off
// on the same side would be if the target were exactly met. NaN where se is 0 or
// not defined.
func PValue(rate, se, df, target float64) float64 {
	if !(se > 0) {
		return math.NaN()
	}
	return TUpper(math.Abs(rate-target)/se, df)
}

// Evidence is what an interval says about a target, apart from whether the
// point estimate meets it.
type Evidence string

// The four things an interval can say.
const (
	Above        Evidence = "above"        // the whole interval is at or above the target
	Below        Evidence = "below"        // the whole interval is below the target
	Inconclusive Evidence = "inconclusive" // the target is inside the interval
	None         Evidence = "none"         // there is no interval
)

// Judge compares an interval with a target on the same scale.
func Judge(i Interval, target float64) Evidence {
	switch {
	case !i.Defined() || math.IsNaN(target):
		return None
	case i.Low >= target:
		return Above
	case i.High < target:
		return Below
	default:
		return Inconclusive
	}
}

// Met reports whether a rate reaches a target: rate ≥ target. It is false where
// the rate is NaN.
func Met(rate, target float64) bool { return rate >= target }
