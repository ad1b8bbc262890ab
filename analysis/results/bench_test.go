package results

import (
	"fmt"
	"testing"

	"hailong/analysis"
	"hailong/survey"
)

// forget leaves what a load leaves: the tables by profile.
func forget(t *tables) {
	t.counts.crossed = nil
	for _, sums := range t.sums {
		sums.crossed = nil
	}
}

// BenchmarkResidents loads the responses, which counts them by profile, and
// asks for tables: FirstTable is the first question after a load, Table one that
// was asked before. Count is the share of the load that counts.
func BenchmarkResidents(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		if n > 10_000 && testing.Short() {
			continue
		}
		w := newFixture(b)
		w.InsertResidents(n)
		b.Run(fmt.Sprintf("Load/%d", n), func(b *testing.B) {
			for b.Loop() {
				w.live = NewLive(w.Store, func() *survey.Catalog { return w.Catalog }, nil)
				if err := w.live.Load(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			rows, bytes := w.live.Memory()
			b.ReportMetric(float64(bytes)/float64(rows), "B/response")
		})
		set, err := w.live.responses.loaded.columns(sipas)
		if err != nil {
			b.Fatal(err)
		}
		for _, q := range []Query{
			{Campaign: sipas, By: []Dimension{ByUnit}},
			{Campaign: sipas, By: []Dimension{ByUnit, ByItem}},
			{Campaign: sipas, By: []Dimension{ByUnit, ByMonth}},
		} {
			run := func(name string, fresh bool) {
				b.Run(fmt.Sprintf("%s/By%v/%d", name, q.By, n), func(b *testing.B) {
					for b.Loop() {
						if fresh {
							forget(&set.tables)
						}
						if _, err := w.live.Table(b.Context(), q); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			run("FirstTable", true)
			run("Table", false)
		}
		b.Run(fmt.Sprintf("Count/%d", n), func(b *testing.B) {
			for b.Loop() {
				set.tables.counts, set.tables.sums = crossTables[*analysis.CountTable]{}, nil
				if err := set.view().countAhead(countedAhead(set.layout)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
