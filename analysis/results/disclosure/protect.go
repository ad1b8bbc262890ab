package disclosure

// TwoWay is what Protect is asked about.
type TwoWay struct {
	Rows, Columns Hierarchy
	// Threshold is the fewest respondents that may be shown.
	Threshold int64
	// Counts are those of the finest cells, by row and column.
	Counts [][]Counts
	// Hidden is what other tables hide, for any reason; nil: nothing. It is hidden
	// here too, and completed by the counts of this table.
	Hidden *Cells
	// RowsDecided says, for levels of the rows on which another table of the same
	// hierarchy has decided, which groups that one hides. They are completed there.
	RowsDecided map[int][]bool
}

// Protected is a table with the cells that must not be shown.
type Protected struct {
	Rows, Columns Hierarchy
	Threshold     int64
	hidden        *Cells
	counts        [][][][]Counts // as Cells.levels
}

// Protect decides which cells of a table must be hidden, at all levels.
func Protect(t TwoWay) *Protected {
	return t.protect(true)
}

// HideSmall hides the cells of a table that are too small, and nothing to keep
// them from being computed: for readers who may know every response of the table.
func HideSmall(t TwoWay) *Protected { return t.protect(false) }

// protect hides what is too small, and completes it level by level.
func (t *TwoWay) protect(complete bool) *Protected {
	p := &Protected{Rows: t.Rows, Columns: t.Columns, Threshold: t.Threshold, hidden: NewCells(t.Rows, t.Columns)}
	p.counts = make([][][][]Counts, len(t.Rows))
	for i := range t.Rows {
		p.counts[i] = make([][][]Counts, len(t.Columns))
		for j := range t.Columns { // coarse before fine: the parts of a hidden whole are hidden
			p.counts[i][j] = t.sums(i, j)
			p.suppress(t, i, j, complete)
			if complete {
				p.complement(t, i, j)
			}
		}
	}
	return p
}

// Hide hides one more cell.
func (p *Protected) Hide(row, column Category) { p.hidden.Add(row, column) }

// Hidden reports whether a cell must not be shown.
func (p *Protected) Hidden(row, column Category) bool { return p.hidden.Has(row, column) }

// HiddenCells is the set of all cells that must not be shown. It must not be
// changed.
func (p *Protected) HiddenCells() *Cells { return p.hidden }

// Counts are the counts of a cell, hidden or not.
func (p *Protected) Counts(row, column Category) Counts {
	return p.counts[row.Level][column.Level][row.Number][column.Number]
}

// ShownEmpty reports whether a cell is shown to have nobody in it.
func (p *Protected) ShownEmpty(row, column Category) bool {
	return !p.Hidden(row, column) && p.Counts(row, column).Respondents() == 0
}

// sums adds the finest counts up to two levels.
func (t *TwoWay) sums(rowLevel, columnLevel int) [][]Counts {
	questions := 0
	if len(t.Counts) > 0 && len(t.Counts[0]) > 0 {
		questions = len(t.Counts[0][0])
	}
	sums := Crossing(t.Rows[rowLevel].Size(), t.Columns[columnLevel].Size(), questions)
	for r := range t.Counts {
		row := sums[t.Rows.Ancestor(Category{t.Rows.Finest(), r}, rowLevel).Number]
		for c := range t.Counts[r] {
			row[t.Columns.Ancestor(Category{t.Columns.Finest(), c}, columnLevel).Number].add(t.Counts[r][c])
		}
	}
	return sums
}

// suppress hides the cells of two levels that are too small, or that other tables
// hide, and those that lie within a hidden whole.
func (p *Protected) suppress(t *TwoWay, i, j int, within bool) {
	for r := range p.Rows[i].Size() {
		decided := j == 0 && t.RowsDecided[i] != nil && t.RowsDecided[i][r]
		for c := range p.Columns[j].Size() {
			row, column := Category{i, r}, Category{j, c}
			n := p.counts[i][j][r][c].Respondents()
			elsewhere := t.Hidden != nil && t.Hidden.Has(row, column)
			if decided || elsewhere || 0 < n && n < t.Threshold || within && p.withinHidden(row, column) {
				p.hidden.Add(row, column)
			}
		}
	}
}

// withinHidden reports whether a whole that a cell is a part of is hidden.
func (p *Protected) withinHidden(row, column Category) bool {
	return row.Level > 0 && p.Hidden(p.Rows.Ancestor(row, row.Level-1), column) ||
		column.Level > 0 && p.Hidden(row, p.Columns.Ancestor(column, column.Level-1))
}

// complement hides further cells of two levels until those hidden cannot be
// computed from their sums, which stand in the coarser tables.
func (p *Protected) complement(t *TwoWay, i, j int) {
	if i == 0 && j == 0 || j == 0 && t.RowsDecided[i] != nil {
		return // nothing to do, or done in the other table
	}
	open := make([][]bool, p.Rows[i].Size())
	for r := range open {
		open[r] = make([]bool, p.Columns[j].Size())
		for c := range open[r] {
			open[r][c] = !p.withinHidden(Category{i, r}, Category{j, c})
		}
	}
	for _, rows := range p.Rows[i].families() {
		for _, columns := range p.Columns[j].families() {
			b := block{
				threshold: p.Threshold, counts: p.counts[i][j], hidden: p.hidden.levels[i][j], open: open, rows: rows, columns: columns,
			}
			p.complementBlock(&b, i, j)
		}
	}
}

// complementBlock completes the cells of one group of rows and one of columns.
func (p *Protected) complementBlock(b *block, i, j int) {
	firstRow, firstColumn := Category{i, b.rows[0]}, Category{j, b.columns[0]}
	const pair = 2
	switch {
	case j == 0 && !p.Hidden(p.Rows.Ancestor(firstRow, i-1), Category{}):
		b.completeLine(b.column(firstColumn.Number), pair)
	case i == 0 && !p.Hidden(Category{}, p.Columns.Ancestor(firstColumn, j-1)):
		b.completeLine(b.row(firstRow.Number), pair)
	case i > 0 && j > 0:
		parentRow, parentColumn := p.Rows.Ancestor(firstRow, i-1), p.Columns.Ancestor(firstColumn, j-1)
		b.shownRows, b.shownColumns = map[int]bool{}, map[int]bool{}
		for _, r := range b.rows {
			b.shownRows[r] = !p.Hidden(Category{i, r}, parentColumn)
		}
		for _, c := range b.columns {
			b.shownColumns[c] = !p.Hidden(parentRow, Category{j, c})
		}
		b.completeCrossing()
	}
}
