package results

import (
	"cmp"
	"maps"
	"slices"

	"hailong/analysis"
	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// editionCells decides which groups of respondents an edition hides, over all its
// tables and all earlier editions of its campaign together. What the tables hide one
// by one is hidden already; what it adds is written into what they hide.
type editionCells struct {
	*view
	cells map[cellName]*editionCell
	atoms map[cellName]int64
}

// editionCell is a group of respondents of an edition.
type editionCell struct {
	keys        cellKeys
	respondents int64
	hidden      bool
	guarded     bool       // it is hidden because few are in it
	within      []cellName // groups with which it is hidden
	places      []cellPlace
}

// cellPlace is where a table decides on a group.
type cellPlace struct {
	table    *disclosure.Protected
	row, col disclosure.Category
}

// hide hides a group and everything in it.
func (p cellPlace) hide() {
	for row := range groups(p.table.Rows) {
		for col := range groups(p.table.Columns) {
			if row.Level >= p.row.Level && col.Level >= p.col.Level &&
				p.table.Rows.Ancestor(row, p.row.Level) == p.row && p.table.Columns.Ancestor(col, p.col.Level) == p.col {
				p.table.Hide(row, col)
			}
		}
	}
}

// protectEdition hides groups in what a view has decided, until nothing that is
// small can be computed from the edition's tables and those of earlier editions. Of the
// verified alone it decides after it has of everybody, over the same publication.
func (v *view) protectEdition(queries []Query, p *publication, earlier []*editionCounts) (*editionCounts, error) {
	e := &editionCells{view: v, cells: map[cellName]*editionCell{}, atoms: map[cellName]int64{}}
	if err := e.countAtoms(); err != nil {
		return nil, err
	}
	for _, q := range queries {
		axes, method, err := q.understood(v)
		if err != nil {
			return nil, err
		}
		a := tabulation{view: v, method: method}
		a.place(axes)
		if a.cols.axis == items {
			continue // of items their own tables decide, within the groups that are shown
		}
		for _, m := range []measure{respondents, measureOf(v.Layout, method)} {
			if err := e.addTable(m, a.rows, a.cols); err != nil {
				return nil, err
			}
		}
	}
	if err := e.followForms(); err != nil {
		return nil, err
	}
	for name := range v.forced {
		if cell := e.cells[name]; cell != nil {
			cell.hidden = true
		}
	}
	e.agree()
	e.complete(p, earlier)
	return e.counts(), nil
}

// agree hides a group in every table where one table hides it, and with it
// everything in it.
func (e *editionCells) agree() {
	for changed := true; changed; {
		changed = false
		for _, cell := range e.cells {
			if !cell.hidden && slices.ContainsFunc(cell.within, func(whole cellName) bool {
				return e.cells[whole] != nil && e.cells[whole].hidden
			}) {
				cell.hidden, changed = true, true
			}
		}
	}
	for _, cell := range e.cells {
		if cell.hidden {
			for _, place := range cell.places {
				place.hide()
			}
		}
	}
}

// countAtoms counts the finest groups that readers can tell apart. Each division of
// the edition crosses units; schools and levels are divided together, and a level
// that a school does not teach is known to be empty.
func (e *editionCells) countAtoms() error {
	if e.Layout.Campaign.Family == survey.Education {
		if err := e.countSchools(); err != nil {
			return err
		}
	}
	for _, by := range Divisions(e.Layout.Campaign.Family) {
		if slices.Contains([]axis{places, forms, items}, positions[by].axis) {
			continue
		}
		col := positions[by].column
		n, err := e.respondentsBy(columns.Unit, col)
		if err != nil {
			return err
		}
		for unit, id := range e.Keys[columns.Unit] {
			for code, key := range e.Keys[col] {
				all, here := n(unit, code)
				if all == 0 && (id == "" || key == "" && by != BySector) {
					continue // everybody knows that each response has these
				}
				keys := cellKeys{ByUnit: cmp.Or(id, None), by: e.key(by, code)}
				if by == BySector {
					keys[ByGroup] = e.key(ByGroup, int(e.SectorGroups[e.Keys[col][code]]))
				}
				e.atoms[keys.name()] += here
			}
		}
	}
	return nil
}

func (e *editionCells) countSchools() error {
	n, err := e.respondentsBy(columns.School, columns.Level)
	if err != nil {
		return err
	}
	for code, group := range e.SchoolGroups {
		for level := range e.Keys[columns.Level] {
			all, here := n(code, level)
			taught := false
			if school := e.Catalog.Unit(group.School); school != nil {
				taught = slices.Contains(school.Levels, survey.SchoolLevel(e.Keys[columns.Level][level]))
			}
			if all == 0 && !taught {
				continue
			}
			keys := cellKeys{ByUnit: e.key(ByUnit, int(group.Unit)), ByLevel: e.key(ByLevel, level)}
			keys[BySchool] = None // with no school: an atom of its own in the unit and level
			if group.School != "" {
				keys[BySchool] = string(group.School)
			}
			e.atoms[keys.name()] += here
		}
	}
	return nil
}

// respondentsBy counts all respondents and those of the view by two columns.
func (e *editionCells) respondentsBy(row, col int) (func(r, c int) (all, here int64), error) {
	by := []int{row, col}
	own, err := e.count(by)
	if err != nil {
		return nil, err
	}
	everybody := cmp.Or(e.everybody, e.view)
	all, err := everybody.count(by)
	return func(r, c int) (int64, int64) { return everybody.rowsAt(all, by, r, c), e.rowsAt(own, by, r, c) }, err
}

// rowsAt is how many responses a table has in a cell of two columns.
func (v *view) rowsAt(t *analysis.CountTable, by []int, r, c int) int64 {
	if cell, ok := v.at(t.Grid, by, r, c); ok {
		return t.Rows(cell)
	}
	return 0
}

// addTable adds the groups of a table, as it decides on them for a measure.
func (e *editionCells) addTable(m measure, rows, cols axisQuery) error {
	p, err := e.protect(m, rows, cols)
	all := p
	if err == nil && e.everybody != nil {
		all, err = e.everybody.protect(m, rows, cols)
	}
	if err != nil {
		return err
	}
	for row := range groups(p.Rows) {
		for col := range groups(p.Columns) {
			rowKeys, rowWithin, ok := e.groupOf(rows.axis, row)
			colKeys, colWithin, ok2 := e.groupOf(cols.axis, col)
			if !ok || !ok2 || colKeys[ByGroup] != "" && len(rowKeys) > 0 || rowKeys[ByGroup] != "" && len(colKeys) > 0 {
				continue // no line of any table
			}
			cell := e.cell(rowKeys.with(colKeys))
			for _, within := range rowWithin {
				cell.within = append(cell.within, within.with(colKeys).name())
			}
			for _, within := range colWithin {
				cell.within = append(cell.within, rowKeys.with(within).name())
			}
			cell.places = append(cell.places, cellPlace{p, row, col})
			if len(m.columns) == 0 {
				cell.respondents = p.Counts(row, col).Respondents()
			}
			cell.hidden = cell.hidden || p.Hidden(row, col)
			cell.guarded = cell.guarded || fewBeside(all.Counts(row, col), p.Counts(row, col), p.Threshold)
		}
	}
	return nil
}

func (e *editionCells) cell(keys cellKeys) *editionCell {
	name := keys.name()
	if e.cells[name] == nil {
		e.cells[name] = &editionCell{keys: keys}
	}
	return e.cells[name]
}

// groupOf is the keys of a group of an axis, and of the groups of that axis in which
// it lies; ok is false where no table shows it.
func (e *editionCells) groupOf(a axis, g disclosure.Category) (keys cellKeys, within []cellKeys, ok bool) {
	all := cellKeys{}
	if g.Level == 0 {
		return all, nil, true
	}
	switch {
	case a == places && g.Level == 1:
		return cellKeys{ByUnit: e.key(ByUnit, g.Number)}, []cellKeys{all}, true
	case a == places:
		group := e.schoolGroup(g)
		unit := cellKeys{ByUnit: e.key(ByUnit, int(group.Unit))}
		unitLevel := unit.with(cellKeys{ByLevel: e.key(ByLevel, int(group.Level))})
		if g.Level == 2 {
			return unitLevel, []cellKeys{unit}, true
		}
		return cellKeys{BySchool: string(group.School)}, nil, group.School != ""
	}
	for d, at := range positions {
		if at.axis == a && at.level == g.Level {
			return cellKeys{d: e.key(d, g.Number)}, []cellKeys{all}, true
		}
	}
	return nil, nil, false
}

// schoolGroup is a school, or the schools of a unit and level.
func (e *editionCells) schoolGroup(g disclosure.Category) columns.SchoolGroup {
	if g.Level == 2 {
		return e.unitLevels()[g.Number]
	}
	return e.SchoolGroups[g.Number]
}

// followForms lets the tables by form, by which items are decided on, hide what is
// hidden of their levels.
func (e *editionCells) followForms() error {
	if e.Layout.Campaign.Family != survey.Education {
		return nil
	}
	cols := axisQuery{axis: forms, by: ByForm}
	for _, rows := range []axisQuery{{}, {axis: places, by: ByUnit}} {
		p, err := e.protectRespondents(rows, cols)
		if err != nil {
			return err
		}
		for row := range groups(p.Rows) {
			for col := range groups(p.Columns) {
				rowKeys, _, ok := e.groupOf(rows.axis, row)
				colKeys, _, ok2 := e.groupOf(cols.axis, col)
				keys := rowKeys.with(colKeys)
				if cell := e.cells[keys.name()]; ok && ok2 && cell != nil && keys[ByForm] == "" {
					cell.places = append(cell.places, cellPlace{p, row, col})
				}
			}
		}
	}
	return nil
}

// counts is what is kept of the edition for the next one.
func (e *editionCells) counts() *editionCounts {
	c := &editionCounts{Atoms: e.atoms}
	for _, name := range slices.Sorted(maps.Keys(e.cells)) {
		if e.cells[name].hidden {
			c.Hidden = append(c.Hidden, name)
		} else {
			c.Shown = append(c.Shown, name)
		}
	}
	return c
}

// complete hides groups until nothing small can be computed.
func (e *editionCells) complete(p *publication, earlier []*editionCounts) {
	for _, counts := range earlier {
		p.addEarlier(counts)
	}
	add := p.addCurrent
	if e.everybody != nil {
		add = p.addVerified
	}
	names := add(e)
	hid, _ := p.Complete() // what earlier editions tell cannot be taken back
	for _, at := range hid {
		e.cells[names[at]].hidden = true
	}
	e.agree()
}

// compared are the groups that must not be told by comparing editions: those of
// tables, and the atoms, as a level of a school is.
func (e *editionCells) compared() []cellName {
	compared := slices.Sorted(maps.Keys(e.atoms))
	for _, name := range slices.Sorted(maps.Keys(e.cells)) {
		if _, atom := e.atoms[name]; !atom {
			compared = append(compared, name)
		}
	}
	return compared
}
