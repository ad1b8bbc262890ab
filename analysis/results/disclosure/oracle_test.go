package disclosure

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// reader enumerates every table of non-negative whole numbers that agrees with
// what is shown of a table.
type reader struct {
	free   []groupPair // finest cells whose count is not known
	in     [][]int     // by free cell: the shown sums that it is a part of
	left   []int64     // by shown sum: what its unassigned cells hold together
	last   [][]int     // by free cell: the shown sums of which it is the last part
	counts []int64     // by free cell: as assigned
	most   int64       // of a cell that no shown sum bounds
}

// newReader knows the shown cells of a table.
func newReader(t TwoWay, p *Protected) *reader {
	d := &reader{most: 3}
	known := map[groupPair]int64{}
	for r := range t.Counts {
		for c := range t.Counts[r] {
			at := groupPair{Category{t.Rows.Finest(), r}, Category{t.Columns.Finest(), c}}
			n := p.Counts(at.row, at.column).Respondents()
			switch {
			case !p.Hidden(at.row, at.column):
				known[at] = n
			default:
				d.free = append(d.free, at)
			}
			d.most = max(d.most, n+1)
		}
	}
	d.counts, d.in, d.last = make([]int64, len(d.free)), make([][]int, len(d.free)), make([][]int, len(d.free))
	for _, cell := range cellsOf(p) {
		if p.Hidden(cell.row, cell.column) {
			continue
		}
		left := p.Counts(cell.row, cell.column).Respondents()
		for at, n := range known {
			if p.within(at, cell) {
				left -= n
			}
		}
		sum, parts := len(d.left), 0
		for k, at := range d.free {
			if p.within(at, cell) {
				d.in[k] = append(d.in[k], sum)
				parts = k + 1
			}
		}
		if parts > 0 {
			d.left = append(d.left, left)
			d.last[parts-1] = append(d.last[parts-1], sum)
		}
	}
	return d
}

// within reports whether a finest cell is a part of a cell.
func (p *Protected) within(at, cell groupPair) bool {
	return p.Rows.Ancestor(at.row, cell.row.Level) == cell.row && p.Columns.Ancestor(at.column, cell.column.Level) == cell.column
}

// each calls visit with the counts of every table that the reader cannot rule
// out, until visit returns false.
func (d *reader) each(visit func() bool) bool { return d.assign(0, visit) }

func (d *reader) assign(k int, visit func() bool) bool {
	if k == len(d.free) {
		return visit()
	}
	most := d.most
	for _, sum := range d.in[k] {
		most = min(most, d.left[sum])
	}
	for n := int64(0); n <= most; n++ {
		d.counts[k] = n
		for _, sum := range d.in[k] {
			d.left[sum] -= n
		}
		goOn := true
		if d.complete(k) {
			goOn = d.assign(k+1, visit)
		}
		for _, sum := range d.in[k] {
			d.left[sum] += n
		}
		if !goOn {
			return false
		}
	}
	return true
}

// complete reports whether the shown sums of which a cell is the last part come
// out.
func (d *reader) complete(k int) bool {
	for _, sum := range d.last[k] {
		if d.left[sum] != 0 {
			return false
		}
	}
	return true
}

// determined lists the hidden cells with somebody in them whose count is the same
// in every table that the reader cannot rule out. tables is how many were looked
// at; no more than needed.
func (d *reader) determined(p *Protected) (cells []groupPair, tables int) {
	single := map[groupPair]int64{} // of the first table
	for _, cell := range cellsOf(p) {
		if p.Hidden(cell.row, cell.column) && p.Counts(cell.row, cell.column).Respondents() > 0 {
			single[cell] = -1
		}
	}
	d.each(func() bool {
		tables++
		for cell, first := range single {
			n := int64(0)
			for k, at := range d.free {
				if p.within(at, cell) {
					n += d.counts[k]
				}
			}
			switch {
			case first < 0:
				single[cell] = n
			case first != n:
				delete(single, cell)
			}
		}
		return len(single) > 0
	})
	for cell := range single {
		cells = append(cells, cell)
	}
	return cells, tables
}

// smallHierarchy draws all, and groups, and perhaps groups of groups.
func smallHierarchy(t *rapid.T, name string) Hierarchy {
	h := flat(rapid.IntRange(1, 3).Draw(t, name))
	if rapid.Bool().Draw(t, name+" divided") {
		fine := Level{}
		for range rapid.IntRange(1, 4).Draw(t, name+" finer") {
			fine.Parent = append(fine.Parent, rapid.IntRange(0, h[1].Size()-1).Draw(t, name+" within"))
		}
		h = append(h, fine)
	}
	return h
}

// A reader who knows what is shown at all levels, and that no count is negative,
// enumerates the tables that are left. No hidden cell that has somebody in it is
// the same in all of them.
func TestNoHiddenCellIsDetermined(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := TwoWay{Rows: smallHierarchy(t, "rows"), Columns: smallHierarchy(t, "columns"), Threshold: 3}
		for range table.Rows[table.Rows.Finest()].Size() {
			var row []Counts
			for range table.Columns[table.Columns.Finest()].Size() {
				row = append(row, Counts{rapid.SampledFrom([]int64{0, 0, 0, 1, 1, 2, 3, 4}).Draw(t, "n")})
			}
			table.Counts = append(table.Counts, row)
		}
		p := Protect(table)
		for _, cell := range cellsOf(p) {
			if n := p.Counts(cell.row, cell.column).Respondents(); !p.Hidden(cell.row, cell.column) && 0 < n && n < table.Threshold {
				t.Fatalf("%+v shows %d respondents", cell, n)
			}
		}
		if cells, _ := newReader(table, p).determined(p); len(cells) > 0 {
			t.Errorf("%v: determined: %s", table.Counts, fmt.Sprint(cells))
		}
	})
}
