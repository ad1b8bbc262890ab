package columns

import (
	"fmt"
	"testing"

	"hailong/analysis"
)

// forget leaves what a load leaves: the tables by profile.
func forget(t *tables) {
	t.counts.crossed = nil
	for _, sums := range t.sums {
		sums.crossed = nil
	}
}

// BenchmarkResidents counts responses after a load: FirstCount adds up what the
// first question by some columns needs, from the tables by profile; Ahead makes
// these tables, which is a share of the load.
func BenchmarkResidents(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		if n > 10_000 && testing.Short() {
			continue
		}
		w := newFixture(b)
		w.InsertResidents(n)
		w.Release()
		if _, err := w.responses.Load(b.Context()); err != nil {
			b.Fatal(err)
		}
		set, err := w.responses.loaded.columns(sipas)
		if err != nil {
			b.Fatal(err)
		}
		for name, by := range map[string][]int{"Unit": {Unit}, "UnitMonth": {Unit, Month}} {
			b.Run(fmt.Sprintf("FirstCount/%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					forget(&set.tables)
					v := set.view()
					if _, err := v.Count(by...); err != nil {
						b.Fatal(err)
					}
					if _, err := v.Sum(satisfied(v.Layout), by...); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("Ahead/%d", n), func(b *testing.B) {
			for b.Loop() {
				set.tables.counts, set.tables.sums = crossTables[*analysis.CountTable]{}, nil
				if err := set.countAhead(func(layout *ItemLayout) []analysis.Index { return []analysis.Index{satisfied(layout)} }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
