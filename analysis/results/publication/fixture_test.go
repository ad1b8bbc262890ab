package publication

import (
	"context"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/columns/columnstest"
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

// fixture is responses that editions are made of.
type fixture struct{ columnstest.Held }

func newFixture(t testing.TB, schools ...survey.Unit) *fixture {
	t.Helper()
	f := surveytest.NewResponses(t, schools...)
	return over(f, f.Store)
}

// over is a fixture whose responses are in a store.
func over(f *surveytest.ResponseFixture, store survey.Store) *fixture {
	return &fixture{columnstest.Over(f, store, tables.CountedAhead)}
}

// editionOf makes an edition of some responses and no others, after earlier ones, and
// what those after it must know of it.
func editionOf(t *testing.T, f *surveytest.ResponseFixture, campaign survey.CampaignID, responses []survey.Response, earlier []Earlier) (*EditionFigures, Earlier) {
	t.Helper()
	figures, made := over(f, f.Holding(t, responses...)).edition(t, campaign, earlier...)
	return &figures, made
}

// edition makes an edition of what is released, after earlier ones.
func (w *fixture) edition(t interface{ Fatal(...any) }, campaign survey.CampaignID, earlier ...Earlier) (f EditionFigures, made Earlier) {
	return w.editionStated(t, campaign, nil, earlier)
}

// editionStating makes an edition of procedures where transactions are known.
func (w *fixture) editionStating(t interface{ Fatal(...any) }, stated transactions.Numbers) (f EditionFigures, made Earlier) {
	return w.editionStated(t, tthc, stated, nil)
}

func (w *fixture) editionStated(t interface{ Fatal(...any) }, campaign survey.CampaignID, stated transactions.Numbers, earlier []Earlier) (f EditionFigures, made Earlier) {
	err := w.Responses.ReadThrough(context.Background(), campaign, "", func(v *columns.CampaignView) error {
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
