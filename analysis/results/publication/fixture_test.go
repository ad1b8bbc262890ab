package publication

import (
	"context"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/transactions"
)

// The campaigns that a first start opens.
const (
	tthc  survey.CampaignID = "tthc-2026"
	edu   survey.CampaignID = "edu-2026"
	sipas survey.CampaignID = "sipas-2026"
)

// thresholdOfSchools is the smallest group of respondents about schools that is shown.
const thresholdOfSchools = 10

// fixture is a store of responses, and those in memory.
type fixture struct {
	*surveytest.ResponseFixture
	responses *columns.Responses
}

func newFixture(t testing.TB, schools ...survey.Unit) *fixture {
	t.Helper()
	f := surveytest.NewResponses(t, schools...)
	return over(f, f.Store)
}

// over is a fixture whose responses are in a store.
func over(f *surveytest.ResponseFixture, store survey.Store) *fixture {
	return &fixture{f, columns.New(store, func() *survey.Catalog { return f.Catalog }, tables.CountedAhead, nil)}
}

// keep stores responses and releases them.
func (w *fixture) keep(responses ...survey.Response) {
	w.Helper()
	w.Insert(responses...)
	w.Release()
	if err := w.responses.Refresh(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// edition makes an edition of what is released, after earlier ones.
func (w *fixture) edition(t interface{ Fatal(...any) }, campaign survey.CampaignID, earlier ...Earlier) (f EditionFigures, made Earlier) {
	return w.editionOf(t, campaign, nil, earlier)
}

// editionStating makes an edition of procedures where transactions are known.
func (w *fixture) editionStating(t interface{ Fatal(...any) }, stated transactions.Numbers) (f EditionFigures, made Earlier) {
	return w.editionOf(t, tthc, stated, nil)
}

func (w *fixture) editionOf(t interface{ Fatal(...any) }, campaign survey.CampaignID, stated transactions.Numbers, earlier []Earlier) (f EditionFigures, made Earlier) {
	err := w.responses.ReadThrough(context.Background(), campaign, "", func(v *columns.CampaignView) error {
		var counts string
		var err error
		if f, counts, err = Make(v, stated, "", earlier); err != nil {
			return err
		}
		text, err := json.Marshal(f)
		if err == nil {
			made, err = ReadEarlier(string(text), counts)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, made
}

var smallCounts = rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 15})
