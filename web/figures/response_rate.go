package figures

import (
	"math"

	"hailong/analysis/results"
	"hailong/analysis/results/publication"
)

// ShownResponseRate is the response rate beside figures, ready to be shown: to a tenth of a
// per cent from a release, in whole per cent from an edition, which tells no more.
type ShownResponseRate struct {
	*publication.ResponseRate // nil: not known
	Whole                     bool
	Above                     PointsAbove
}

// ResponseRateOf is the response rate of figures.
func ResponseRateOf(f *results.Figures) ShownResponseRate {
	return ShownResponseRate{ResponseRate: f.ResponseRate, Whole: f.Source == results.FromEdition}
}

// ResponseRateOfTarget is the response rate beside the figure of a target.
func ResponseRateOfTarget(v *results.Verdict) ShownResponseRate {
	return ShownResponseRate{ResponseRate: v.ResponseRate, Whole: v.Source == results.FromEdition}
}

// Known reports whether there is a rate.
func (r ShownResponseRate) Known() bool { return r.ResponseRate != nil }

// Doubtful reports whether there are more responses than transactions in all, or at a
// point that is named.
func (r ShownResponseRate) Doubtful() bool {
	return r.Known() && (r.Impossible() || len(r.Above.Names) > 0)
}

// WholePercent is a share in whole per cent.
func (ShownResponseRate) WholePercent(share float64) int { return int(math.Round(share * 100)) }

// PointsAbove names points that have more responses than transactions.
type PointsAbove struct {
	Names []string
	More  int // that are not named
}

// mostNamed is how many points are named.
const mostNamed = 5

// NewPointsAbove names points by their names.
func NewPointsAbove(names []string) PointsAbove {
	n := min(len(names), mostNamed)
	return PointsAbove{Names: names[:n], More: len(names) - n}
}
