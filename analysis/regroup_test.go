package analysis

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Responses of three domains, of which the first numbers the combinations of
// the other two, and the regrouping of these combinations by some columns.
func drawCombinations(t *rapid.T, by []int) (FixedRows, Regrouping) {
	c, err := NewColumns(Schema{Items: []Question{{"a", 5}, {"b", 5}, {"c", 3}}, Domains: []string{"combination", "unit", "month"}})
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[[2]uint32]uint32{}
	list := [][2]uint32{{}} // number 0 is used by nobody
	for range rapid.IntRange(0, 60).Draw(t, "rows") {
		of := [2]uint32{rapid.Uint32Range(0, 3).Draw(t, "unit"), rapid.Uint32Range(0, 4).Draw(t, "month")}
		if _, known := numbers[of]; !known {
			numbers[of] = uint32(len(list))
			list = append(list, of)
		}
		code := rapid.SampledFrom([]uint8{Missing, 1, 2, 3, 4, 5, NotApplicable})
		few := rapid.SampledFrom([]uint8{Missing, 1, 2, 3, NotApplicable})
		answers := []uint8{code.Draw(t, "a"), code.Draw(t, "b"), few.Draw(t, "c")}
		if err := c.Append(answers, []uint32{numbers[of], of[0], of[1]}, nil); err != nil {
			t.Fatal(err)
		}
	}
	s := c.Snapshot()
	grid, err := newGrid(s, by)
	if err != nil {
		t.Fatal(err)
	}
	g := Regrouping{Grid: grid, Domain: 0}
	for _, of := range list {
		codes := make([]uint32, len(by))
		for k, d := range by {
			codes[k] = of[d-1]
		}
		cell, _ := grid.Cell(codes...)
		g.Cell = append(g.Cell, uint32(cell))
	}
	return s, g
}

// Counting by the domains, counting combinations into their cells, and adding
// up the counts of combinations make the same table.
func TestRegroupAddsUp(t *testing.T) {
	t.Parallel()
	unexported := cmp.AllowUnexported(CountTable{}, IndexTable{})
	ix := Index{Factors: [][]int{{0}, {1}}, Scoring: Mean0(5), Pooling: PoolFactors}
	rapid.Check(t, func(t *rapid.T) {
		by := rapid.SampledFrom([][]int{{}, {1}, {2}, {1, 2}, {2, 1}}).Draw(t, "by")
		s, g := drawCombinations(t, by)

		want, err1 := s.Tabulate(Grouping{By: by})
		placed, err2 := s.Tabulate(Grouping{Regroup: &g})
		combinations, err3 := s.Tabulate(Grouping{By: []int{0}})
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		added, err := combinations.Regroup(g)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, placed, unexported) + cmp.Diff(want, added, unexported); diff != "" {
			t.Fatalf("counts (-by domains +regrouped):\n%s", diff)
		}

		sums, err1 := s.TabulateIndex(ix, Grouping{By: by})
		placedSums, err2 := s.TabulateIndex(ix, Grouping{Regroup: &g})
		combinedSums, err3 := s.TabulateIndex(ix, Grouping{By: []int{0}})
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		addedSums, err := combinedSums.Regroup(g)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sums, placedSums, unexported) + cmp.Diff(sums, addedSums, unexported); diff != "" {
			t.Fatalf("sums (-by domains +regrouped):\n%s", diff)
		}
	})
}

func TestRegroupRefuses(t *testing.T) {
	t.Parallel()
	c, err := NewColumns(Schema{Items: []Question{{"a", 5}}, Domains: []string{"combination", "unit"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Append([]uint8{1}, []uint32{2, 1}, nil); err != nil {
		t.Fatal(err)
	}
	s := c.Snapshot()
	grid := Grid{By: []int{1}, Size: []int{2}}
	tests := []struct {
		name  string
		query Grouping
		says  string
	}{
		{"ACodeWithoutCell", Grouping{Regroup: &Regrouping{Grid: grid, Cell: []uint32{0, 1}}}, "cells for 2"},
		{"ACellOutside", Grouping{Regroup: &Regrouping{Grid: grid, Cell: []uint32{0, 1, 2}}}, "cell 2 of 2"},
		{"NoSuchColumn", Grouping{Regroup: &Regrouping{Grid: grid, Domain: 2, Cell: []uint32{0, 1, 1}}}, "no domain column 2"},
		{"GridWithoutSizes", Grouping{Regroup: &Regrouping{Grid: Grid{By: []int{1}}, Cell: []uint32{0, 0, 0}}}, "0 sizes"},
		{"TooManyCells", Grouping{Regroup: &Regrouping{Grid: Grid{By: []int{0, 1}, Size: []int{1 << 16, 1 << 16}}, Cell: []uint32{0, 0, 0}}}, "more than"},
		{"AlsoByColumns", Grouping{By: []int{1}, Regroup: &Regrouping{Grid: grid, Cell: []uint32{0, 1, 1}}}, "not both"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := s.Tabulate(tt.query)
			_, indexErr := s.TabulateIndex(Index{Factors: [][]int{{0}}, Scoring: Top2(5, 5)}, tt.query)
			for _, err := range []error{err, indexErr} {
				if !says(err, tt.says) {
					t.Errorf("the error is %v, it should say %q", err, tt.says)
				}
			}
		})
	}
	t.Run("ATableByAnotherColumn", func(t *testing.T) {
		t.Parallel()
		table, err := s.Tabulate(Grouping{By: []int{1}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := table.Regroup(Regrouping{Grid: grid, Cell: []uint32{0, 1, 1}}); !says(err, "by the columns [1] cannot be regrouped by column 0") {
			t.Errorf("a table by another column: error %v", err)
		}
	})
}
