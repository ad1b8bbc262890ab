package columns

import (
	"fmt"
	"sync"

	"hailong/analysis"
)

// tables keeps what was tabulated of responses that do not change. A table by some
// columns is added up from the one by profile where there is one.
type tables struct {
	mu     sync.Mutex
	counts crossTables[*analysis.CountTable]
	sums   map[string]*crossTables[*analysis.IndexTable] // by index
}

// crossTables are the tables of the same answers by different columns.
type crossTables[T additive[T]] struct {
	byProfile *T // nil: not counted yet, or not worth it
	crossed   map[string]T
}

// Bounds of the memory of tables; a page asks for about twenty, of one or two
// indexes.
const (
	maxCrossed = 200
	maxIndexes = 32
	// sharing is how many responses a profile must have on average for a table
	// by profile to pay: it then takes less memory than the responses, and
	// adding it up less time than counting them.
	sharing = 64
)

// countAhead counts by profile what most questions need: the answers, and the
// sums of some indexes.
func (s *campaignColumns) countAhead(ahead func(*ItemLayout) []analysis.Index) error {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	v := s.view()
	indexes := ahead(v.Layout)
	if err := v.countSegmentsAhead(indexes); err != nil {
		return err
	}
	if _, err := v.Count(); err != nil {
		return err
	}
	for _, ix := range indexes {
		if _, err := v.Sum(ix); err != nil {
			return err
		}
	}
	return nil
}

// Count returns the counts of all items by crossed domain columns; of everybody
// by none. The table is kept: it must not be changed.
func (v *CampaignView) Count(by ...int) (*analysis.CountTable, error) {
	return v.tables.counts.by(v, by, analysis.FixedRows.Tabulate)
}

// Sum returns the sums of an index by crossed domain columns; of everybody by
// none. The table is kept: it must not be changed.
func (v *CampaignView) Sum(ix analysis.Index, by ...int) (*analysis.IndexTable, error) {
	return v.sumsOf(ix).by(v, by, sumUp(ix))
}

// SumApart returns the sums of an index in two cells: in cell 1 of the responses that
// apart chooses by their codes in the domain columns, in cell 0 of the others. It is
// added up at every call.
func (v *CampaignView) SumApart(ix analysis.Index, apart func(codes [DomainColumns]uint32) bool) (*analysis.IndexTable, error) {
	g := analysis.Regrouping{Grid: analysis.Grid{By: []int{profileColumn}, Size: []int{2}}, Domain: profileColumn, Cell: make([]uint32, len(v.profiles))}
	for number, p := range v.profiles {
		if apart(p) {
			g.Cell[number] = 1
		}
	}
	return v.sumsOf(ix).tabulate(v, &g, sumUp(ix))
}

// sumUp tabulates an index.
func sumUp(ix analysis.Index) func(analysis.FixedRows, analysis.Grouping) (*analysis.IndexTable, error) {
	return func(rows analysis.FixedRows, q analysis.Grouping) (*analysis.IndexTable, error) {
		return rows.TabulateIndex(ix, q)
	}
}

// sumsOf are the tables of an index that are kept.
func (v *CampaignView) sumsOf(ix analysis.Index) *crossTables[*analysis.IndexTable] {
	t := v.tables
	key := fmt.Sprint(ix)
	if t.sums[key] == nil {
		if t.sums == nil || len(t.sums) >= maxIndexes {
			t.sums = map[string]*crossTables[*analysis.IndexTable]{}
		}
		t.sums[key] = &crossTables[*analysis.IndexTable]{}
	}
	return t.sums[key]
}

// by returns the table by the crossed columns of a view.
func (c *crossTables[T]) by(v *CampaignView, by []int, tabulate tabulator[T]) (T, error) {
	key := fmt.Sprint(by)
	if t, ok := c.crossed[key]; ok {
		return t, nil
	}
	regroup := v.regrouping(by)
	t, err := c.tabulate(v, &regroup, tabulate)
	if err != nil {
		return t, err
	}
	if c.crossed == nil || len(c.crossed) >= maxCrossed {
		c.crossed = map[string]T{}
	}
	c.crossed[key] = t
	return t, nil
}

// tabulate makes a table, from the one by profile where that pays.
func (c *crossTables[T]) tabulate(v *CampaignView, regroup *analysis.Regrouping, tabulate tabulator[T]) (T, error) {
	if !v.shareProfiles() {
		return tabulateAll(v, regroup, tabulate)
	}
	if c.byProfile == nil {
		t, err := tabulateAll(v, v.profileNumbers(), tabulate)
		if err != nil { // by so many profiles it would be too large
			return tabulateAll(v, regroup, tabulate)
		}
		c.byProfile = &t
	}
	return (*c.byProfile).Regroup(*regroup)
}

// shareProfiles reports whether tables by profile pay.
func (v *CampaignView) shareProfiles() bool {
	n := v.Responses()
	return n > 0 && n >= sharing*len(v.profiles)
}

// profileColumn is the one domain column of the responses held.
const profileColumn = 0

// profileNumbers puts each profile into a cell of its own.
func (v *CampaignView) profileNumbers() *analysis.Regrouping {
	g := analysis.Regrouping{
		Grid:   analysis.Grid{By: []int{profileColumn}, Size: []int{len(v.profiles)}},
		Domain: profileColumn, Cell: make([]uint32, len(v.profiles)),
	}
	for i := range g.Cell {
		g.Cell[i] = uint32(i)
	}
	return &g
}

// regrouping puts profiles into the cells of the crossed columns.
func (v *CampaignView) regrouping(by []int) analysis.Regrouping {
	g := analysis.Regrouping{
		Grid:   analysis.Grid{By: by, Size: make([]int, len(by))},
		Domain: profileColumn,
		Cell:   make([]uint32, len(v.profiles)),
	}
	for _, p := range v.profiles {
		for k, col := range by {
			g.Size[k] = max(g.Size[k], int(p[col])+1)
		}
	}
	for number, p := range v.profiles {
		cell := 0
		for k, col := range by {
			cell = cell*g.Size[k] + int(p[col])
		}
		g.Cell[number] = uint32(cell) // checked by who tabulates
	}
	return g
}
