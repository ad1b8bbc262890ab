package results

import (
	"slices"

	"hailong/analysis"
	"hailong/survey"
)

// measure is what a figure is computed from: the columns whose answers count;
// none for the respondents themselves, whatever they answered.
//
// What the counts of respondents hide is hidden for every measure: most people
// answer everything, so that what one measure shows tells of another. A measure
// hides more where too few answered it, and nothing that depends on the formula.
type measure struct {
	columns []int
	index   bool // all items of the index, by factor
}

// respondents is the measure that every other one hides at least as much as.
var respondents = measure{}

func (p *plan) measure(m survey.Method) measure {
	if m.Pooling == survey.PoolOverall || len(p.factors) == 0 {
		return measure{columns: p.overall}
	}
	k := measure{index: true}
	for _, f := range p.factors {
		k.columns = append(k.columns, f.items...)
	}
	return k
}

// index is the campaign's index under a method.
func (p *plan) index(m survey.Method) analysis.Index {
	ix := analysis.Index{Pooling: analysis.PoolAnswers}
	if m.Pooling == survey.PoolFactors {
		ix.Pooling = analysis.PoolFactors
	}
	for _, f := range p.factors {
		ix.Factors = append(ix.Factors, f.items)
	}
	if len(p.factors) > 0 {
		ix.Scoring = scoring(m.Formula, p.items[p.factors[0].items[0]].scale)
	}
	return ix
}

// indexOf is what the figures of a measure are computed by under a method.
func (p *plan) indexOf(k measure, m survey.Method) analysis.Index {
	if k.index {
		return p.index(m)
	}
	return analysis.Index{Factors: [][]int{k.columns}, Scoring: scoring(m.Formula, p.items[k.columns[0]].scale)}
}

// part is a factor or item as a group of a table.
type part struct {
	place  int // among the groups of its dimension
	factor int // of the index, -1 outside it
	item   int // column, -1 for a factor
	// measure is what the part is a part of: the index, the overall questions
	// or the item alone.
	measure measure
	tier    int // of the axis of the measure's items
	column  int // group of that tier
}

// parts lists the groups of a dimension of items.
func (p *plan) parts(by Dimension) []part {
	var parts []part
	if by == ByFactor {
		for f := range p.factors {
			parts = append(parts, part{place: f, factor: f, item: -1, measure: p.pooled(), tier: 1, column: f})
		}
		return parts
	}
	for col, it := range p.items {
		a := part{place: col, factor: it.factor, item: col, measure: measure{columns: []int{col}}, tier: 1}
		switch {
		case it.factor >= 0:
			a.measure, a.tier = p.pooled(), 2
		case slices.Contains(p.overall, col):
			a.measure = p.measure(survey.Method{Pooling: survey.PoolOverall})
		}
		a.column = slices.Index(a.measure.columns, col)
		parts = append(parts, a)
	}
	return parts
}

// pooled is the measure of all items of the index.
func (p *plan) pooled() measure { return p.measure(survey.Method{Pooling: survey.PoolAnswers}) }

// by lists the columns that cross the groups of a tier; none for all.
func (v view) by(k kind, tier int) []int {
	for _, d := range Dimensions {
		if s := spread[d]; s.kind == k && s.tier == tier && s.column >= 0 {
			return []int{s.column}
		}
	}
	return nil
}

// axisOf is the axis of a side, down to its finest dimension.
func (v view) axisOf(s side) axis {
	if s.kind == noKind {
		return axis{all}
	}
	return v.axis(spread[s.deepest()].column)
}

// protect decides what of a measure is not shown by two sides.
func (v view) protect(m measure, rows, cols side) (*grid, error) {
	g := &grid{rows: v.axisOf(rows), cols: v.axisOf(cols), threshold: v.plan.threshold()}
	var err error
	if rows.kind == places && rows.deepest() == BySchool {
		if g.pinned, err = v.pinSchools(m); err != nil {
			return nil, err
		}
	}
	if len(m.columns) > 0 {
		of, err := v.protect(respondents, rows, cols)
		if err != nil {
			return nil, err
		}
		byRow, err := v.formsGiveAway(m, rows)
		if err != nil {
			return nil, err
		}
		byCol, err := v.formsGiveAway(m, cols)
		if err != nil {
			return nil, err
		}
		every := func(int) bool { return true }
		g.given = func(i, j, r, c int) bool {
			return of.hidden[i][j][r][c] || j == 0 && byRow(i, r, every) || i == 0 && byCol(j, c, every)
		}
	}
	deep := len(g.rows) - 1
	by := slices.Concat(v.by(rows.kind, deep), v.by(cols.kind, len(g.cols)-1))
	counts, err := v.count(by...)
	if err != nil {
		return nil, err
	}
	finest := tallies(g.rows[deep].size(), g.cols[len(g.cols)-1].size(), max(1, len(m.columns)))
	for r := range finest {
		for c := range finest[r] {
			cell, ok := at(counts.Grid, by, r, c)
			if !ok {
				continue
			}
			for i, col := range m.columns {
				finest[r][c][i] = counts.Answered(cell, col)
			}
			if len(m.columns) == 0 {
				finest[r][c][0] = counts.Rows(cell)
			}
		}
	}
	if !m.index { // of several overall questions a respondent answered one
		for r := range finest {
			for c := range finest[r] {
				var sum int64
				for _, n := range finest[r][c] {
					sum += n
				}
				finest[r][c] = tally{sum}
			}
		}
	}
	g.at = func(i, j int) [][]tally { return lift(finest, g.rows, g.cols, i, j) }
	g.protect()
	return g, nil
}

