package analysis

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// countNaively is the definition of a table: one row at a time.
func countNaively(s FixedRows, q Grouping, codes []uint32, item int) (rows, missing, na int64, counts []int64) {
	counts = make([]int64, s.Schema().Items[item].Codes)
row:
	for i := range s.Rows() {
		for k, d := range q.By {
			if s.Domain(d)[i] != codes[k] {
				continue row
			}
		}
		for _, w := range q.Where {
			if code := int(s.Domain(w.Domain)[i]); code >= len(w.Keep) || !w.Keep[code] {
				continue row
			}
		}
		if i < len(q.Omit) && q.Omit[i] {
			continue
		}
		rows++
		switch code := s.Item(item)[i]; code {
		case Missing:
			missing++
		case NotApplicable:
			na++
		default:
			counts[code-1]++
		}
	}
	return rows, missing, na, counts
}

func TestTabulateAgainstDefinition(t *testing.T) {
	t.Parallel()
	s := randomColumns(t, 7, 70_000, 3).Snapshot()
	omit := make([]bool, 60_000)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range omit {
		omit[i] = r.IntN(10) == 0
	}
	tests := []struct {
		name  string
		query Grouping
	}{
		{"Everything", Grouping{}},
		{"ByUnit", Grouping{By: []int{0}}},
		{"ByUnitAndMonth", Grouping{By: []int{0, 1}}},
		{"ThriceCrossed", Grouping{By: []int{1, 0, 1}}},
		{"OneMonth", Grouping{By: []int{0}, Where: []Where{{1, []bool{false, false, true}}}}},
		{"TwoConditions", Grouping{By: []int{1}, Where: []Where{{1, []bool{2: true, 3: true}}, {0, []bool{4: true, 9: true}}}}},
		{"NothingKept", Grouping{By: []int{1}, Where: []Where{{1, nil}}}},
		{"FlaggedLeftOut", Grouping{By: []int{0}, Omit: omit}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table, err := s.Tabulate(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			for cell := 0; cell < table.Cells(); cell += 1 + table.Cells()/40 {
				codes := table.Codes(cell)
				if back, ok := table.Cell(codes...); !ok || back != cell {
					t.Fatalf("cell %d has codes %v, which are cell %d", cell, codes, back)
				}
				for item := range 3 {
					rows, missing, na, counts := countNaively(s, tt.query, codes, item)
					got := []any{table.Rows(cell), table.Missing(cell, item), table.NotApplicable(cell, item), table.Counts(cell, item), table.Answered(cell, item)}
					var answered int64
					for _, n := range counts {
						answered += n
					}
					if diff := cmp.Diff([]any{rows, missing, na, counts, answered}, got); diff != "" {
						t.Fatalf("cell %v item %d (-definition +table):\n%s", codes, item, diff)
					}
				}
			}
		})
	}
}

func TestTabulateRefuses(t *testing.T) {
	t.Parallel()
	c := randomColumns(t, 1, 10, 2)
	if err := c.Append([]uint8{1, 1}, []uint32{1 << 30, 1}, nil); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		query Grouping
		says  string
	}{
		"UnknownDomain":    {Grouping{By: []int{2}}, "no domain column 2"},
		"NegativeDomain":   {Grouping{By: []int{-1}}, "no domain column -1"},
		"UnknownCondition": {Grouping{Where: []Where{{Domain: 5}}}, "no domain column 5"},
		"FourCrossed":      {Grouping{By: []int{1, 1, 1, 1}}, "4 domain columns crossed"},
		"CodesNotDense":    {Grouping{By: []int{0}}, "more than"},
	} {
		if _, err := c.Snapshot().Tabulate(tt.query); !says(err, tt.says) {
			t.Errorf("%s: the error is %v, it should say %q", name, err, tt.says)
		}
		if _, err := c.Snapshot().TabulateIndex(Index{Factors: [][]int{{0}}, Scoring: Top2(5, 4, 5)}, tt.query); !says(err, tt.says) {
			t.Errorf("%s of an index: the error is %v, it should say %q", name, err, tt.says)
		}
	}
}

