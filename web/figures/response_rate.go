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
}

// ResponseRateOf is the response rate of figures.
func ResponseRateOf(f *results.Figures) ShownResponseRate {
	return ShownResponseRate{f.ResponseRate, f.Source == results.FromEdition}
}

// Known reports whether there is a rate.
func (r ShownResponseRate) Known() bool { return r.ResponseRate != nil }

// WholePercent is a share in whole per cent.
func (ShownResponseRate) WholePercent(share float64) int { return int(math.Round(share * 100)) }