func tallies(rows, cols, width int) [][]tally {
	t := make([][]tally, rows)
	for r := range t {
		t[r] = make([]tally, cols)
		for c := range t[r] {
			t[r][c] = make(tally, width)
		}
	}
	return t
}

// lift adds the finest table up to tiers i and j.
func lift(finest [][]tally, rows, cols axis, i, j int) [][]tally {
	width := 0
	if len(finest) > 0 && len(finest[0]) > 0 {
		width = len(finest[0][0])
	}
	sums := tallies(rows[i].size(), cols[j].size(), width)
	for r := range finest {
		up := sums[rows.lift(len(rows)-1, i, r)]
		for c := range finest[r] {
			up[cols.lift(len(cols)-1, j, c)].add(finest[r][c])
		}
	}
	return sums
}

// pinSchools hides the schools of a level in a unit where the table of units
// by levels does: those schools together are that cell.
func (v view) pinSchools(m measure) (map[int][]bool, error) {
	g, err := v.protect(m, side{kind: places, by: ByUnit}, side{kind: forms, by: ByLevel})
	if err != nil {
		return nil, err
	}
	var hidden []bool
	for _, line := range v.lines() {
		hidden = append(hidden, g.hidden[1][1][line.unit][line.level])
	}
	return map[int][]bool{2: hidden}, nil
}

// protectItems decides which items of a measure, and factors of the index, are
// not shown by a side. The sum of the items of a factor, and of all factors, is
// published.
func (v view) protectItems(m measure, rows side) (*grid, error) {
	whole, err := v.protect(m, rows, side{})
	if err != nil {
		return nil, err
	}
	g := &grid{rows: whole.rows, threshold: whole.threshold, pinned: map[int][]bool{}}
	for i := range whole.rows {
		for _, line := range whole.hidden[i][0] {
			g.pinned[i] = append(g.pinned[i], line[0])
		}
	}
	g.cols = axis{all, {up: make([]int, len(m.columns))}}
	if m.index {
		factors, items := tier{up: make([]int, len(v.plan.factors))}, tier{}
		for _, col := range m.columns {
			items.up = append(items.up, v.plan.items[col].factor)
		}
		g.cols = axis{all, factors, items}
	}
	tells, err := v.formsGiveAway(m, rows)
	if err != nil {
		return nil, err
	}
	g.given = func(i, j, r, c int) bool {
		return j > 0 && tells(i, r, func(k int) bool { return g.cols.lift(len(g.cols)-1, j, k) == c })
	}
	deep := len(g.rows) - 1
	by := v.by(rows.kind, deep)
	counts, err := v.count(by...)
	if err != nil {
		return nil, err
	}
	width := 1 // of several overall questions a respondent answered one
	if m.index {
		width = len(m.columns)
	}
	finest := tallies(g.rows[deep].size(), len(m.columns), width)
	for r := range finest {
		if cell, ok := at(counts.Grid, by, r, 0); ok {
			for i, col := range m.columns {
				finest[r][i][i%width] = counts.Answered(cell, col)
			}
		}
	}
	g.at = func(i, j int) [][]tally { return lift(finest, g.rows, g.cols, i, j) }
	g.protect()
	return g, nil
}

