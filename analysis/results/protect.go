package results

import "slices"

// An axis is one way of dividing respondents, from coarse to fine: all, units,
// schools. A tier is one level of it; the first tier of every axis is the
// single group of all.
type axis []tier

// tier is a division whose groups lie within the groups of the tier above.
type tier struct {
	up []int // for each group, its place in the tier above; the first tier: {-1}
	// order lists the groups as they are tried; nil: by number. Numbers depend
	// on who answered first, and of two equal groups the same one must be
	// hidden after a restart.
	order []int
}

func (t tier) size() int { return len(t.up) }

// all is the first tier of every axis.
var all = tier{up: []int{-1}}

// tally counts the answers of a group, item by item. Its reach is how many
// respondents it surely has.
type tally []int64

func (t tally) reach() int64 {
	if len(t) == 0 {
		return 0
	}
	return slices.Max(t)
}

func (t tally) add(o tally) {
	for i, n := range o {
		t[i] += n
	}
}

// grid says which groups of two crossed axes must not be shown.
//
// Every cell of every pair of tiers is treated as a table somewhere published,
// for who reads one table can read another. hidden[i][j][r][c] is the cell of
// group r of tier i of the rows and group c of tier j of the columns.
//
// The guarantee is one of linear algebra. For every hidden cell there is a way
// to move respondents between hidden cells that changes it and changes no
// published number, neither in these tables nor in a table of either axis with
// a third one. So no sum and difference of published numbers equals a hidden
// one. In detail:
//
//   - A cell is hidden if it is too small, or if the whole it is a part of is
//     hidden on either axis, or if it is given as hidden. So a respondent can be moved between two hidden
//     groups of a line unseen: their rows are hidden altogether.
//   - Hidden groups of a published line number at least two and hold together
//     at least the threshold, because their sum is the difference of published
//     numbers.
//   - A hidden cell whose row and column are both published lies on a
//     rectangle of hidden cells: one respondent more here and there, one less
//     in the other two corners, and all sums stay. The corners that lose one
//     have one to lose, so the rectangle holds against a reader who knows that
//     there are no negative numbers.
type grid struct {
	rows, cols axis
	threshold  int64
	at         func(i, j int) [][]tally
	// pinned hides groups of a tier of the rows that another table of the same
	// axis hides.
	pinned map[int][]bool
	// given reports what other tables hide, for any reason; nil: nothing. What
	// is given is hidden here too, and completed by the counts of this grid.
	given func(i, j, r, c int) bool

	cells  [][][][]tally
	hidden [][][][]bool
}

// protect fills g.hidden.
func (g *grid) protect() {
	g.cells = make([][][][]tally, len(g.rows))
	g.hidden = make([][][][]bool, len(g.rows))
	for i := range g.rows {
		g.cells[i] = make([][][]tally, len(g.cols))
		g.hidden[i] = make([][][]bool, len(g.cols))
		for j := range g.cols {
			g.cells[i][j] = g.at(i, j)
			g.hide(i, j)
		}
	}
}

// hide decides on the table of tier i by tier j. Coarser tables are done.
func (g *grid) hide(i, j int) {
	rows, cols, cells := g.rows[i], g.cols[j], g.cells[i][j]
	hidden := make([][]bool, rows.size())
	g.hidden[i][j] = hidden
	// Of an open cell both wholes are published: only its own row and column
	// of the block can protect it.
	open := make([][]bool, rows.size())
	for r := range hidden {
		hidden[r] = make([]bool, cols.size())
		open[r] = make([]bool, cols.size())
		for c := range hidden[r] {
			within := i > 0 && g.hidden[i-1][j][rows.up[r]][c] || j > 0 && g.hidden[i][j-1][r][cols.up[c]]
			pinned := j == 0 && g.pinned[i] != nil && g.pinned[i][r]
			given := g.given != nil && g.given(i, j, r, c)
			n := cells[r][c].reach()
			hidden[r][c] = within || pinned || given || 0 < n && n < g.threshold
			open[r][c] = !within
		}
	}
	for _, rs := range rows.families() {
		for _, cs := range cols.families() {
			b := block{threshold: g.threshold, cells: cells, hidden: hidden, open: open, rows: rs, cols: cs}
			switch {
			case i == 0 && j == 0 || j == 0 && g.pinned[i] != nil: // nothing to do, or done in the other table
			case j == 0 && !g.hidden[i-1][0][rows.up[rs[0]]][0]:
				b.line(column(rs, cs[0]), 2)
			case i == 0 && !g.hidden[0][j-1][0][cols.up[cs[0]]]:
				b.line(row(rs[0], cs), 2)
			case i > 0 && j > 0:
				b.cross(
					func(r int) bool { return !g.hidden[i][j-1][r][cols.up[cs[0]]] },
					func(c int) bool { return !g.hidden[i-1][j][rows.up[rs[0]]][c] },
				)
			}
		}
	}
}

