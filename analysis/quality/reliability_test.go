package quality

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hailong/analysis"
	"hailong/analysis/oracletest"
)

func TestReliabilityOfIdenticalItems(t *testing.T) {
	t.Parallel()
	column := []uint8{1, 2, 3, 4, 5, 3, 4}
	got, err := AnalyzeReliability([][]uint8{column, column, column}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	oracletest.Near(t, "alpha", got.Alpha, 1, 1e-12)
	oracletest.Near(t, "standardized", got.Standardized, 1, 1e-12)
	for _, item := range got.Items {
		oracletest.Near(t, "rest correlation", item.RestCorrelation, 1, 1e-12)
		oracletest.Near(t, "alpha if dropped", item.AlphaIfDropped, 1, 1e-12)
	}
}

func TestReliabilityLeavesIncompleteRowsOut(t *testing.T) {
	t.Parallel()
	whole, err := AnalyzeReliability([][]uint8{{1, 2, 4, 5}, {2, 1, 4, 4}}, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	gaps, err := AnalyzeReliability([][]uint8{{1, 2, 4, 5, analysis.Missing, 3}, {2, 1, 4, 4, 5, analysis.NotApplicable}}, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	if gaps.Alpha != whole.Alpha || gaps.N != 4 || gaps.Interval != whole.Interval {
		t.Errorf("%+v, want %+v", gaps, whole)
	}
	if !math.IsNaN(whole.Items[0].AlphaIfDropped) {
		t.Errorf("a scale of one item has alpha %v", whole.Items[0].AlphaIfDropped)
	}
	for name, items := range map[string][][]uint8{
		"OneItem": {{1, 2}}, "NoItem": nil, "OneRow": {{1}, {2}}, "NothingComplete": {{1, 0}, {0, 1}},
		"ConstantItem": {{3, 3, 3}, {1, 2, 3}}, "ConstantTotal": {{1, 2, 3}, {3, 2, 1}},
	} {
		if got, err := AnalyzeReliability(items, 0.9); !errors.Is(err, analysis.ErrTooFew) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := AnalyzeReliability([][]uint8{{1, 2}, {1}}, 0.9); !errors.Is(err, analysis.ErrBadRequest) {
		t.Errorf("ragged columns: error %v, want ErrBadRequest", err)
	}
}

func TestFeldtIntervalHoldsAlphaAndShrinks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		alpha := rapid.Float64Range(-0.5, 0.99).Draw(t, "alpha")
		n, k := rapid.IntRange(10, 500).Draw(t, "n"), rapid.IntRange(2, 20).Draw(t, "k")
		i := FeldtInterval(alpha, n, k, 0.95)
		if !i.Contains(alpha) {
			t.Fatalf("%v does not hold %v", i, alpha)
		}
		if more := FeldtInterval(alpha, 2*n, k, 0.95); more.Width() >= i.Width() {
			t.Fatalf("width %v with %d rows, %v with twice as many", i.Width(), n, more.Width())
		}
	})
	for _, i := range []analysis.Interval{
		FeldtInterval(0.8, 1, 3, 0.95), FeldtInterval(0.8, 9, 1, 0.95), FeldtInterval(1.1, 9, 3, 0.95), FeldtInterval(0.8, 9, 3, 0), FeldtInterval(math.NaN(), 9, 3, 0.9),
	} {
		if i.Defined() {
			t.Errorf("%v, want undefined", i)
		}
	}
}

func FuzzReliability(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 4, 5, 6, 0, 254, 255, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		items := columnsOf(data)
		r, err := AnalyzeReliability(items, 0.95)
		if err == nil && (!(r.Alpha <= 1) || r.N < 2) {
			t.Errorf("%v: %+v", items, r)
		}
	})
}

// columnsOf deals bytes to columns; the first byte says to how many.
func columnsOf(data []byte) [][]uint8 {
	if len(data) == 0 {
		return nil
	}
	items := make([][]uint8, int(data[0])%6+1)
	rows := (len(data) - 1) / len(items)
	for j := range items {
		items[j] = data[1+j*rows : 1+(j+1)*rows]
	}
	return items
}

func ExampleAnalyzeReliability() {
	items := [][]uint8{{5, 4, 4, 2, 3, 5, 1, 4}, {5, 4, 5, 2, 3, 4, 2, 4}, {3, 5, 1, 4, 2, 3, 4, 2}}
	r, err := AnalyzeReliability(items, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("alpha %.2f\n", r.Alpha)
	for j, item := range r.Items {
		fmt.Printf("item %d: with the rest %.2f, alpha without it %.2f\n", j+1, item.RestCorrelation, item.AlphaIfDropped)
	}
	// Output:
	// alpha 0.12
	// item 1: with the rest 0.50, alpha without it -1.68
	// item 2: with the rest 0.41, alpha without it -0.89
	// item 3: with the rest -0.39, alpha without it 0.94
}

// analysis.Alpha counts codes once for a million responses; AnalyzeReliability needs the
// covariances for its other figures. They are the same number.
func TestAlphaByCountsAndByCovariances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		items := rapid.IntRange(2, 5).Draw(rt, "items")
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint8Range(0, 5), items, items), 2, 30).Draw(rt, "rows")
		columns, all := make([][]uint8, items), make([]int, items)
		for j := range columns {
			all[j] = j
			for _, row := range rows {
				columns[j] = append(columns[j], row[j])
			}
		}
		want, err := AnalyzeReliability(columns, 0.95)
		if err != nil {
			return
		}
		schema := analysis.Schema{}
		for range items {
			schema.Items = append(schema.Items, analysis.Question{Name: "item", Codes: 5})
		}
		c, err := analysis.NewColumns(schema)
		if err != nil {
			rt.Fatal(err)
		}
		for _, row := range rows {
			if err := c.Append(row, nil, nil); err != nil {
				rt.Fatal(err)
			}
		}
		got := c.Snapshot().Alpha(all)
		if diff := cmp.Diff(analysis.Alpha{Raw: want.Alpha, Standardized: want.Standardized, Items: items, N: int64(want.N)}, got, cmpopts.EquateApprox(1e-9, 1e-9)); diff != "" {
			rt.Fatalf("%v (-covariances +counts):\n%s", rows, diff)
		}
	})
}
