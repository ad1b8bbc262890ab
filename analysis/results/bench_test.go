package results

import (
	"fmt"
	"testing"

	"hailong/analysis/results/tables"
	"hailong/survey"
)

// BenchmarkResidents loads the responses, which counts what most questions need,
// and asks for tables that were asked for before. Package columns measures what
// a first question adds to that.
func BenchmarkResidents(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		if n > 10_000 && testing.Short() {
			continue
		}
		w := newFixture(b)
		w.InsertResidents(n)
		w.Release()
		b.Run(fmt.Sprintf("Load/%d", n), func(b *testing.B) {
			for b.Loop() {
				w.released = NewReleased(w.Store, func() *survey.Catalog { return w.Catalog }, nil)
				if err := w.released.Load(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			rows, bytes := w.released.Memory()
			b.ReportMetric(float64(bytes)/float64(rows), "B/response")
		})
		for _, q := range []tables.Query{
			{Campaign: sipas, By: []tables.Dimension{tables.ByUnit}},
			{Campaign: sipas, By: []tables.Dimension{tables.ByUnit, tables.ByItem}},
			{Campaign: sipas, By: []tables.Dimension{tables.ByUnit, tables.ByMonth}},
		} {
			b.Run(fmt.Sprintf("Table/By%v/%d", q.By, n), func(b *testing.B) {
				for b.Loop() {
					if _, err := w.released.Table(b.Context(), q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