// Any split of the rows, merged in any order, is the table of all rows.
func TestMergeInAnyOrder(t *testing.T) {
	t.Parallel()
	s := randomColumns(t, 11, 3000, 4).Snapshot()
	q := Grouping{By: []int{0, 1}}
	ix := Index{Factors: [][]int{{0, 1}, {2, 3}}, Scoring: Mean0(5), Pooling: PoolFactors}
	table, err := s.Tabulate(q)
	if err != nil {
		t.Fatal(err)
	}
	index, err := s.TabulateIndex(ix, q)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		cuts := rapid.SliceOfN(rapid.IntRange(0, s.Rows()), 0, 6).Draw(r, "cuts")
		cuts = append(cuts, 0, s.Rows())
		bounds := map[int]bool{}
		for _, cut := range cuts {
			bounds[cut] = true
		}
		var sorted []int
		for row := range s.Rows() + 1 {
			if bounds[row] {
				sorted = append(sorted, row)
			}
		}
		var parts []FixedRows
		for i := range len(sorted) - 1 {
			parts = append(parts, s.Slice(sorted[i], sorted[i+1]))
		}
		var sum *CountTable
		var indexSum *IndexTable
		for _, i := range rapid.Permutation(indexes(len(parts))).Draw(r, "order") {
			part, err := parts[i].Tabulate(q)
			if err != nil {
				r.Fatal(err)
			}
			indexPart, err := parts[i].TabulateIndex(ix, q)
			if err != nil {
				r.Fatal(err)
			}
			if sum == nil {
				sum, indexSum = part, indexPart
				continue
			}
			if err := sum.Merge(part); err != nil {
				r.Fatal(err)
			}
			if err := indexSum.Merge(indexPart); err != nil {
				r.Fatal(err)
			}
		}
		if diff := cmp.Diff(table, sum, cmp.AllowUnexported(CountTable{})); diff != "" {
			r.Fatalf("counts (-whole +merged):\n%s", diff)
		}
		if diff := cmp.Diff(index, indexSum, cmp.AllowUnexported(IndexTable{})); diff != "" {
			r.Fatalf("index sums (-whole +merged):\n%s", diff)
		}
	})
}

func indexes(n int) []int {
	is := make([]int, n)
	for i := range is {
		is[i] = i
	}
	return is
}

// Tables from stores that have seen different units merge to the larger grid.
func TestMergeGrowsTheGrid(t *testing.T) {
	t.Parallel()
	tables := make([]*CountTable, 2)
	for k, code := range []uint32{2, 5} {
		c, err := NewColumns(Schema{Items: []Question{{"q", 3}}, Domains: []string{"unit"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Append([]uint8{3}, []uint32{code}, nil); err != nil {
			t.Fatal(err)
		}
		if tables[k], err = c.Snapshot().Tabulate(Grouping{By: []int{0}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := tables[0].Merge(tables[1]); err != nil {
		t.Fatal(err)
	}
	var rows []int64
	for cell := range tables[0].Cells() {
		rows = append(rows, tables[0].Rows(cell))
	}
	if diff := cmp.Diff([]int64{0, 0, 1, 0, 0, 1}, rows); diff != "" {
		t.Error(diff)
	}
	other := randomColumns(t, 1, 3, 1).Snapshot()
	unlike, err := other.Tabulate(Grouping{By: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	if err := tables[0].Merge(unlike); !errors.Is(err, errUnlike) {
		t.Errorf("tables of different items: error %v, want errUnlike", err)
	}
}

// Allocations do not grow with rows.
func TestTabulateAllocatesNothingPerRow(t *testing.T) {
	s := randomColumns(t, 5, 60_000, 5).Snapshot()
	allocations := func(s FixedRows) float64 {
		return testing.AllocsPerRun(5, func() {
			if _, err := s.Tabulate(Grouping{By: []int{0}}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocations(s.Slice(0, 1000)), allocations(s); many > few+30 {
		t.Errorf("%v allocations for 1,000 rows, %v for 60,000", few, many)
	}
}
