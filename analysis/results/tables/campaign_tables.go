package tables

import (
	"cmp"
	"slices"

	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
)

// rule is what must be hidden from whom: see ForEverybody, ForEdition and ForOffice.
type rule uint8

const (
	forEverybody rule = iota
	forEdition
	forOffice
)

// CampaignTables answers queries from the responses of one campaign: all of them, or
// the verified alone. What is hidden is decided once and holds for every later answer.
// It must not be used after the call of columns.Responses that it was made in.
type CampaignTables struct {
	*columns.CampaignView
	rule   rule
	forced map[GroupName]bool // of items, see HideItems

	everybody *CampaignTables                  // of tables of the verified alone: those of all; nil: these are they
	verified  *CampaignTables                  // made by VerifiedAlone
	decided   map[string]*disclosure.Protected // what is hidden, by measure and dimensions
}

// ForEverybody returns tables in which small groups are hidden, and what would tell of
// them in the same table or in another one over the same axes.
func ForEverybody(v *columns.CampaignView) *CampaignTables { return campaignTables(v, forEverybody) }

// ForEdition returns tables as ForEverybody does, except that what schools hide beside
// each other is left to the caller, who knows all tables of the edition (Decided).
func ForEdition(v *columns.CampaignView) *CampaignTables { return campaignTables(v, forEdition) }

// ForOffice returns tables for the office whose responses they are: small groups are
// hidden and nothing else, since it may know every response of its own.
func ForOffice(v *columns.CampaignView) *CampaignTables { return campaignTables(v, forOffice) }

func campaignTables(v *columns.CampaignView, r rule) *CampaignTables {
	return &CampaignTables{CampaignView: v, rule: r, decided: map[string]*disclosure.Protected{}}
}

// Threshold is the smallest number of respondents that a group is shown with.
func (v *CampaignTables) Threshold() int64 {
	if v.rule == forOffice {
		return fewRespondents
	}
	return threshold(v.Layout.Campaign)
}

// VerifiedAlone returns the tables of the verified responses, the same at every call;
// nil where there are none, and of tables of the verified alone.
func (v *CampaignTables) VerifiedAlone() *CampaignTables {
	if v.everybody == nil && v.verified == nil && v.verifiedCode() > 0 {
		v.verified = campaignTables(v.CampaignView, v.rule)
		v.verified.everybody = v
	}
	return v.verified
}

// OfVerified reports whether these are tables of the verified responses alone.
func (v *CampaignTables) OfVerified() bool { return v.everybody != nil }

// HideItems hides factors and items of groups besides, for what was shown of them
// before. It is called before the first question.
func (v *CampaignTables) HideItems(names map[GroupName]bool) { v.forced = names }

// verifiedCode is the code of the verified responses in their column; 0: there are none.
func (v *CampaignTables) verifiedCode() int {
	return max(0, slices.Index(v.Keys[columns.Proof], columns.VerifiedKey))
}

// count counts the answers by crossed columns. Cells are found by at.
func (v *CampaignTables) count(by []int) (*analysis.CountTable, error) {
	return v.Count(v.crossed(by)...)
}

// sum is count for the sums of an index.
func (v *CampaignTables) sum(ix analysis.Index, by []int) (*analysis.IndexTable, error) {
	return v.Sum(ix, v.crossed(by)...)
}

func (v *CampaignTables) crossed(by []int) []int {
	if v.everybody == nil {
		return by
	}
	return append(slices.Clip(by), columns.Proof)
}

// RespondentsBy returns a function that tells who responded where two columns cross:
// among all, and here, which is fewer in tables of the verified alone. Small groups are
// told too.
func (v *CampaignTables) RespondentsBy(row, col int) func(r, c int) (all, here columns.Respondents) {
	by := []int{row, col}
	everybody := cmp.Or(v.everybody, v)
	all, own := everybody.people(by), v.people(by)
	return func(r, c int) (columns.Respondents, columns.Respondents) { return all(r, c), own(r, c) }
}

// people returns a function that tells who answered one of some items (none: whatever)
// where columns cross.
func (v *CampaignTables) people(by []int, items ...int) func(r, c int) columns.Respondents {
	grid, people := v.Respondents(v.crossed(by), items...)
	return func(r, c int) columns.Respondents {
		if cell, ok := v.at(grid, by, r, c); ok {
			return people[cell]
		}
		return columns.Respondents{}
	}
}

// Units lists the units in which somebody answered, as tables show them.
func (v *CampaignTables) Units() ([]string, error) {
	counts, err := v.Count(columns.Unit)
	if err != nil {
		return nil, err
	}
	var units []string
	for code, key := range v.Keys[columns.Unit] {
		if cell, ok := counts.Grid.Cell(uint32(code)); ok && key != "" && counts.Rows(cell) > 0 { // codes of groups
			units = append(units, key)
		}
	}
	order := v.order(ByUnit)
	slices.SortStableFunc(units, func(a, b string) int { return order[a] - order[b] })
	return units, nil
}

// at is the cell of a table by none, one or two columns; ok is false where nobody is
// in it.
func (v *CampaignTables) at(g analysis.Grid, by []int, r, c int) (cell int, ok bool) {
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
