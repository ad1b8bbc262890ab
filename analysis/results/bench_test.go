package results

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/analysis"
	"hailong/survey"
)

// addResidents stores n resident forms with all 22 criteria answered.
func addResidents(w *fixture, n int) {
	w.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var units []survey.UnitID
	for _, u := range w.catalog.Units {
		if u.Kind == survey.Commune {
			units = append(units, u.ID)
		}
	}
	items := newItemLayout(w.catalog, w.catalog.Campaign(sipas)).items
	docs := make([]bson.Raw, 0, 5000)
	for i := range n {
		r := survey.Response{
			ID: w.id(), Campaign: sipas, Form: w.catalog.Campaign(sipas).Forms[0], Unit: units[rng.IntN(len(units))],
			Channel: survey.Channels[rng.IntN(4)], Lang: "vi", Day: survey.Date(fmt.Sprintf("2026-%02d-15", 1+rng.IntN(12))),
		}
		for _, it := range items {
			r.Answers = append(r.Answers, survey.Answer{Item: it.code, Codes: []int{min(5, 2+rng.IntN(5))}})
		}
		doc, err := r.MarshalBSON()
		if err != nil {
			w.Fatal(err)
		}
		if docs = append(docs, doc); len(docs) == cap(docs) || i == n-1 {
			if _, err := w.store.Insert(w.Context(), survey.Responses, docs...); err != nil {
				w.Fatal(err)
			}
			docs = docs[:0]
		}
	}
}

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
		addResidents(w, n)
		b.Run(fmt.Sprintf("Load/%d", n), func(b *testing.B) {
			for b.Loop() {
				w.live = NewLive(w.store, func() *survey.Catalog { return w.catalog }, nil)
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
