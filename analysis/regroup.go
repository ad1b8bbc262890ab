package analysis

import (
	"fmt"
	"slices"
)

// Regrouping puts the codes of one domain column into the cells of a grid. A
// column may number whole combinations of domains (this unit, this form, in
// May); responses are then tabulated by any few of these domains, and a table
// by the column itself adds up to the table by any few without another look at
// the responses.
type Regrouping struct {
	Grid
	Domain int      // the column
	Cell   []uint32 // the cell of each of its codes
}

// check reports a regrouping that does not fit a column of so many codes.
func (g *Regrouping) check(codes int) error {
	cells := 1
	for _, n := range g.Size {
		if cells *= n; cells > MaxCounters {
			return fmt.Errorf("the crossed domains make more than %d cells", MaxCounters)
		}
	}
	switch {
	case len(g.By) != len(g.Size):
		return fmt.Errorf("a regrouping by %d domains has %d sizes", len(g.By), len(g.Size))
	case len(g.Cell) < codes:
		return fmt.Errorf("the column has %d codes and the regrouping cells for %d", codes, len(g.Cell))
	}
	for code, cell := range g.Cell[:codes] {
		if int(cell) >= cells {
			return fmt.Errorf("code %d is put into cell %d of %d", code, cell, cells)
		}
	}
	return nil
}

// of checks that a table with the grid t can be regrouped.
func (g *Regrouping) of(t Grid) error {
	if !slices.Equal(t.By, []int{g.Domain}) {
		return fmt.Errorf("a table by the columns %v cannot be regrouped by column %d", t.By, g.Domain)
	}
	return g.check(t.Size[0])
}

// Regroup adds up a table by the regrouping's column to its grid: the same table
// as Tabulate makes of the responses.
func (t *CountTable) Regroup(g Regrouping) (*CountTable, error) {
	if err := g.of(t.Grid); err != nil {
		return nil, err
	}
	sum, err := newCountTable(g.Grid, t.items)
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

// Regroup adds up a table by the regrouping's column to its grid: the same table
// as TabulateIndex makes of the responses.
func (t *IndexTable) Regroup(g Regrouping) (*IndexTable, error) {
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
