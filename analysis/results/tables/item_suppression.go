package tables

import (
	"fmt"

	"hailong/analysis/results/disclosure"
)

// protectItems decides which items of a measure, and factors of the index, are
// not shown by an axis, once. The sum of the items of a factor, and of all factors,
// is published.
func (v *CampaignTables) protectItems(m measure, rows axisQuery) (*disclosure.Protected, error) {
	key := fmt.Sprintf("items %v %v by %s", m.columns, m.index, rows.deepest())
	return v.once(key, func() (*disclosure.Protected, error) { return v.protectItemsAnew(m, rows) })
}

func (v *CampaignTables) protectItemsAnew(m measure, rows axisQuery) (*disclosure.Protected, error) {
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
func (v *CampaignTables) forcedItem(m measure, rows axisQuery, g, part disclosure.Category) bool {
	if len(v.forced) == 0 {
		return false
	}
	keys := GroupKeys{}
	switch {
	case rows.axis == places && g.Level == 1:
		keys[ByUnit] = v.Key(ByUnit, g.Number)
	case g.Level > 0:
		return false // no edition shows items otherwise
	}
	if m.index && part.Level == 1 {
		keys[ByFactor] = v.Layout.Factors[part.Number].Code
	} else {
		keys[ByItem] = v.Layout.Items[m.columns[part.Number]].Code
	}
	return v.forced[keys.Name()]
}

// smallItems decides which items of its own an office is not shown: those that few
// answered, and of a single school those that fewer than others would be shown.
func (v *CampaignTables) smallItems(m measure, rows axisQuery, t *disclosure.TwoWay) (*disclosure.Protected, error) {
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
func (v *CampaignTables) countItems(m measure, rows axisQuery, t *disclosure.TwoWay) (err error) {
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
func (v *CampaignTables) itemCounts(m measure, rows axisQuery, t *disclosure.TwoWay) ([][]disclosure.Counts, error) {
	by := v.by(rows.axis, t.Rows.Finest())
	table, err := v.count(by)
	if err != nil {
		return nil, err
	}
	counts := disclosure.Crossing(t.Rows[t.Rows.Finest()].Size(), len(m.columns), m.width())
	for r := range counts {
		if cell, ok := v.at(table.Grid, by, r, 0); ok {
			for k, col := range m.columns {
				counts[r][k][k%m.width()] = table.Answered(cell, col)
			}
		}
	}
	return counts, nil
}
