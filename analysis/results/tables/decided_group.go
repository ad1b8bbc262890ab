package tables

import (
	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
)

// DecidedGroup is a group of respondents that a table shows or hides. The same group may
// be decided on by several tables.
type DecidedGroup struct {
	Keys        GroupKeys
	Within      []GroupKeys // the next larger groups of the same table that it lies in
	Respondents int64       // in the group, whatever they answered
	Hidden      bool
	Guarded     bool // few are in it, or few of them are verified, or few are not
	Decision    Decision
}

// Decision is where a table decides on a group.
type Decision struct {
	table    *disclosure.Protected
	row, col disclosure.Category
}

// Hide hides the group and everything in it, in every answer of its table from now on.
func (d Decision) Hide() {
	for row := range groups(d.table.Rows) {
		for col := range groups(d.table.Columns) {
			if row.Level >= d.row.Level && col.Level >= d.col.Level &&
				d.table.Rows.Ancestor(row, d.row.Level) == d.row && d.table.Columns.Ancestor(col, d.col.Level) == d.col {
				d.table.Hide(row, col)
			}
		}
	}
}

// Decided lists the groups that the tables of a query decide on: that of respondents,
// and that of who answered what the campaign is measured by. Of items it lists none:
// their own tables decide on them, within the groups that are shown. Errors: those of
// Answer.
func (v *CampaignTables) Decided(q Query) ([]DecidedGroup, error) {
	axes, method, err := v.understood(q)
	if err != nil {
		return nil, err
	}
	a := tabulation{CampaignTables: v, method: method}
	a.place(axes)
	if a.cols.axis == items {
		return nil, nil
	}
	var list []DecidedGroup
	for _, m := range []measure{respondents, measureOf(v.Layout, method)} {
		decided, err := v.decidedBy(m, a.rows, a.cols)
		if err != nil {
			return nil, err
		}
		list = append(list, decided...)
	}
	return list, nil
}

// DecidedByForm lists the groups that the tables by form decide on, of all and of each
// unit. By these tables it is decided which items are shown.
func (v *CampaignTables) DecidedByForm() ([]DecidedGroup, error) {
	var list []DecidedGroup
	for _, rows := range []axisQuery{{}, {axis: places, by: ByUnit}} {
		decided, err := v.decidedBy(respondents, rows, axisQuery{axis: forms, by: ByForm})
		if err != nil {
			return nil, err
		}
		list = append(list, decided...)
	}
	return list, nil
}

// decidedBy lists the groups of two axes as they are decided on for a measure.
func (v *CampaignTables) decidedBy(m measure, rows, cols axisQuery) ([]DecidedGroup, error) {
	p, err := v.protect(m, rows, cols)
	all := p
	if err == nil && v.everybody != nil {
		all, err = v.everybody.protect(m, rows, cols)
	}
	if err != nil {
		return nil, err
	}
	here, err := v.protect(respondents, rows, cols)
	if err != nil {
		return nil, err
	}
	var list []DecidedGroup
	for row := range groups(p.Rows) {
		for col := range groups(p.Columns) {
			rowKeys, rowWithin, ok := v.groupOf(rows.axis, row)
			colKeys, colWithin, ok2 := v.groupOf(cols.axis, col)
			if !ok || !ok2 {
				continue
			}
			g := DecidedGroup{
				Keys: rowKeys.With(colKeys), Respondents: here.Counts(row, col).Respondents(), Hidden: p.Hidden(row, col),
				Guarded: fewBeside(all.Counts(row, col), p.Counts(row, col), p.Threshold), Decision: Decision{p, row, col},
			}
			for _, within := range rowWithin {
				g.Within = append(g.Within, within.With(colKeys))
			}
			for _, within := range colWithin {
				g.Within = append(g.Within, rowKeys.With(within))
			}
			list = append(list, g)
		}
	}
	return list, nil
}

// groupOf is the keys of a group of an axis, and of the groups of that axis in which
// it lies; ok is false where no table shows it.
func (v *CampaignTables) groupOf(a axis, g disclosure.Category) (keys GroupKeys, within []GroupKeys, ok bool) {
	all := GroupKeys{}
	if g.Level == 0 {
		return all, nil, true
	}
	switch {
	case a == places && g.Level == 1:
		return GroupKeys{ByUnit: v.Key(ByUnit, g.Number)}, []GroupKeys{all}, true
	case a == places:
		group := v.schoolGroup(g)
		unit := GroupKeys{ByUnit: v.Key(ByUnit, int(group.Unit))}
		unitLevel := unit.With(GroupKeys{ByLevel: v.Key(ByLevel, int(group.Level))})
		if g.Level == 2 {
			return unitLevel, []GroupKeys{unit}, true
		}
		return GroupKeys{BySchool: string(group.School)}, nil, group.School != ""
	}
	for d, at := range positions {
		if at.axis == a && at.level == g.Level {
			return GroupKeys{d: v.Key(d, g.Number)}, []GroupKeys{all}, true
		}
	}
	return nil, nil, false
}

// schoolGroup is a school, or the schools of a unit and level.
func (v *CampaignTables) schoolGroup(g disclosure.Category) columns.SchoolGroup {
	if g.Level == 2 {
		return v.unitLevels()[g.Number]
	}
	return v.SchoolGroups[g.Number]
}
