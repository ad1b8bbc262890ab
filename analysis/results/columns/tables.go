package columns

import (
	"fmt"
	"sync"

	"hailong/analysis"
)

// tables keeps what was tabulated. Tables are additive: the first question of a
// kind adds up what was counted by profile, and a later one counts only the
// responses that have come since and merges them.
type tables struct {
	mu     sync.Mutex
	counts crossTables[*analysis.CountTable]
	sums   map[string]*crossTables[*analysis.IndexTable] // by index
}

// crossTables are the tables of the same answers by different columns.
type crossTables[T additive[T]] struct {
	profiles cached[T] // by profile; none where responses share few of them
	crossed  map[string]cached[T]
}

type cached[T any] struct {
	table T
	rows  int // that are in it, from the first; 0: there is no table
}

type additive[T any] interface {
	Merge(T) error
	Regroup(analysis.Regrouping) (T, error)
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
	// behind is which part of the responses may be missing from a table by
	// profile before it is brought up to date.
	behind = 8
)

// drop forgets every table: rows are no longer what was tabulated.
func (t *tables) drop() { t.counts, t.sums = crossTables[*analysis.CountTable]{}, nil }

// countAhead counts by profile what most questions need: the answers, and the
// sums of some indexes.
func (v *CampaignView) countAhead(indexes []analysis.Index) error {
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
	t := v.tables
	key := fmt.Sprint(ix)
	if t.sums[key] == nil {
		if t.sums == nil || len(t.sums) >= maxIndexes {
			t.sums = map[string]*crossTables[*analysis.IndexTable]{}
		}
		t.sums[key] = &crossTables[*analysis.IndexTable]{}
	}
	return t.sums[key].by(v, by, func(rows analysis.FixedRows, q analysis.Grouping) (*analysis.IndexTable, error) {
		return rows.TabulateIndex(ix, q)
	})
}

// by returns the table by the crossed columns of a view.
func (c *crossTables[T]) by(v *CampaignView, by []int, tabulate func(analysis.FixedRows, analysis.Grouping) (T, error)) (T, error) {
	key := fmt.Sprint(by)
	rows := v.rows.Rows()
	k := c.crossed[key]
	if k.rows == rows && rows > 0 {
		return k.table, nil
	}
	var none T
	regroup := v.regrouping(by)
	if k.rows == 0 {
		var err error
		if k, err = c.fromProfiles(v, regroup, tabulate); err != nil {
			return none, err
		}
	}
	if k.rows < rows || rows == 0 {
		fresh, err := tabulate(v.rows.Slice(k.rows, rows), analysis.Grouping{Regroup: &regroup})
		if err == nil && k.rows > 0 {
			err = fresh.Merge(k.table)
		}
		if err != nil {
			return none, err
		}
		k = cached[T]{fresh, rows}
	}
	if c.crossed == nil || len(c.crossed) >= maxCrossed {
		c.crossed = map[string]cached[T]{}
	}
	c.crossed[key] = k
	return k.table, nil
}

// fromProfiles makes a table from the one by profile, without rows where there
// is none.
func (c *crossTables[T]) fromProfiles(v *CampaignView, regroup analysis.Regrouping, tabulate func(analysis.FixedRows, analysis.Grouping) (T, error)) (k cached[T], err error) {
	if err := c.count(v, tabulate); err != nil || c.profiles.rows == 0 {
		return k, err
	}
	k.table, err = c.profiles.table.Regroup(regroup)
	k.rows = c.profiles.rows
	return k, err
}

// count brings the table by profile up to date where that pays.
func (c *crossTables[T]) count(v *CampaignView, tabulate func(analysis.FixedRows, analysis.Grouping) (T, error)) error {
	rows := v.rows.Rows()
	if rows < sharing*len(v.profiles) || rows-c.profiles.rows <= rows/behind {
		return nil
	}
	fresh, err := tabulate(v.rows.Slice(c.profiles.rows, rows), analysis.Grouping{By: []int{profileColumn}})
	if err == nil && c.profiles.rows > 0 {
		err = fresh.Merge(c.profiles.table)
	}
	if err != nil {
		return err
	}
	c.profiles = cached[T]{fresh, rows}
	return nil
}

// profileColumn is the one domain column of the responses held.
const profileColumn = 0

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
		g.Cell[number] = uint32(cell) //nolint:gosec // checked by who tabulates
	}
	return g
}
