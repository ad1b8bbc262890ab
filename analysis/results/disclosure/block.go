package disclosure

// block is the cells of one group of rows and one group of columns: the part of
// a table whose sums stand in the coarser tables.
type block struct {
	threshold     int64
	counts        [][]Counts
	hidden        [][]bool
	open          [][]bool // both wholes of the cell are published: only its block can protect it
	rows, columns []int
	// Rows and columns of the block whose sum is published.
	shownRows, shownColumns map[int]bool
}

// cell is a place in the table of the block.
type cell struct{ r, c int }

func (b *block) respondents(at cell) int64 { return b.counts[at.r][at.c].Respondents() }

func (b *block) row(r int) []cell {
	line := make([]cell, len(b.columns))
	for k, c := range b.columns {
		line[k] = cell{r, c}
	}
	return line
}

func (b *block) column(c int) []cell {
	line := make([]cell, len(b.rows))
	for k, r := range b.rows {
		line[k] = cell{r, c}
	}
	return line
}

// completeLine hides further cells of a line whose sum is published, the
// smallest first, until no cell is hidden, or enough are: at least some cells,
// whose respondents together reach the threshold. It stops when no cell is left
// to hide, and reports whether it hid any.
func (b *block) completeLine(line []cell, some int) bool {
	changed := false
	for {
		hidden, sum, next := b.hiddenOf(line)
		if hidden == 0 || next == nil || hidden >= some && sum >= b.threshold {
			return changed
		}
		b.hidden[next.r][next.c] = true
		changed = true
	}
}

// hiddenOf counts the hidden cells of a line that have somebody, and the
// respondents they surely have together. next is the smallest of the others, nil
// where there is none.
func (b *block) hiddenOf(line []cell) (hidden int, respondents int64, next *cell) {
	sum := make(Counts, len(b.counts[b.rows[0]][b.columns[0]]))
	least := int64(0)
	for k, at := range line {
		n := b.respondents(at)
		switch {
		case n == 0:
		case b.hidden[at.r][at.c]:
			hidden++
			sum.add(b.counts[at.r][at.c])
		case next == nil || n < least:
			next, least = &line[k], n
		}
	}
	return hidden, sum.Respondents(), next
}

// completeCrossing hides cells of a block until none can be computed.
func (b *block) completeCrossing() {
	for {
		lines := b.completeLines()
		if rectangles := b.completeRectangles(); !lines && !rectangles {
			return
		}
	}
}

// completeLines completes every row and column whose sum is published, and
// reports whether it hid any cell.
func (b *block) completeLines() bool {
	changed := false
	for _, r := range b.rows {
		if b.shownRows[r] && b.completeLine(b.row(r), 0) {
			changed = true
		}
	}
	for _, c := range b.columns {
		if b.shownColumns[c] && b.completeLine(b.column(c), 0) {
			changed = true
		}
	}
	return changed
}

// completeRectangles puts every hidden cell that only its block can protect on a
// rectangle of hidden cells, and reports whether it hid any cell.
func (b *block) completeRectangles() bool {
	changed := false
	for _, r := range b.rows {
		for _, c := range b.columns {
			at := cell{r, c}
			if b.hidden[r][c] && b.open[r][c] && b.completeRectangle(at) {
				changed = true
			}
		}
	}
	return changed
}

// rectangle is four cells in two rows and two columns: a cell to protect, those
// beside it, and the one across.
type rectangle struct{ corner, inRow, inColumn, across cell }

// protects reports whether respondents can be moved around a rectangle: one
// more in two corners across from each other, and one fewer in the other two, which
// must have one to lose.
func (b *block) protects(q rectangle) bool {
	gains := b.respondents(q.inRow) > 0 && b.respondents(q.inColumn) > 0
	loses := b.respondents(q.corner) > 0 && b.respondents(q.across) > 0
	return gains || loses
}

// cost is what hiding the other corners of a rectangle takes from the reader.
func (b *block) cost(q rectangle) int64 {
	total := int64(0)
	for _, at := range []cell{q.inRow, q.inColumn, q.across} {
		if !b.hidden[at.r][at.c] {
			total += b.respondents(at) + 1
		}
	}
	return total
}

// completeRectangle completes the cheapest rectangle with a cell and reports
// whether it had to hide another one.
func (b *block) completeRectangle(corner cell) bool {
	var best rectangle
	least := int64(-1)
	for _, r := range b.rows {
		for _, c := range b.columns {
			if r == corner.r || c == corner.c {
				continue
			}
			q := rectangle{corner, cell{corner.r, c}, cell{r, corner.c}, cell{r, c}}
			if !b.protects(q) {
				continue
			}
			if total := b.cost(q); least < 0 || total < least {
				least, best = total, q
			}
		}
	}
	switch least {
	case -1:
		return b.hideRowAndColumn(corner)
	case 0:
		return false
	}
	for _, at := range []cell{best.inRow, best.inColumn, best.across} {
		b.hidden[at.r][at.c] = true
	}
	return true
}

// hideRowAndColumn hides the row and column of a cell that no rectangle
// protects. That happens only where every respondent of the block is in one row
// or one column, which the coarser tables then show anyway.
func (b *block) hideRowAndColumn(at cell) bool {
	changed := false
	for _, line := range [][]cell{b.column(at.c), b.row(at.r)} {
		for _, other := range line {
			changed = changed || !b.hidden[other.r][other.c]
			b.hidden[other.r][other.c] = true
		}
	}
	return changed
}
