package analysis

import (
	"errors"
	"fmt"
	"slices"
)

// CountTable counts the answers of every item by cell. Its counts are exact and
// additive: tables of disjoint responses merge to the table of all of them.
type CountTable struct {
	Grid
	items  []Question
	stride int
	rows   []int64 // per cell
	counts []int64 // item, cell, slot: 0 missing, 1..Codes, then not applicable
}

// Tabulate counts the answers of all items by the cells of q, in parallel, with
// no allocation per row. Its errors tell of a domain column that does not exist
// or of more cells than a table may have.
func (s FixedRows) Tabulate(q Grouping) (*CountTable, error) {
	grid, err := q.grid(s)
	if err == nil {
		err = q.check(s)
	}
	if err != nil {
		return nil, err
	}
	t, err := newCountTable(grid, s.Schema().Items)
	if err != nil {
		return nil, err
	}
	cells := grid.Cells()
	luts := make([]*[256]uint8, len(t.items))
	for j, item := range t.items {
		luts[j] = item.Slots()
	}

	// One cell more than the table has takes the rows that are left out.
	type tally struct{ place, rows, counts []uint32 }
	start := func() *tally {
		return &tally{
			place:  make([]uint32, blockRows),
			rows:   make([]uint32, cells+1),
			counts: make([]uint32, len(t.items)*(cells+1)*t.stride),
		}
	}
	work := func(acc *tally, low, high int) {
		place := acc.place[:high-low]
		if q.place(s, grid, low, place, uint32(cells)) == 0 { //nolint:gosec // Check bounds the cells
			return
		}
		stride := uint32(t.stride) //nolint:gosec // codes of all items, some thousand
		for i, cell := range place {
			acc.rows[cell]++
			place[i] = cell * stride
		}
		for j, col := range s.items {
			lut := luts[j]
			counts := acc.counts[j*(cells+1)*t.stride : (j+1)*(cells+1)*t.stride]
			for i, code := range col[low:high] {
				counts[place[i]+uint32(lut[code])]++
			}
		}
	}
	finish := func(acc *tally) {
		for cell := range t.rows {
			t.rows[cell] += int64(acc.rows[cell])
		}
		for j := range t.items {
			from := acc.counts[j*(cells+1)*t.stride:]
			for i, to := 0, t.counts[j*cells*t.stride:(j+1)*cells*t.stride]; i < len(to); i++ {
				to[i] += int64(from[i])
			}
		}
	}
	eachBlock(s.rows, start, work, finish)
	return t, nil
}

// newCountTable makes a table of zeros. Its error tells of more cells than a table
// may have.
func newCountTable(grid Grid, items []Question) (*CountTable, error) {
	t := &CountTable{Grid: grid, items: items}
	for _, item := range items {
		t.stride = max(t.stride, int(item.Codes)+2)
	}
	cells := grid.Cells()
	if (cells+1)*max(1, t.stride*len(items)) > MaxCounters {
		return nil, fmt.Errorf("the table would have more than %d counts: cross fewer domains", MaxCounters)
	}
	t.rows = make([]int64, cells)
	t.counts = make([]int64, len(items)*cells*t.stride)
	return t, nil
}

func (t *CountTable) slots(cell, item int) []int64 {
	at := (item*t.Cells() + cell) * t.stride
	return t.counts[at : at+int(t.items[item].Codes)+2]
}

// Rows is the number of responses in a cell.
func (t *CountTable) Rows(cell int) int64 { return t.rows[cell] }

// Counts are the answers to an item in a cell, Counts()[c-1] those with code c.
// The slice belongs to the table.
func (t *CountTable) Counts(cell, item int) []int64 {
	s := t.slots(cell, item)
	return s[1 : len(s)-1]
}

// Answered is the number of answers to an item in a cell: the denominator of its figures.
func (t *CountTable) Answered(cell, item int) int64 {
	var n int64
	for _, count := range t.Counts(cell, item) {
		n += count
	}
	return n
}

// Missing is the number of responses in a cell that left the item open.
func (t *CountTable) Missing(cell, item int) int64 { return t.slots(cell, item)[0] }

// NotApplicable is the number of responses in a cell that said "don't know" or
// that the item does not apply.
func (t *CountTable) NotApplicable(cell, item int) int64 {
	s := t.slots(cell, item)
	return s[len(s)-1]
}

var errUnlike = errors.New("the tables have different items, domains or scoring and cannot be merged")

// Merge adds the counts of o, which must have the same items and crossed
// columns; the larger of both grids results. The order of merging makes no
// difference.
func (t *CountTable) Merge(o *CountTable) error {
	grid, ok := t.union(o.Grid)
	if !ok || !slices.Equal(t.items, o.items) {
		return errUnlike
	}
	cells := grid.Cells()
	sum := &CountTable{Grid: grid, items: t.items, stride: t.stride, rows: make([]int64, cells), counts: make([]int64, len(t.items)*cells*t.stride)}
	for _, part := range []*CountTable{t, o} {
		for from, rows := range part.rows {
			cell, _ := grid.Cell(part.Codes(from)...)
			sum.rows[cell] += rows
			for j := range t.items {
				to := sum.slots(cell, j)
				for i, count := range part.slots(from, j) {
					to[i] += count
				}
			}
		}
	}
	*t = *sum
	return nil
}

// AddCells adds the cells of a table of the same items to cells of t: cell i to cell to[i].
// The grids may differ. The order of adding makes no difference.
func (t *CountTable) AddCells(o *CountTable, to []uint32) error {
	if !slices.Equal(t.items, o.items) || !fits(to, o.Cells(), t.Cells()) {
		return errUnlike
	}
	for from, cell := range to {
		t.rows[cell] += o.rows[from]
	}
	for j := range t.items {
		for from, cell := range to {
			if o.rows[from] > 0 {
				addTo(t.slots(int(cell), j), o.slots(from, j))
			}
		}
	}
	return nil
}

// fits reports whether each of so many cells has a place among others.
func fits(to []uint32, cells, among int) bool {
	return len(to) == cells && !slices.ContainsFunc(to, func(cell uint32) bool { return int(cell) >= among })
}
