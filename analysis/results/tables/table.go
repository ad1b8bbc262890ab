package tables

import (
	"slices"

	"hailong/analysis"
	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// Table is the answer to a Query.
type Table struct {
	Campaign  *survey.Campaign
	By        []Dimension
	Method    survey.Method // as used
	Threshold int64         // fewer respondents are not shown
	Overall   Figure        // of what the query's filters keep
	Groups    []Group       // in the order of the catalogue; empty ones are left out
}

// Group is one line of a table.
type Group struct {
	Keys   []string // one for each dimension of the table
	Figure Figure
}

// Answer tabulates what a query asks, with the figures of the verified responses beside
// those of all. Errors: Invalid for a dimension, value, formula or combination that is
// not offered; the cause is ErrUnknownGroup for a value that its dimension does not
// have.
func (v *CampaignTables) Answer(q Query) (Table, error) {
	t, err := v.tabulate(q)
	if alone := v.VerifiedAlone(); err == nil && alone != nil {
		var verified Table
		if verified, err = alone.tabulate(q); err == nil {
			t.standBeside(&verified)
		}
	}
	return t, err
}

// Check returns the error that Answer would return of a query that is not offered, and
// tabulates nothing.
func (v *CampaignTables) Check(q Query) error {
	axes, _, err := v.understood(q)
	for _, axis := range axes {
		if axis.where == nil || err != nil {
			continue
		}
		if _, ok := v.code(axis.where); !ok {
			err = v.emptyGroup(*axis.where)
		}
	}
	return err
}

func (v *CampaignTables) tabulate(q Query) (Table, error) {
	axes, method, err := v.understood(q)
	if err != nil {
		return Table{}, err
	}
	t := Table{
		Campaign: v.Layout.Campaign, By: q.By, Method: method, Threshold: v.Threshold(),
		Overall: NoFigure(), Groups: []Group{},
	}
	a := tabulation{CampaignTables: v, method: method, t: &t}
	return t, a.answer(axes)
}

// understood is what a query asks for, if that is offered.
func (v *CampaignTables) understood(q Query) ([]axisQuery, survey.Method, error) {
	axes, err := q.axes(v.rule)
	if err != nil {
		return nil, survey.Method{}, err
	}
	method, err := q.method(v.Layout.Campaign)
	if len(v.Layout.Factors) == 0 {
		method.Pooling = survey.PoolOverall // there is nothing to pool
	}
	return axes, method, err
}

// tabulation is the work on one query.
type tabulation struct {
	*CampaignTables
	method     survey.Method
	t          *Table
	rows, cols axisQuery // the zero value is the group of all
	swapped    bool      // the query names cols before rows
}

// place makes one axis the rows and the other the columns.
func (a *tabulation) place(axes []axisQuery) {
	switch {
	case len(axes) == 2 && axes[0].axis > axes[1].axis:
		// What is hidden must not depend on the order of the question: two
		// tables that hide different cells give each other's away.
		a.rows, a.cols, a.swapped = axes[1], axes[0], true
	case len(axes) == 2:
		a.rows, a.cols = axes[0], axes[1]
	case len(axes) == 1 && axes[0].axis == items:
		a.cols = axes[0]
	case len(axes) == 1:
		a.rows = axes[0]
	}
}

func (a *tabulation) answer(axes []axisQuery) error {
	a.place(axes)
	rowCode, ok := a.code(a.rows.where)
	if !ok {
		return a.emptyGroup(*a.rows.where)
	}
	colCode, ok := a.code(a.cols.where)
	if !ok {
		return a.emptyGroup(*a.cols.where)
	}
	rowWhere := disclosure.Category{Level: a.rows.whereLevel(), Number: rowCode}
	colWhere := disclosure.Category{Level: a.cols.whereLevel(), Number: colCode}
	overall := measureOf(a.Layout, a.method)
	if a.cols.axis == items {
		return a.answerItems(overall, rowWhere)
	}
	return a.answerRespondents(overall, rowWhere, colWhere)
}

// answerRespondents answers a query that divides respondents.
func (a *tabulation) answerRespondents(overall measure, rowWhere, colWhere disclosure.Category) error {
	g, err := a.protect(overall, a.rows, a.cols)
	if err != nil {
		return err
	}
	m, err := a.measuring(overall, g)
	if err != nil {
		return err
	}
	overallFigure, err := m.figure(rowWhere, colWhere)
	if err != nil {
		return err
	}
	a.t.Overall = a.marked(overallFigure)
	if a.rows.by == "" && a.cols.by == "" {
		return nil
	}
	for _, row := range groupsWithin(g.Rows, a.rows.level(), rowWhere) {
		for _, col := range groupsWithin(g.Columns, a.cols.level(), colWhere) {
			if knownEmpty(g, row, col) {
				continue
			}
			f, err := m.figure(row, col)
			if err != nil {
				return err
			}
			a.group(f, row.Number, col.Number)
		}
	}
	a.sort()
	return nil
}

// knownEmpty reports whether a cell of a crossed table has nobody in it because
// its row or column has not, as the table by that dimension alone shows.
func knownEmpty(g *disclosure.Protected, row, col disclosure.Category) bool {
	all := disclosure.Category{}
	return col.Level > 0 && g.ShownEmpty(row, all) || row.Level > 0 && g.ShownEmpty(all, col)
}

// groupsWithin lists the groups of a level that lie in a group of a coarser
// level, or the same.
func groupsWithin(h disclosure.Hierarchy, level int, within disclosure.Category) []disclosure.Category {
	var list []disclosure.Category
	for number := range h[level].Size() {
		if g := (disclosure.Category{Level: level, Number: number}); h.Ancestor(g, within.Level) == within {
			list = append(list, g)
		}
	}
	return list
}

// answerItems answers a query by factor or item.
func (a *tabulation) answerItems(overall measure, rowWhere disclosure.Category) error {
	g, err := a.protect(overall, a.rows, axisQuery{})
	if err != nil {
		return err
	}
	m, err := a.measuring(overall, g)
	if err != nil {
		return err
	}
	overallFigure, err := m.figure(rowWhere, disclosure.Category{})
	if err != nil {
		return err
	}
	a.t.Overall = a.marked(overallFigure)
	rows := groupsWithin(g.Rows, a.rows.level(), rowWhere)
	for _, items := range itemGroups(a.Layout, a.cols.by) {
		figure, err := a.itemFigures(items)
		if err != nil {
			return err
		}
		for _, row := range rows {
			a.group(figure(row.Number), row.Number, items.number)
		}
	}
	a.sort()
	return nil
}

// itemFigures prepares the figures of a factor or item for the groups of the
// rows, by number.
func (a *tabulation) itemFigures(p itemGroup) (func(r int) Figure, error) {
	g, err := a.protectItems(p.measure, a.rows)
	if err != nil {
		return nil, err
	}
	by := a.by(a.rows.axis, a.rows.level())
	var grid analysis.Grid
	var figure func(cell int) Figure
	if p.item < 0 {
		sums, err := a.sum(factorIndex(a.Layout, a.method), by)
		if err != nil {
			return nil, err
		}
		grid = sums.Grid
		figure = func(cell int) Figure { return figureOf(sums.Factor(cell, p.factor, a.method.Confidence)) }
	} else {
		counts, err := a.count(by)
		if err != nil {
			return nil, err
		}
		s := scoring(a.method.Formula, a.Layout.Items[p.item])
		grid = counts.Grid
		figure = func(cell int) Figure {
			return itemFigure(counts.Counts(cell, p.item), s, counts.Rows(cell), int64(a.Responses()), a.method.Confidence)
		}
	}
	return func(r int) Figure {
		cell, ok := a.at(grid, by, r, 0)
		switch {
		case !ok:
			return NoFigure()
		case g.Hidden(disclosure.Category{Level: a.rows.level(), Number: r}, p.group):
			return suppressed()
		}
		return figure(cell)
	}, nil
}

// group adds a line to the table, unless there is nobody in it.
func (a *tabulation) group(f Figure, r, c int) {
	if f.N == 0 && !f.Suppressed {
		return
	}
	var keys []string
	for _, q := range []struct {
		axisQuery
		code int
	}{{a.rows, r}, {a.cols, c}} {
		if q.by == "" {
			continue
		}
		key := a.Key(q.by, q.code)
		if key == None && slices.Contains([]Dimension{ByUnit, BySchool, ByForm, ByChannel, ByMonth}, q.by) {
			return // every response has these; people at no school are no line among schools
		}
		keys = append(keys, key)
	}
	if a.swapped && len(keys) == 2 {
		keys[0], keys[1] = keys[1], keys[0]
	}
	a.t.Groups = append(a.t.Groups, Group{Keys: keys, Figure: a.marked(f)})
}

// marked says of a figure that everybody else would not be shown that it has few
// respondents.
func (a *tabulation) marked(f Figure) Figure {
	f.Few = a.rule == forOffice && !f.Suppressed && 0 < f.N && f.N < threshold(a.Layout.Campaign)
	return f
}

func (a *tabulation) sort() {
	order := make([]map[string]int, len(a.t.By))
	for i, d := range a.t.By {
		order[i] = a.order(d)
	}
	slices.SortStableFunc(a.t.Groups, func(x, y Group) int {
		for i := range x.Keys {
			if d := order[i][x.Keys[i]] - order[i][y.Keys[i]]; d != 0 {
				return d
			}
		}
		return 0
	})
}

// level is the level of the groups asked for: that of by, else that of the
// filter.
func (q axisQuery) level() int {
	if q.by == "" {
		return q.whereLevel()
	}
	return positions[q.by].level
}

func (q axisQuery) whereLevel() int {
	if q.where == nil {
		return 0
	}
	return positions[q.where.Dimension].level
}
