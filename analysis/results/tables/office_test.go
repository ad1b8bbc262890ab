package tables

import (
	"testing"

	"hailong/analysis/results/columns"
	"hailong/survey"
	"hailong/survey/surveytest"
)

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

// An office is shown its small groups down to five, with a mark, and of a single
// school no item that fewer than ten answered; nothing is hidden beside them.
func TestWhatAnOfficeIsShown(t *testing.T) {
	t.Parallel()
	school := func(id survey.UnitID) survey.Unit {
		return survey.Unit{
			ID: id, Kind: survey.School, Parent: "xa-bum-to-2025", Levels: []survey.SchoolLevel{survey.Primary},
			Name: survey.Text{"vi": "Trường (mẫu) " + string(id), "en": "School (sample) " + string(id)},
		}
	}
	w := newFixture(t, school("four"), school("seven"), school("forty"))
	for id, n := range map[survey.UnitID]int{"four": 4, "seven": 7, "forty": 40} {
		w.Keep(surveytest.Times(n, func(int) survey.Response { return w.parent(id, 5) })...)
	}
	type shown struct {
		n               int64
		suppressed, few bool
	}
	of := func(q Query) map[string]shown {
		t.Helper()
		var table Table
		err := w.Responses.Read(t.Context(), q.Campaign, func(v *columns.CampaignView) (err error) {
			table, err = ForOffice(v).Answer(q)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		groups := map[string]shown{}
		for _, g := range table.Groups {
			groups[g.Keys[len(g.Keys)-1]] = shown{g.Figure.N, g.Figure.Suppressed, g.Figure.Few}
		}
		return groups
	}
	schools := of(Query{Campaign: edu, By: []Dimension{BySchool}})
	for id, want := range map[string]shown{"four": {0, true, false}, "seven": {7, false, true}, "forty": {40, false, false}} {
		if schools[id] != want {
			t.Errorf("school %s: %+v, want %+v", id, schools[id], want)
		}
	}
	for id, want := range map[string]shown{"seven": {0, true, false}, "forty": {40, false, false}} {
		items := of(Query{Campaign: edu, By: []Dimension{ByItem}, Where: []Filter{{BySchool, id}}})
		if len(items) != 1 {
			t.Fatalf("school %s: %d items, want the one that was answered", id, len(items))
		}
		for item, got := range items {
			if got != want {
				t.Errorf("school %s, item %s: %+v, want %+v", id, item, got, want)
			}
		}
	}
	if everybody := w.table(Query{Campaign: edu, By: []Dimension{BySchool}}); !everybody.Groups[1].Figure.Suppressed || !everybody.Groups[2].Figure.Suppressed {
		t.Errorf("everybody is shown %+v, want two schools hidden", everybody.Groups)
	}
}
