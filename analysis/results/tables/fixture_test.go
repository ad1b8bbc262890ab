package tables

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/columns/columnstest"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// The campaigns that a first start opens.
const (
	tthc  survey.CampaignID = "tthc-2026"
	edu   survey.CampaignID = "edu-2026"
	sipas survey.CampaignID = "sipas-2026"
)

// fixture is responses that tables are made of.
type fixture struct{ columnstest.Held }

func newFixture(t testing.TB, schools ...survey.Unit) *fixture {
	t.Helper()
	f := surveytest.NewResponses(t, schools...)
	return over(f, f.Store)
}

// over is a fixture whose responses are in a store.
func over(f *surveytest.ResponseFixture, store survey.Store) *fixture {
	return &fixture{columnstest.Over(f, store, CountedAhead)}
}

// table answers a query as an edition with that table alone would.
func (w *fixture) table(q Query) Table {
	w.Helper()
	t, err := w.ask(q)
	if err != nil {
		w.Fatal(err)
	}
	return t
}

func (w *fixture) ask(q Query) (t Table, err error) {
	err = w.Responses.Read(w.Context(), q.Campaign, func(v *columns.CampaignView) (err error) {
		t, err = ForEverybody(v).Answer(q)
		return err
	})
	return t, err
}

// check checks a query as ask answers it.
func (w *fixture) check(q Query) error {
	return w.Responses.Read(w.Context(), q.Campaign, func(v *columns.CampaignView) error { return ForEverybody(v).Check(q) })
}

var smallCounts = rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 15})

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
