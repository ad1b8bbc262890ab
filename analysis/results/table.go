package results

import (
	"context"
	"slices"

	"hailong/analysis"
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

// Table answers a query. Errors: Invalid (a dimension, value, formula or
// combination that is not offered), NotFound (no such campaign), Unavailable (the responses
// are still being loaded).
func (l *Live) Table(ctx context.Context, q Query) (Table, error) {
	b, err := l.current(ctx)
	if err != nil {
		return Table{}, err
	}
	if b.catalog.Campaign(q.Campaign) == nil {
		return Table{}, unknownCampaign(q.Campaign)
	}
	s, err := b.set(q.Campaign)
	if err != nil {
		return Table{}, err
	}
	return s.table(q)
}

func (s *set) table(q Query) (Table, error) {
	sides, err := q.sides()
	if err != nil {
		return Table{}, err
	}
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	v := s.view()
	method, err := q.method(v.plan.campaign)
	if err != nil {
		return Table{}, err
	}
	if len(v.plan.factors) == 0 {
		method.Pooling = survey.PoolOverall // there is nothing to pool
	}
	t := Table{
		Campaign: v.plan.campaign, By: q.By, Method: method, Threshold: v.plan.threshold(),
		Overall: noFigure, Groups: []Group{},
	}
	a := answering{view: v, method: method, t: &t, rows: side{}, cols: side{}}
	return t, a.answer(sides)
}

// answering is the work on one query.
type answering struct {
	view
	method     survey.Method
	t          *Table
	rows, cols side           // the zero side is the group of all
	swapped    bool           // the query names cols before rows
	ofItems    map[kind]*grid // of the index, made once by itemGrid
}

func (a *answering) answer(sides []side) error {
	switch {
	case len(sides) == 2 && sides[0].kind > sides[1].kind:
		// What is hidden must not depend on the order of the question: two
		// tables that hide different cells give each other's away.
		a.rows, a.cols, a.swapped = sides[1], sides[0], true
	case len(sides) == 2:
		a.rows, a.cols = sides[0], sides[1]
	case len(sides) == 1 && sides[0].kind == items:
		a.cols = sides[0]
	case len(sides) == 1:
		a.rows = sides[0]
	}
	rowWhere, ok := a.code(a.rows.where)
	if !ok {
		return a.nobody(*a.rows.where)
	}
	colWhere, ok := a.code(a.cols.where)
	if !ok {
		return a.nobody(*a.cols.where)
	}
	overall := a.plan.measure(a.method)
	if a.cols.kind == items {
		return a.answerItems(overall, rowWhere)
	}
	g, err := a.protect(overall, a.rows, a.cols)
	if err != nil {
		return err
	}
	m, err := a.measuring(overall, g)
	if err != nil {
		return err
	}
	rowTop, colTop := a.rows.whereTier(), a.cols.whereTier()
	if a.t.Overall, err = m.figure(rowTop, colTop, rowWhere, colWhere); err != nil {
		return err
	}
	if a.rows.by == "" && a.cols.by == "" {
		return nil
	}
	rowTier, colTier := a.rows.tier(), a.cols.tier()
	for r := range g.rows[rowTier].up {
		if g.rows.lift(rowTier, rowTop, r) != rowWhere {
			continue
		}
		for c := range g.cols[colTier].up {
			if g.cols.lift(colTier, colTop, c) != colWhere {
				continue
			}
			if colTier > 0 && g.empty(rowTier, 0, r, 0) || rowTier > 0 && g.empty(0, colTier, 0, c) {
				continue // as the table by one dimension shows
			}
			f, err := m.figure(rowTier, colTier, r, c)
			if err != nil {
				return err
			}
			a.group(f, r, c)
		}
	}
	a.sort()
	return nil
}

// answerItems answers a query by factor or item.
func (a *answering) answerItems(overall measure, rowWhere int) error {
	g, err := a.protect(overall, a.rows, side{})
	if err != nil {
		return err
	}
	m, err := a.measuring(overall, g)
	if err != nil {
		return err
	}
	rowTop, rowTier := a.rows.whereTier(), a.rows.tier()
	if a.t.Overall, err = m.figure(rowTop, 0, rowWhere, 0); err != nil {
		return err
	}
	for _, part := range a.plan.parts(a.cols.by) {
		figure, err := a.part(part, rowTier)
		if err != nil {
			return err
		}
		for r := range g.rows[rowTier].up {
			if g.rows.lift(rowTier, rowTop, r) == rowWhere {
				a.group(figure(r), r, part.place)
			}
		}
	}
	a.sort()
	return nil
}

// part prepares the figures of a factor or item for the groups of a tier.
func (a *answering) part(p part, rowTier int) (func(r int) Figure, error) {
	g, err := a.itemGrid(p.measure, a.rows)
	if err != nil {
		return nil, err
	}
	hidden := func(r int) bool { return g.hidden[rowTier][p.tier][r][p.column] }
	by := a.by(a.rows.kind, rowTier)
	if p.item < 0 {
		sums, err := a.sum(a.plan.index(a.method), by...)
		if err != nil {
			return nil, err
		}
		return func(r int) Figure {
			cell, ok := at(sums.Grid, by, r, 0)
			switch {
			case !ok:
				return noFigure
			case hidden(r):
				return suppressedFigure
			}
			return figureOf(sums.Factor(cell, p.factor, a.method.Confidence))
		}, nil
	}
	counts, err := a.count(by...)
	if err != nil {
		return nil, err
	}
	s := scoring(a.method.Formula, a.plan.items[p.item].scale)
	return func(r int) Figure {
		cell, ok := at(counts.Grid, by, r, 0)
		switch {
		case !ok:
			return noFigure
		case hidden(r):
			return suppressedFigure
		}
		return itemFigure(counts.Counts(cell, p.item), s, counts.Rows(cell), int64(a.view.rows.Rows()), a.method.Confidence)
	}, nil
}

// itemGrid decides which factors and items of a measure are not shown by a side.
func (a *answering) itemGrid(m measure, s side) (*grid, error) {
	if g := a.ofItems[s.kind]; g != nil && m.index {
		return g, nil
	}
	g, err := a.protectItems(m, s)
	if err == nil && m.index {
		if a.ofItems == nil {
			a.ofItems = map[kind]*grid{}
		}
		a.ofItems[s.kind] = g
	}
	return g, err
}

// group adds a line to the table, unless there is nobody in it.
func (a *answering) group(f Figure, r, c int) {
	if f.N == 0 && !f.Suppressed {
		return
	}
	var keys []string
	for _, s := range []struct {
		side
		code int
	}{{a.rows, r}, {a.cols, c}} {
		if s.by == "" {
			continue
		}
		key := a.key(s.by, s.code)
		if key == None && slices.Contains([]Dimension{ByUnit, BySchool, ByForm, ByChannel, ByMonth}, s.by) {
			return // every response has these; people at no school are no line among schools
		}
		keys = append(keys, key)
	}
	if a.swapped && len(keys) == 2 {
		keys[0], keys[1] = keys[1], keys[0]
	}
	a.t.Groups = append(a.t.Groups, Group{Keys: keys, Figure: f})
}

func (a *answering) sort() {
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

// tier is the tier of a side's groups: that of by, else that of the filter.
func (s side) tier() int {
	if s.by == "" {
		return s.whereTier()
	}
	return spread[s.by].tier
}

func (s side) whereTier() int {
	if s.where == nil {
		return 0
	}
	return spread[s.where.Dimension].tier
}

// at is the cell of a grid over none, one or two columns.
func at(g analysis.Grid, by []int, r, c int) (int, bool) {
	switch len(by) {
	case 0:
		return 0, true
	case 1:
		return g.Cell(uint32(max(r, c))) //nolint:gosec // codes of groups
	}
	return g.Cell(uint32(r), uint32(c)) //nolint:gosec // codes of groups
}
