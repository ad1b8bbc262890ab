package results

import (
	"context"
	"math"
	"testing"

	"hailong/analysis/results/columns"
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
func (w *fixture) table(q Query) Table {
	w.Helper()
	t, err := w.ask(q)
	if err != nil {
		w.Fatal(err)
	}
	return t
}

func (w *fixture) ask(q Query) (t Table, err error) {
	err = w.released.read(context.Background(), q.Campaign, func(v *columns.CampaignView) (err error) {
		t, err = q.answer(newView(v, forEverybody))
		return err
	})
	return t, err
}

// parent is the answer of a parent at a school to the first item of its form.
func (w *fixture) parent(school survey.UnitID, code int) survey.Response {
	r := w.Response(code)
	level := w.Catalog.Unit(school).Levels[0]
	form := map[survey.SchoolLevel]survey.FormCode{
		survey.Preschool: "edu-preschool-parent", survey.Primary: "edu-primary-parent", survey.LowerSecondary: "edu-secondary-parent",
		survey.Continuing: "edu-continuing-learner",
	}[level]
	r.Campaign, r.Form, r.Unit, r.Sector = edu, survey.FormRef{Code: form, Version: 1}, school, ""
	it := columns.NewItemLayout(w.Catalog, w.Catalog.Campaign(edu)).Items[0]
	r.Answers = []survey.Answer{{Item: it.Code, Codes: []int{code}}}
	return r
}

// everywhere reads the releases of all campaigns.
var everywhere = Office(survey.Grant{Role: survey.HomeAffairs})

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
