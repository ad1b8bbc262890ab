package analysis

import (
	"fmt"
	"slices"
)

// Gathering puts the codes of one domain column into the cells of a grid. A
// column may number whole combinations of domains (this unit, this form, in
// May); responses are then tabulated by any few of these domains, and a table
// by the column itself adds up to the table by any few without another look at
// the responses.
type Gathering struct {
	Grid
	Domain int      // the column
	Cell   []uint32 // the cell of each of its codes
}

// check reports a gathering that does not fit a column of so many codes.
func (g *Gathering) check(codes int) error {
	cells := 1
	for _, n := range g.Size {
		if cells *= n; cells > maxCounters {
			return fmt.Errorf("the crossed domains make more than %d cells", maxCounters)
		}
	}
	switch {
	case len(g.By) != len(g.Size):
		return fmt.Errorf("a gathering by %d domains has %d sizes", len(g.By), len(g.Size))
	case len(g.Cell) < codes:
		return fmt.Errorf("the column has %d codes and the gathering cells for %d", codes, len(g.Cell))
	}
	for code, cell := range g.Cell[:codes] {
		if int(cell) >= cells {
			return fmt.Errorf("code %d is put into cell %d of %d", code, cell, cells)
		}
	}
	return nil
}

// of checks that a table with the grid t can be gathered.
func (g *Gathering) of(t Grid) error {
	if !slices.Equal(t.By, []int{g.Domain}) {
		return fmt.Errorf("a table by the columns %v cannot be gathered by column %d", t.By, g.Domain)
	}
	return g.check(t.Size[0])
}

// Gather adds up a table by the gathering's column to its grid: the same table
// as Tabulate makes of the responses.
func (t *Table) Gather(g Gathering) (*Table, error) {
	if err := g.of(t.Grid); err != nil {
		return nil, err
	}
	sum, err := newTable(g.Grid, t.items)
	if err != nil {
		return nil, err
	}
	for from, rows := range t.rows {
		sum.rows[g.Cell[from]] += rows
	}
	for j := range t.items {
		for from := range t.rows {
			addTo(sum.slots(int(g.Cell[from]), j), t.slots(from, j))
		}
	}
	return sum, nil
}

// Gather adds up a table by the gathering's column to its grid: the same table
// as TabulateIndex makes of the responses.
func (t *IndexTable) Gather(g Gathering) (*IndexTable, error) {
	if err := g.of(t.Grid); err != nil {
		return nil, err
	}
	sum, err := newIndexTable(g.Grid, t.index)
	if err != nil {
		return nil, err
	}
	sum.total = t.total
	for from := range t.rows {
		sum.addCell(int(g.Cell[from]), t, from)
	}
	return sum, nil
}
