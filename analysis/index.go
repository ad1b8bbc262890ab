package analysis

import (
	"fmt"
)

// IndexTable holds, per cell, the sums over respondents from which an index and
// its standard error follow: for every factor f the points y_f and answers x_f
// of each respondent, their totals and all their cross-products. All are whole
// numbers, so that merging is exact in any order.
type IndexTable struct {
	Grid
	index Index
	total int64   // responses in all cells: the sample
	rows  []int64 // per cell, whether or not anything was answered
	gave  []int64 // per cell, respondents who answered anything, then those of each factor
	sums  []int64 // per cell: y_1..y_F, x_1..x_F
	cross []int64 // per cell: upper triangle of the products of those
}

// TabulateIndex sums an index by the cells of q, in parallel. Its errors tell of
// columns that do not exist, of mixed scales and of more cells than a table may have.
func (s FixedRows) TabulateIndex(ix Index, q Grouping) (*IndexTable, error) {
	grid, err := q.grid(s)
	if err == nil {
		err = q.check(s)
	}
	if err == nil {
		err = ix.check(s)
	}
	if err != nil {
		return nil, err
	}
	t, err := newIndexTable(grid, ix)
	if err != nil {
		return nil, err
	}
	cells := grid.Cells()

	// Points and answers of a code in one number: an answer counts 1 in the low
	// half, its points go to the high half.
	var packed [256]uint32
	for code := 1; code < len(ix.Scoring.Points); code++ {
		packed[code] = uint32(ix.Scoring.Points[code])<<16 | 1 //nolint:gosec // points are 0 to 100
	}
	type sums struct {
		place []uint32
		given [][]uint32 // per factor and row of the block
		table *IndexTable
	}
	start := func() *sums {
		acc := &sums{place: make([]uint32, blockRows), table: &IndexTable{index: ix}}
		for range ix.Factors {
			acc.given = append(acc.given, make([]uint32, blockRows))
		}
		acc.table.alloc(cells + 1)
		return acc
	}
	work := func(acc *sums, low, high int) {
		place := acc.place[:high-low]
		if q.place(s, grid, low, place, uint32(cells)) == 0 { //nolint:gosec // Check bounds the cells
			return
		}
		for f, items := range ix.Factors {
			given := acc.given[f][:high-low]
			clear(given)
			for _, j := range items {
				for i, code := range s.items[j][low:high] {
					given[i] += packed[code]
				}
			}
		}
		acc.table.add(place, acc.given)
	}
	finish := func(acc *sums) {
		from := acc.table
		for _, rows := range from.rows[:cells] {
			t.total += rows
		}
		addTo(t.rows, from.rows)
		addTo(t.gave, from.gave)
		addTo(t.sums, from.sums)
		addTo(t.cross, from.cross)
	}
	eachBlock(s.rows, start, work, finish)
	return t, nil
}

// newIndexTable makes a table of zeros. Its error tells of more cells than a
// table may have.
func newIndexTable(grid Grid, ix Index) (*IndexTable, error) {
	wide := 2 * len(ix.Factors)
	cells := grid.Cells()
	if (cells+1)*(wide*(wide+1)/2+2*wide) > MaxCounters {
		return nil, fmt.Errorf("the index table would have more than %d sums: cross fewer domains", MaxCounters)
	}
	t := &IndexTable{Grid: grid, index: ix}
	t.alloc(cells)
	return t, nil
}

func (t *IndexTable) alloc(cells int) {
	wide := 2 * len(t.index.Factors)
	t.rows = make([]int64, cells)
	t.gave = make([]int64, cells*(1+len(t.index.Factors)))
	t.sums = make([]int64, cells*wide)
	t.cross = make([]int64, cells*wide*(wide+1)/2)
}

// add sums a block: the cell of each row, and per factor its packed points and answers.
func (t *IndexTable) add(place []uint32, given [][]uint32) {
	factors := len(given)
	wide := 2 * factors
	products := wide * (wide + 1) / 2
	var value [2 * maxFactors]int64
	for i, cell := range place {
		t.rows[cell]++
		var answers int64
		for f := range given {
			g := given[f][i]
			value[f] = int64(g >> 16)
			value[factors+f] = int64(g & 0xffff)
			answers += int64(g & 0xffff)
		}
		if answers == 0 {
			continue
		}
		gave := t.gave[int(cell)*(1+factors):][:1+factors]
		gave[0]++
		for f := range factors {
			if value[factors+f] > 0 {
				gave[1+f]++
			}
		}
		sums := t.sums[int(cell)*wide:][:wide]
		cross := t.cross[int(cell)*products:][:products]
		at := 0
		for a := range wide {
			va := value[a]
			sums[a] += va
			row := cross[at : at+wide-a]
			for b := range row {
				row[b] += va * value[a+b]
			}
			at += wide - a
		}
	}
}

func addTo(to, from []int64) {
	for i := range to {
		to[i] += from[i]
	}
}

// Rows is the number of responses in a cell, Total that of all cells.
func (t *IndexTable) Rows(cell int) int64 { return t.rows[cell] }

// Total is the number of responses in the table: the sample the variance refers to.
func (t *IndexTable) Total() int64 { return t.total }

// Merge adds the sums of o, which must be of the same index and crossed
// columns; the larger of both grids results. The order of merging makes no
// difference.
func (t *IndexTable) Merge(o *IndexTable) error {
	grid, ok := t.union(o.Grid)
	if !ok || !t.index.equal(o.index) {
		return errUnlike
	}
	sum := &IndexTable{Grid: grid, index: t.index, total: t.total + o.total}
	sum.alloc(grid.Cells())
	for _, part := range []*IndexTable{t, o} {
		for from := range part.rows {
			cell, _ := grid.Cell(part.Codes(from)...)
			sum.addCell(cell, part, from)
		}
	}
	*t = *sum
	return nil
}

// AddCells adds the cells of a table of the same index to cells of t: cell i to cell to[i].
// The grids may differ. The order of adding makes no difference.
func (t *IndexTable) AddCells(o *IndexTable, to []uint32) error {
	if !t.index.equal(o.index) || !fits(to, o.Cells(), t.Cells()) {
		return errUnlike
	}
	t.total += o.total
	for from, cell := range to {
		if o.rows[from] > 0 {
			t.addCell(int(cell), o, from)
		}
	}
	return nil
}

// addCell adds a cell of another table of the same index to one of t.
func (t *IndexTable) addCell(cell int, o *IndexTable, from int) {
	wide := 2 * len(t.index.Factors)
	products := wide * (wide + 1) / 2
	t.rows[cell] += o.rows[from]
	addTo(t.gave[cell*(1+wide/2):][:1+wide/2], o.gave[from*(1+wide/2):])
	addTo(t.sums[cell*wide:][:wide], o.sums[from*wide:])
	addTo(t.cross[cell*products:][:products], o.cross[from*products:])
}
