package results

import (
	"context"
	"math"
	"testing"

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
	live *Live
}

func newFixture(t testing.TB, schools ...survey.Unit) *fixture {
	t.Helper()
	w := &fixture{ResponseFixture: surveytest.NewResponses(t, schools...)}
	w.live = NewLive(w.Store, func() *survey.Catalog { return w.Catalog }, nil)
	return w
}

// keep stores responses as a server does.
func (w *fixture) keep(responses ...survey.Response) {
	w.Helper()
	w.Insert(responses...)
	for _, r := range responses {
		w.live.Add(r)
	}
}

func (w *fixture) table(q Query) Table {
	w.Helper()
	t, err := w.live.Table(context.Background(), q)
	if err != nil {
		w.Fatal(err)
	}
	return t
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
