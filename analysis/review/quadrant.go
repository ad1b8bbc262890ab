package review

import (
	"math"

	"hailong/analysis"
)

// Quadrant says what to do about a factor by its importance and its
// performance.
type Quadrant string

// The four quadrants, and the answer where a value is missing.
const (
	MendFirst   Quadrant = "mend_first"   // important, performs below the line
	KeepUp      Quadrant = "keep_up"      // important, performs well
	LowPriority Quadrant = "low_priority" // less important, performs below the line
	WellServed  Quadrant = "well_served"  // less important, performs well
	NoQuadrant  Quadrant = "none"
)

// PlacedFactor is a factor's place in the importance × performance plane.
type PlacedFactor struct {
	Quadrant Quadrant
	// Clear is true where neither interval holds its line: the place would very
	// likely stand in another survey.
	Clear bool
}

// PlaceFactors puts factors into quadrants. importance and performance hold a
// value per factor with its interval; a factor on a line counts as important,
// and as performing. A line of NaN is drawn at the mean of the values given.
// Factors with a NaN value are in NoQuadrant; an undefined interval is never
// clear.
//
// Source: Martilla and James (1977), Journal of Marketing 41.
func PlaceFactors(importance, performance []Measured, importanceLine, performanceLine float64) []PlacedFactor {
	if math.IsNaN(importanceLine) {
		importanceLine = meanMeasured(importance)
	}
	if math.IsNaN(performanceLine) {
		performanceLine = meanMeasured(performance)
	}
	placed := make([]PlacedFactor, min(len(importance), len(performance)))
	for i := range placed {
		imp, perf := importance[i], performance[i]
		high, well := imp.Value >= importanceLine, perf.Value >= performanceLine
		switch {
		case math.IsNaN(imp.Value) || math.IsNaN(perf.Value):
			placed[i].Quadrant = NoQuadrant
			continue
		case high && !well:
			placed[i].Quadrant = MendFirst
		case high:
			placed[i].Quadrant = KeepUp
		case !well:
			placed[i].Quadrant = LowPriority
		default:
			placed[i].Quadrant = WellServed
		}
		placed[i].Clear = imp.Interval.Defined() && !imp.Interval.Contains(importanceLine) &&
			perf.Interval.Defined() && !perf.Interval.Contains(performanceLine)
	}
	return placed
}

// Measured is a value with its interval.
type Measured struct {
	Value    float64
	Interval analysis.Interval
}

func meanMeasured(values []Measured) float64 {
	sum, n := 0.0, 0
	for _, v := range values {
		if !math.IsNaN(v.Value) {
			sum += v.Value
			n++
		}
	}
	return sum / float64(n)
}
