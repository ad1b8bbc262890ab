package analysis

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Parts of responses that are counted by numbers of their own, and added cell by cell, make
// the table of all of them.
func TestAddCells(t *testing.T) {
	t.Parallel()
	s := randomColumns(t, 3, 3000, 4).Snapshot()
	ix := Index{Factors: [][]int{{0, 1}, {2, 3}}, Scoring: Top2(5, 4, 5)}
	counts, sums := must(s.Tabulate(Grouping{By: []int{0}}))(t), must(s.TabulateIndex(ix, Grouping{By: []int{0}}))(t)
	addedCounts, addedSums := must(newCountTable(counts.Grid, s.Schema().Items))(t), must(newIndexTable(sums.Grid, ix))(t)
	for low := 0; low < s.Rows(); low += 700 {
		part := s.Slice(low, low+700)
		local, to := map[uint32]uint32{}, []uint32{}
		domain := make([]uint32, part.Rows())
		for i, code := range part.Domain(0) {
			if _, known := local[code]; !known {
				local[code] = uint32(len(to))
				to = append(to, code)
			}
			domain[i] = local[code]
		}
		var items [][]uint8
		for j := range s.Schema().Items {
			items = append(items, part.Item(j))
		}
		schema := s.Schema()
		rows := must(NewFixedRows(&schema, items, domain, len(to)))(t)
		if err := addedCounts.AddCells(must(rows.Tabulate(Grouping{By: []int{0}}))(t), to); err != nil {
			t.Fatal(err)
		}
		if err := addedSums.AddCells(must(rows.TabulateIndex(ix, Grouping{By: []int{0}}))(t), to); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(counts, addedCounts, cmp.AllowUnexported(CountTable{})); diff != "" {
		t.Errorf("counts: %s", diff)
	}
	if diff := cmp.Diff(sums, addedSums, cmp.AllowUnexported(IndexTable{}, Index{}, Scoring{})); diff != "" {
		t.Errorf("sums: %s", diff)
	}
	if err := addedCounts.AddCells(counts, []uint32{0}); !errors.Is(err, errUnlike) {
		t.Errorf("with cells for one of many: error %v", err)
	}
	if err := addedSums.AddCells(sums, make([]uint32, 3)); !errors.Is(err, errUnlike) {
		t.Errorf("with cells for three of many: error %v", err)
	}
}

func TestNewFixedRows(t *testing.T) {
	t.Parallel()
	schema := Schema{Items: []Question{{"a", 5}}, Domains: []string{"unit"}}
	for name, items := range map[string][][]uint8{"ShortColumn": {{1}}, "NoColumn": {}} {
		if _, err := NewFixedRows(&schema, items, []uint32{0, 0}, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// must returns a value that has to be there.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