// empty reports whether a group is shown to have nobody in it.
func (g *grid) empty(i, j, r, c int) bool {
	return !g.hidden[i][j][r][c] && g.cells[i][j][r][c].reach() == 0
}

// families lists the groups of a tier by the group above.
func (t tier) families() [][]int {
	var families [][]int
	place := map[int]int{}
	for k := range t.up {
		i := k
		if t.order != nil {
			i = t.order[k]
		}
		up := t.up[i]
		f, ok := place[up]
		if !ok {
			f = len(families)
			place[up] = f
			families = append(families, nil)
		}
		families[f] = append(families[f], i)
	}
	return families
}

// block is the cells of one group of rows and one group of columns: the part
// of a table whose sums stand in the coarser tables.
type block struct {
	threshold    int64
	cells        [][]tally
	hidden, open [][]bool
	rows, cols   []int
}

type place struct{ r, c int }

func row(r int, cols []int) []place {
	line := make([]place, len(cols))
	for k, c := range cols {
		line[k] = place{r, c}
	}
	return line
}

func column(rows []int, c int) []place {
	line := make([]place, len(rows))
	for k, r := range rows {
		line[k] = place{r, c}
	}
	return line
}

// line hides cells of a line whose sum is published, smallest first, until
// those hidden are none, or number at least some and hold the threshold
// together. It reports whether it hid any.
func (b *block) line(line []place, some int) bool {
	changed := false
	for {
		count := 0
		sum := make(tally, len(b.cells[b.rows[0]][b.cols[0]]))
		next, least := place{-1, -1}, int64(0)
		for _, p := range line {
			n := b.cells[p.r][p.c].reach()
			switch {
			case n == 0:
			case b.hidden[p.r][p.c]:
				count++
				sum.add(b.cells[p.r][p.c])
			case next.r < 0 || n < least:
				next, least = p, n
			}
		}
		if count == 0 || next.r < 0 || count >= some && sum.reach() >= b.threshold {
			return changed
		}
		b.hidden[next.r][next.c] = true
		changed = true
	}
}

// cross hides cells of a block until none can be computed. rowShown and
// colShown tell whether the sum of a row or column is published.
func (b *block) cross(rowShown, colShown func(int) bool) {
	for changed := true; changed; {
		changed = false
		for _, r := range b.rows {
			if rowShown(r) && b.line(row(r, b.cols), 0) {
				changed = true
			}
		}
		for _, c := range b.cols {
			if colShown(c) && b.line(column(b.rows, c), 0) {
				changed = true
			}
		}
		for _, r := range b.rows {
			for _, c := range b.cols {
				if b.hidden[r][c] && b.open[r][c] && b.rectangle(r, c) {
					changed = true
				}
			}
		}
	}
}

// rectangle completes the cheapest rectangle of hidden cells with a corner at
// (r, c) and reports whether it had to hide a cell. The corners that share the
// sign of (r, c) may be empty, the other two may not; or, if (r, c) holds
// somebody, the other way round.
func (b *block) rectangle(r, c int) bool {
	var best [3]place
	least := int64(-1)
	n := func(r, c int) int64 { return b.cells[r][c].reach() }
	cost := func(r, c int) int64 {
		if b.hidden[r][c] {
			return 0
		}
		return n(r, c) + 1
	}
	for _, r2 := range b.rows {
		if r2 == r {
			continue
		}
		for _, c2 := range b.cols {
			if c2 == c {
				continue
			}
			gains := n(r, c2) > 0 && n(r2, c) > 0
			loses := n(r, c) > 0 && n(r2, c2) > 0
			if !gains && !loses {
				continue
			}
			if total := cost(r, c2) + cost(r2, c) + cost(r2, c2); least < 0 || total < least {
				least, best = total, [3]place{{r, c2}, {r2, c}, {r2, c2}}
			}
			if least == 0 {
				return false
			}
		}
	}
	if least < 0 {
		return b.everything(r, c)
	}
	for _, k := range best {
		b.hidden[k.r][k.c] = true
	}
	return true
}

// everything hides the row and column of a cell that no rectangle protects.
// That happens only where every respondent of the block is in one row or one
// column, which the coarser tables then show anyway.
func (b *block) everything(r, c int) bool {
	changed := false
	for _, r2 := range b.rows {
		changed = changed || !b.hidden[r2][c]
		b.hidden[r2][c] = true
	}
	for _, c2 := range b.cols {
		changed = changed || !b.hidden[r][c2]
		b.hidden[r][c2] = true
	}
	return changed
}

// lift is the group of tier to in which group k of the finer tier from lies.
func (a axis) lift(from, to, k int) int {
	for ; from > to; from-- {
		k = a[from].up[k]
	}
	return k
}
