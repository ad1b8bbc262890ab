package columns

import (
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"hailong/analysis"
)

// additive is a table of some responses to which those of others can be added.
type additive[T any] interface {
	Regroup(analysis.Regrouping) (T, error)
	AddCells(o T, to []uint32) error
}

// tabulator makes a table of rows.
type tabulator[T any] func(analysis.FixedRows, analysis.Grouping) (T, error)

// tabulateAll makes a table of all responses of a view: those in memory and, decompressed
// one segment after the other, those of segments.
func tabulateAll[T additive[T]](v *CampaignView, regroup *analysis.Regrouping, tabulate tabulator[T]) (T, error) {
	sum, err := tabulate(v.rows, analysis.Grouping{Regroup: regroup})
	if err != nil || len(v.segments) == 0 {
		return sum, err
	}
	var adding sync.Mutex
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	schema := v.rows.Schema()
	for _, rows := range v.segments {
		if rows.held == 0 {
			continue
		}
		group.Go(func() error {
			local, err := rows.open(&schema)
			if err != nil {
				return err
			}
			t, to, err := tabulateLocal(local, regroup, tabulate)
			if err != nil {
				return err
			}
			adding.Lock()
			defer adding.Unlock()
			return sum.AddCells(t, to)
		})
	}
	return sum, group.Wait()
}

// tabulateLocal makes a table of the rows of a segment, and says to which cell each of its
// cells is to be added. It is by the cells of the sum or by the profiles of the segment,
// whichever are fewer.
func tabulateLocal[T any](local localRows, regroup *analysis.Regrouping, tabulate tabulator[T]) (t T, to []uint32, err error) {
	cells := make([]uint32, len(local.profiles))
	for i, profile := range local.profiles {
		cells[i] = regroup.Cell[profile]
	}
	if regroup.Cells() >= len(cells) {
		t, err = tabulate(local.FixedRows, analysis.Grouping{By: []int{profileColumn}, Omit: local.omit})
		return t, cells, err
	}
	t, err = tabulate(local.FixedRows, analysis.Grouping{
		Regroup: &analysis.Regrouping{Grid: regroup.Grid, Domain: profileColumn, Cell: cells}, Omit: local.omit,
	})
	to = make([]uint32, regroup.Cells())
	for i := range to {
		to[i] = uint32(i) //nolint:gosec // cells of a table
	}
	return t, to, err
}
