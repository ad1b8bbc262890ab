package tables

import (
	"fmt"
	"iter"
	"slices"

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
func (v *CampaignTables) by(a axis, level int) []int {
	for _, d := range Dimensions {
		if at := positions[d]; at.axis == a && at.level == level && at.column >= 0 {
			return []int{at.column}
		}
	}
	return nil
}

// hierarchyOf is the hierarchy of an axis asked for, down to its finest
// dimension.
func (v *CampaignTables) hierarchyOf(q axisQuery) disclosure.Hierarchy {
	if q.axis == noAxis {
		return disclosure.Hierarchy{disclosure.Everybody()}
	}
	return v.hierarchy(positions[q.deepest()].column)
}

// protect decides what of a measure is not shown by two axes, once.
func (v *CampaignTables) protect(m measure, rows, cols axisQuery) (*disclosure.Protected, error) {
	key := fmt.Sprintf("%v %v by %s and %s", m.columns, m.index, rows.deepest(), cols.deepest())
	return v.once(key, func() (*disclosure.Protected, error) { return v.protectAnew(m, rows, cols) })
}

// once is what is decided under a key, now or before.
func (v *CampaignTables) once(key string, decide func() (*disclosure.Protected, error)) (*disclosure.Protected, error) {
	if p := v.decided[key]; p != nil {
		return p, nil
	}
	p, err := decide()
	if err == nil {
		v.decided[key] = p
	}
	return p, err
}

func (v *CampaignTables) protectAnew(m measure, rows, cols axisQuery) (*disclosure.Protected, error) {
	t := disclosure.TwoWay{Rows: v.hierarchyOf(rows), Columns: v.hierarchyOf(cols), Threshold: v.Threshold()}
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
		return disclosure.HideSmall(t), nil // what schools hide beside each other, the edition decides (Decided)
	}
	return disclosure.Protect(t), nil
}

// hiddenElsewhere is what the counts of respondents hide of a measure, and the
// groups in which it would tell of hidden forms.
func (v *CampaignTables) hiddenElsewhere(m measure, rows, cols axisQuery, t *disclosure.TwoWay) (*disclosure.Cells, error) {
	of, err := v.protect(respondents, rows, cols)
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
func (v *CampaignTables) countsOf(m measure, rows, cols axisQuery, t *disclosure.TwoWay) ([][]disclosure.Counts, error) {
	by := slices.Concat(v.by(rows.axis, t.Rows.Finest()), v.by(cols.axis, t.Columns.Finest()))
	table, err := v.count(by)
	if err != nil {
		return nil, err
	}
	counts := disclosure.Crossing(t.Rows[t.Rows.Finest()].Size(), t.Columns[t.Columns.Finest()].Size(), m.width())
	for r := range counts {
		for c := range counts[r] {
			cell, ok := v.at(table.Grid, by, r, c)
			if !ok {
				continue
			}
			for k, col := range m.columns {
				counts[r][c][k%m.width()] += table.Answered(cell, col)
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
func (v *CampaignTables) schoolsDecided(m measure) (map[int][]bool, error) {
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
