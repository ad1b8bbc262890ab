package results

import (
	"slices"

	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
)

// rule is what must be hidden from whom.
type rule uint8

const (
	forEverybody rule = iota // small groups, and what would tell of them in a table
	forEdition               // the same, of schools decided over all tables of an edition
	forOffice                // small groups: an office may know every response of its own
)

// view is the responses of a campaign as a query reads them: all of them, or the
// verified alone.
type view struct {
	*columns.CampaignView
	rule   rule
	forced map[cellName]bool // groups and items that are hidden for what was shown of them before

	everybody *view                            // of a view of the verified alone: that of all; nil: this is it
	verified  *view                            // made by verifiedAlone
	decided   map[string]*disclosure.Protected // what is hidden, by measure and dimensions
}

func newView(v *columns.CampaignView, r rule) *view {
	return &view{CampaignView: v, rule: r, decided: map[string]*disclosure.Protected{}}
}

// threshold is the smallest group shown.
func (v *view) threshold() int64 {
	if v.rule == forOffice {
		return fewRespondents
	}
	return threshold(v.Layout.Campaign)
}

// verifiedAlone is the view of the verified responses; nil where there are none, and of
// a view that is one.
func (v *view) verifiedAlone() *view {
	if v.everybody == nil && v.verified == nil && v.verifiedCode() > 0 {
		v.verified = newView(v.CampaignView, v.rule)
		v.verified.everybody = v
	}
	return v.verified
}

// verifiedCode is the code of the verified responses in their column; 0: there are none.
func (v *view) verifiedCode() int {
	return max(0, slices.Index(v.Keys[columns.Proof], columns.VerifiedKey))
}

// count counts the answers of the view by crossed columns. Cells are found by at.
func (v *view) count(by []int) (*analysis.CountTable, error) { return v.Count(v.crossed(by)...) }

// sum is count for the sums of an index.
func (v *view) sum(ix analysis.Index, by []int) (*analysis.IndexTable, error) {
	return v.Sum(ix, v.crossed(by)...)
}

func (v *view) crossed(by []int) []int {
	if v.everybody == nil {
		return by
	}
	return append(slices.Clip(by), columns.Proof)
}

// at is the cell of a table by none, one or two columns; ok is false where nobody is
// in it.
func (v *view) at(g analysis.Grid, by []int, r, c int) (cell int, ok bool) {
	var codes []uint32
	switch len(by) {
	case 0:
	case 1:
		codes = append(codes, uint32(max(r, c))) //nolint:gosec // codes of groups
	default:
		codes = append(codes, uint32(r), uint32(c)) //nolint:gosec // codes of groups
	}
	if v.everybody != nil {
		codes = append(codes, uint32(v.verifiedCode())) //nolint:gosec // a code
	}
	return g.Cell(codes...)
}