// formsGiveAway reports whether a part of a measure, the columns of m that in
// picks, would tell of the forms of group r of tier i of a side: an item that
// only some forms ask is a figure of these forms. Where forms of a group are
// hidden, a part stays if all of these forms ask it, or none: respondents can
// then be moved between the hidden forms and no such figure changes.
func (v view) formsGiveAway(m measure, rows side) (func(i, r int, in func(k int) bool) bool, error) {
	asked := make([]map[string]bool, len(m.columns)) // by code of the form
	for i := range asked {
		asked[i] = map[string]bool{}
	}
	for _, form := range v.plan.forms {
		for _, it := range form.Items() {
			if col, ok := v.plan.column[it.Code]; ok {
				if i := slices.Index(m.columns, col); i >= 0 {
					asked[i][string(form.Code)] = true
				}
			}
		}
	}
	// By the finest division that is crossed with forms.
	by, first := side{kind: forms, by: ByForm}, rows
	switch {
	case rows.kind == forms || rows.kind == noKind:
		first = side{}
	case rows.deepest() == BySchool:
		first = side{kind: places, by: ByUnit}
	}
	swapped := first.kind > by.kind
	if swapped {
		first, by = by, first
	}
	g, err := v.protect(respondents, first, by)
	if err != nil {
		return nil, err
	}
	deepest, tiers := spread[ByForm].tier, len(g.rows)
	if swapped {
		tiers = len(g.cols)
	}
	return func(i, r int, in func(k int) bool) bool {
		if i >= tiers {
			return false // within a group that was asked about
		}
		some, not := false, false // of the hidden forms that ask it, and that do not
		for f, form := range v.keys[colForm] {
			hidden := form != "" && !swapped && g.hidden[i][deepest][r][f] || form != "" && swapped && g.hidden[deepest][i][f][r]
			if !hidden {
				continue
			}
			asks := false
			for k := range m.columns {
				asks = asks || asked[k][form] && in(k)
			}
			some, not = some || asks, not || !asks
		}
		return some && not
	}, nil
}

// measuring computes the figures of a measure.
type measuring struct {
	*answering
	measure measure
	grid    *grid
	factors [2]*grid // factors not shown by the rows and columns; nil where that does not matter
}

func (a *answering) measuring(m measure, g *grid) (*measuring, error) {
	k := &measuring{answering: a, measure: m, grid: g}
	if !m.index || a.method.Pooling != survey.PoolFactors {
		return k, nil
	}
	var err error
	if k.factors[0], err = a.itemGrid(m, a.rows); err != nil {
		return nil, err
	}
	if a.cols.kind != noKind && a.cols.kind != items {
		k.factors[1], err = a.itemGrid(m, a.cols)
	}
	return k, err
}

// figure is the figure of a cell of the grid.
func (m *measuring) figure(rowTier, colTier, r, c int) (Figure, error) {
	switch {
	case m.grid.hidden[rowTier][colTier][r][c]:
		return suppressedFigure, nil
	case m.grid.cells[rowTier][colTier][r][c].reach() == 0:
		return noFigure, nil
	}
	by := slices.Concat(m.by(m.rows.kind, rowTier), m.by(m.cols.kind, colTier))
	ix := m.plan.indexOf(m.measure, m.method)
	sums, err := m.sum(ix, by...)
	if err != nil {
		return noFigure, err
	}
	cell, ok := at(sums.Grid, by, r, c)
	if !ok {
		return noFigure, nil
	}
	f := figureOf(sums.Estimate(cell, m.method.Confidence))
	if small := m.small(rowTier, colTier, r, c); len(small) > 0 {
		kept := ix
		kept.Factors = nil
		for i, items := range ix.Factors {
			if !slices.Contains(small, i) {
				kept.Factors = append(kept.Factors, items)
			}
		}
		if len(kept.Factors) == 0 {
			return suppressedFigure, nil
		}
		if sums, err = m.sum(kept, by...); err != nil {
			return noFigure, err
		}
		n := f.N
		f = figureOf(sums.Estimate(cell, m.method.Confidence))
		f.N = n
	}
	return f, nil
}

// small lists the factors that stay out of a group's mean of factors: those
// that too few of its respondents answered, and those not shown for the group
// or, of a cell, for its row and column.
// A mean with the others known would tell them.
func (m *measuring) small(rowTier, colTier, r, c int) []int {
	if !m.measure.index || m.method.Pooling != survey.PoolFactors {
		return nil
	}
	answered := m.grid.cells[rowTier][colTier][r][c]
	var small []int
	i := 0
	for f, factor := range m.plan.factors {
		n := answered[i : i+len(factor.items)].reach()
		i += len(factor.items)
		if 0 < n && n < m.grid.threshold || m.factors[0].hidden[rowTier][1][r][f] ||
			m.factors[1] != nil && m.factors[1].hidden[colTier][1][c][f] {
			small = append(small, f)
		}
	}
	return small
}
