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
	sum, add, err := summing(v, regroup, tabulate)
	if err != nil {
		return sum, err
	}
	return sum, v.eachSegment(add)
}

// summing makes a table of the responses in memory, and returns what adds those of a segment
// to it. Any number of goroutines may do so.
func summing[T additive[T]](v *CampaignView, regroup *analysis.Regrouping, tabulate tabulator[T]) (sum T, add func(localRows) error, err error) {
	sum, err = tabulate(v.rows, analysis.Grouping{Regroup: regroup})
	var adding sync.Mutex
	return sum, func(local localRows) error {
		t, to, err := tabulateLocal(local, regroup, tabulate)
		if err != nil {
			return err
		}
		adding.Lock()
		defer adding.Unlock()
		return sum.AddCells(t, to)
	}, err
}

// eachSegment visits the responses of segments, decompressed, several at once.
func (v *CampaignView) eachSegment(visit func(localRows) error) error {
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
			return visit(local)
		})
	}
	return group.Wait()
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
		to[i] = uint32(i)
	}
	return t, to, err
}

// countSegmentsAhead makes the tables by profile that most questions need, where they pay,
// in one pass over the segments.
func (v *CampaignView) countSegmentsAhead(indexes []analysis.Index) error {
	if len(v.segments) == 0 || !v.shareProfiles() {
		return nil
	}
	counts, add, err := summing(v, v.profileNumbers(), analysis.FixedRows.Tabulate)
	if err != nil {
		return nil //nolint:nilerr // there are too many profiles: questions are tabulated one by one
	}
	adds := []func(localRows) error{add}
	sums := make([]*analysis.IndexTable, len(indexes))
	for i, ix := range indexes {
		if sums[i], add, err = summing(v, v.profileNumbers(), sumUp(ix)); err != nil {
			return nil //nolint:nilerr // likewise
		}
		adds = append(adds, add)
	}
	err = v.eachSegment(func(local localRows) error {
		for _, add := range adds {
			if err := add(local); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	v.tables.counts.byProfile = &counts
	for i, ix := range indexes {
		v.sumsOf(ix).byProfile = &sums[i]
	}
	return nil
}
