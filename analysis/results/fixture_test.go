package results

import (
	"context"
	"math"
	"testing"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/surveytest"
)

// The campaigns that a first start opens.
const (
	tthc  survey.CampaignID = "tthc-2026"
	edu   survey.CampaignID = "edu-2026"
	sipas survey.CampaignID = "sipas-2026"
)

// fixture is a store of responses and the figures over it.
type fixture struct {
	*surveytest.ResponseFixture
	released *Released
}

func newFixture(t testing.TB, schools ...survey.Unit) *fixture {
	t.Helper()
	w := &fixture{ResponseFixture: surveytest.NewResponses(t, schools...)}
	w.released = NewReleased(w.Store, func() *survey.Catalog { return w.Catalog }, nil)
	return w
}

// keep stores responses and releases them.
func (w *fixture) keep(responses ...survey.Response) {
	w.Helper()
	w.Insert(responses...)
	w.release()
}

// release makes releases of everything that is stored.
func (w *fixture) release() {
	w.Helper()
	w.Release()
	if err := w.released.Refresh(context.Background()); err != nil {
		w.Fatal(err)
	}
}

// table answers a query as an edition with that table alone would.
func (w *fixture) table(q tables.Query) tables.Table {
	w.Helper()
	t, err := w.ask(q)
	if err != nil {
		w.Fatal(err)
	}
	return t
}

func (w *fixture) ask(q tables.Query) (t tables.Table, err error) {
	err = w.released.read(context.Background(), q.Campaign, func(v *columns.CampaignView) (err error) {
		t, err = tables.ForEverybody(v).Answer(q)
		return err
	})
	return t, err
}

// everywhere reads the releases of all campaigns.
var everywhere = Office(survey.Grant{Role: survey.HomeAffairs})

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
