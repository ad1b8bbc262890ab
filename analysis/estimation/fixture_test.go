package estimation

import (
	"math/rand/v2"
	"strings"
	"testing"

	"hailong/analysis"
)

// randomColumns makes responses to items of five codes, some not answered, in
// domains of 14 and 5 values, the same for a seed.
func randomColumns(t *testing.T, seed uint64, rows, items int) *analysis.Columns {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	c := emptyColumns(t, items, "unit", "month")
	answers := make([]uint8, items)
	for range rows {
		for j := range answers {
			answers[j] = uint8(r.IntN(6)) // 0 is Missing
		}
		if err := c.Append(answers, []uint32{uint32(r.IntN(15)), uint32(1 + r.IntN(5))}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// responses makes columns of five-code items.
func responses(t *testing.T, rows ...[]uint8) analysis.FixedRows {
	t.Helper()
	c := emptyColumns(t, len(rows[0]))
	for _, row := range rows {
		if err := c.Append(row, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	return c.Snapshot()
}

func emptyColumns(t *testing.T, items int, domains ...string) *analysis.Columns {
	t.Helper()
	schema := analysis.Schema{Domains: domains}
	for range items {
		schema.Items = append(schema.Items, analysis.Question{Name: "q", Codes: 5})
	}
	c, err := analysis.NewColumns(schema)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// says reports whether an error holds the words that name the fault.
func says(err error, words string) bool { return err != nil && strings.Contains(err.Error(), words) }
