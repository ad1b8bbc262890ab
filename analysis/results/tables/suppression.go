package results

import (
	"fmt"
	"iter"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// Thresholds below which a group is not shown.
const (
	fewRespondents       = 5
	fewRespondentsSchool = 10
)

// threshold is the smallest group shown. Every figure of the education family
// is one of schools, so the school threshold holds for all of them: a commune
// with a single school is that school.
func threshold(campaign *survey.Campaign) int64 {
	if campaign.Family == survey.Education {
		return fewRespondentsSchool
	}
	return fewRespondents
}

// by lists the columns that cross the groups of a level; none for all.
func (v *view) by(a axis, level int) []int {
	for _, d := range Dimensions {
		if at := positions[d]; at.axis == a && at.level == level && at.column >= 0 {
			return []int{at.column}
		}
	}
	return nil
}

// hierarchyOf is the hierarchy of an axis asked for, down to its finest
// dimension.
func (v *view) hierarchyOf(q axisQuery) disclosure.Hierarchy {
	if q.axis == noAxis {
		return disclosure.Hierarchy{disclosure.Everybody()}
	}
	return v.hierarchy(positions[q.deepest()].column)
}

// protectRespondents decides which groups are not shown by two axes, whatever is
// asked of them.
func (v *view) protectRespondents(rows, cols axisQuery) (*disclosure.Protected, error) {
	return v.protect(respondents, rows, cols)
}

// protect decides what of a measure is not shown by two axes, once.
func (v *view) protect(m measure, rows, cols axisQuery) (*disclosure.Protected, error) {
	key := fmt.Sprintf("%v %v by %s and %s", m.columns, m.index, rows.deepest(), cols.deepest())
	if p := v.decided[key]; p != nil {
		return p, nil
	}
	p, err := v.protectAnew(m, rows, cols)
	if err == nil {
		v.decided[key] = p
	}
	return p, err
}

func (v *view) protectAnew(m measure, rows, cols axisQuery) (*disclosure.Protected, error) {
	t := disclosure.TwoWay{Rows: v.hierarchyOf(rows), Columns: v.hierarchyOf(cols), Threshold: v.threshold()}
	var err error
	if t.Counts, err = v.countsOf(m, rows, cols, &t); err != nil {
		return nil, err
	}
	if v.everybody != nil {
		all, err := v.everybody.protect(m, rows, cols)
		if err != nil {
			return nil, err
		}
		alsoHide(&t, all)
	}
	if v.rule == forOffice {
		return disclosure.HideSmall(t), nil
	}
	bySchool := rows.axis == places && rows.deepest() == BySchool
	if bySchool && v.rule == forEverybody {
		if t.RowsDecided, err = v.schoolsDecided(m); err != nil {
			return nil, err
		}
	}
	if len(m.columns) > 0 {
		hidden, err := v.hiddenElsewhere(m, rows, cols, &t)
		if err != nil {
			return nil, err
		}
		if t.Hidden != nil {
			hidden.AddAll(t.Hidden)
		}
		t.Hidden = hidden
	}
	if bySchool && v.rule == forEdition {
		return disclosure.HideSmall(t), nil // what is hidden besides, protectEdition decides
	}
	return disclosure.Protect(t), nil
}

// hiddenElsewhere is what the counts of respondents hide of a measure, and the
// groups in which it would tell of hidden forms.
func (v *view) hiddenElsewhere(m measure, rows, cols axisQuery, t *disclosure.TwoWay) (*disclosure.Cells, error) {
	of, err := v.protectRespondents(rows, cols)
	if err != nil {
		return nil, err
	}
	byRow, err := v.hiddenForms(m, rows)
	if err != nil {
		return nil, err
	}
	byCol, err := v.hiddenForms(m, cols)
	if err != nil {
		return nil, err
	}
	hidden := disclosure.NewCells(t.Rows, t.Columns)
	hidden.AddAll(of.HiddenCells())
	every := make([]int, len(m.columns))
	for k := range every {
		every[k] = k
	}
	for g := range groups(t.Rows) {
		if byRow.toldBy(g, every) {
			hidden.Add(g, disclosure.Category{})
		}
	}
	for g := range groups(t.Columns) {
		if byCol.toldBy(g, every) {
			hidden.Add(disclosure.Category{}, g)
		}
	}
	return hidden, nil
}

// groups yields every group of a hierarchy.
func groups(h disclosure.Hierarchy) iter.Seq[disclosure.Category] {
	return func(yield func(disclosure.Category) bool) {
		for level := range h {
			for number := range h[level].Size() {
				if !yield(disclosure.Category{Level: level, Number: number}) {
					return
				}
			}
		}
	}
}

// countsOf counts the answers of a measure by the finest groups of two axes.
func (v *view) countsOf(m measure, rows, cols axisQuery, t *disclosure.TwoWay) ([][]disclosure.Counts, error) {
	by := slices.Concat(v.by(rows.axis, t.Rows.Finest()), v.by(cols.axis, t.Columns.Finest()))
	table, err := v.count(by)
	if err != nil {
		return nil, err
	}
	width := 1 // of several overall questions a respondent answered one
	if m.index {
		width = len(m.columns)
	}
	counts := disclosure.Crossing(t.Rows[t.Rows.Finest()].Size(), t.Columns[t.Columns.Finest()].Size(), width)
	for r := range counts {
		for c := range counts[r] {
			cell, ok := v.at(table.Grid, by, r, c)
			if !ok {
				continue
			}
			for k, col := range m.columns {
				counts[r][c][k%width] += table.Answered(cell, col)
			}
			if len(m.columns) == 0 {
				counts[r][c][0] = table.Rows(cell)
			}
		}
	}
	return counts, nil
}

// schoolsDecided hides the schools of a level in a unit where the table of units
// by levels does: those schools together are that cell.
func (v *view) schoolsDecided(m measure) (map[int][]bool, error) {
	g, err := v.protect(m, axisQuery{axis: places, by: ByUnit}, axisQuery{axis: forms, by: ByLevel})
	if err != nil {
		return nil, err
	}
	var hidden []bool
	for _, line := range v.unitLevels() {
		hidden = append(hidden, g.Hidden(disclosure.Category{Level: 1, Number: int(line.Unit)}, disclosure.Category{Level: 1, Number: int(line.Level)}))
	}
	return map[int][]bool{2: hidden}, nil
}

// protectItems decides which items of a measure, and factors of the index, are
// not shown by an axis, once. The sum of the items of a factor, and of all factors,
// is published.
func (v *view) protectItems(m measure, rows axisQuery) (*disclosure.Protected, error) {
	key := fmt.Sprintf("items %v %v by %s", m.columns, m.index, rows.deepest())
	if p := v.decided[key]; p != nil {
		return p, nil
	}
	p, err := v.protectItemsAnew(m, rows)
	if err == nil {
		v.decided[key] = p
	}
	return p, err
}

func (v *view) protectItemsAnew(m measure, rows axisQuery) (*disclosure.Protected, error) {
	whole, err := v.protect(m, rows, axisQuery{})
	if err != nil {
		return nil, err
	}
	t := disclosure.TwoWay{Rows: whole.Rows, Threshold: whole.Threshold, RowsDecided: map[int][]bool{}}
	if v.rule == forOffice {
		return v.smallItems(m, rows, &t)
	}
	for g := range groups(t.Rows) {
		t.RowsDecided[g.Level] = append(t.RowsDecided[g.Level], whole.Hidden(g, disclosure.Category{}))
	}
	t.Columns = m.hierarchy(v.Layout)
	forms, err := v.hiddenForms(m, rows)
	if err != nil {
		return nil, err
	}
	t.Hidden = disclosure.NewCells(t.Rows, t.Columns)
	for part := range groups(t.Columns) {
		if part.Level == 0 {
			continue
		}
		items := t.Columns.Members(part)
		for g := range groups(t.Rows) {
			if forms.toldBy(g, items) || v.forcedItem(m, rows, g, part) {
				t.Hidden.Add(g, part)
			}
		}
	}
	if err := v.countItems(m, rows, &t); err != nil {
		return nil, err
	}
	return disclosure.Protect(t), nil
}

// forcedItem reports whether a factor or item of a group is hidden for what was shown
// of it before.
func (v *view) forcedItem(m measure, rows axisQuery, g, part disclosure.Category) bool {
	if len(v.forced) == 0 {
		return false
	}
	keys := cellKeys{}
	switch {
	case rows.axis == places && g.Level == 1:
		keys[ByUnit] = v.key(ByUnit, g.Number)
	case g.Level > 0:
		return false // no edition shows items otherwise
	}
	if m.index && part.Level == 1 {
		keys[ByFactor] = v.Layout.Factors[part.Number].Code
	} else {
		keys[ByItem] = v.Layout.Items[m.columns[part.Number]].Code
	}
	return v.forced[keys.name()]
}

// smallItems decides which items of its own an office is not shown: those that few
// answered, and of a single school those that fewer than others would be shown.
func (v *view) smallItems(m measure, rows axisQuery, t *disclosure.TwoWay) (*disclosure.Protected, error) {
	t.Columns, t.RowsDecided = m.hierarchy(v.Layout), nil
	if rows.deepest() == BySchool {
		t.Threshold = threshold(v.Layout.Campaign)
	}
	if err := v.countItems(m, rows, t); err != nil {
		return nil, err
	}
	return disclosure.HideSmall(*t), nil
}

// countItems puts the counts of items into a table, and what must be hidden of the
// verified for them.
func (v *view) countItems(m measure, rows axisQuery, t *disclosure.TwoWay) (err error) {
	if t.Counts, err = v.itemCounts(m, rows, t); err != nil || v.everybody == nil {
		return err
	}
	all, err := v.everybody.protectItems(m, rows)
	if err == nil {
		alsoHide(t, all)
	}
	return err
}

// itemCounts counts the answers to each item of a measure by the finest groups
// of an axis.
func (v *view) itemCounts(m measure, rows axisQuery, t *disclosure.TwoWay) ([][]disclosure.Counts, error) {
	by := v.by(rows.axis, t.Rows.Finest())
	table, err := v.count(by)
	if err != nil {
		return nil, err
	}
	width := 1 // of several overall questions a respondent answered one
	if m.index {
		width = len(m.columns)
	}
	counts := disclosure.Crossing(t.Rows[t.Rows.Finest()].Size(), len(m.columns), width)
	for r := range counts {
		if cell, ok := v.at(table.Grid, by, r, 0); ok {
			for k, col := range m.columns {
				counts[r][k][k%width] = table.Answered(cell, col)
			}
		}
	}
	return counts, nil
}

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
func (v *view) hiddenForms(m measure, rows axisQuery) (*hiddenForms, error) {
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
	g, err := v.protectRespondents(first, by)
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
func (v *view) asked(m measure) [][]bool {
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
