package tables

import (
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
)

// hiddenForms says which forms are hidden in the groups of an axis, and which
// items of a measure each of them asks. An item that only some forms ask is a
// figure of these forms.
type hiddenForms struct {
	in   [][][]int // by level and group: the forms hidden there, by number
	asks [][]bool  // by form and place in the measure
}

// toldBy reports whether the figure of some items of the measure, in a group,
// would tell of forms that are hidden there. It would not where all of these
// forms ask one of the items, or none does: respondents can then be moved between
// the hidden forms and no such figure changes.
func (h *hiddenForms) toldBy(g disclosure.Category, items []int) bool {
	if g.Level >= len(h.in) {
		return false // within a group that was asked about
	}
	some, not := false, false // of the hidden forms that ask one, and that do not
	for _, form := range h.in[g.Level][g.Number] {
		asks := slices.ContainsFunc(items, func(k int) bool { return h.asks[form][k] })
		some, not = some || asks, not || !asks
	}
	return some && not
}

// hiddenForms finds the forms that are hidden in the groups of an axis, by the
// finest division of it that is crossed with forms.
func (v *CampaignTables) hiddenForms(m measure, rows axisQuery) (*hiddenForms, error) {
	by, first := axisQuery{axis: forms, by: ByForm}, rows
	switch {
	case rows.axis == forms || rows.axis == noAxis:
		first = axisQuery{}
	case rows.deepest() == BySchool:
		first = axisQuery{axis: places, by: ByUnit}
	}
	// The lesser axis makes the rows, as in the table of the two.
	swapped := first.axis > by.axis
	if swapped {
		first, by = by, first
	}
	g, err := v.protect(respondents, first, by)
	if err != nil {
		return nil, err
	}
	side := g.Rows
	if swapped {
		side = g.Columns
	}
	h := &hiddenForms{asks: v.asked(m), in: make([][][]int, len(side))}
	for group := range groups(side) {
		var hidden []int
		for number, form := range v.Keys[columns.Form] {
			row, col := group, disclosure.Category{Level: positions[ByForm].level, Number: number}
			if swapped {
				row, col = col, row
			}
			if form != "" && g.Hidden(row, col) {
				hidden = append(hidden, number)
			}
		}
		h.in[group.Level] = append(h.in[group.Level], hidden)
	}
	return h, nil
}

// asked says, by the number of a form, which columns of a measure it asks.
func (v *CampaignTables) asked(m measure) [][]bool {
	asks := make([][]bool, len(v.Keys[columns.Form]))
	for number := range asks {
		asks[number] = make([]bool, len(m.columns))
	}
	for _, form := range v.Layout.Forms {
		number := slices.Index(v.Keys[columns.Form], string(form.Code))
		if number < 0 {
			continue // nobody answered it
		}
		for _, it := range form.Items() {
			if col, ok := v.Layout.Column[it.Code]; ok {
				if k := slices.Index(m.columns, col); k >= 0 {
					asks[number][k] = true
				}
			}
		}
	}
	return asks
}
