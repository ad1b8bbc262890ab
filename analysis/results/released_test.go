package results

import (
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// What is stored waits; with a release it is in the figures, and what was voided is
// not. Package columns holds the rest of how releases are followed.
func TestFiguresMoveWithReleases(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	want := func(when string, n int64, rate float64, waiting int) {
		t.Helper()
		table, err := w.released.Table(t.Context(), Query{Campaign: tthc})
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Overall; got.N != n || n > 0 && !near(got.Rate, rate) {
			t.Errorf("%s: %d respondents at %v, want %d at %v", when, got.N, got.Rate, n, rate)
		}
		byUnit, err := w.released.Waiting(t.Context(), tthc)
		if err != nil || byUnit["xa-bum-to-2025"].Total() != waiting {
			t.Errorf("%s: %v wait, error %v, want %d", when, byUnit, err, waiting)
		}
	}
	rs := append(surveytest.Times(8, func(int) survey.Response { return w.Response(5) }), w.Response(1), w.Response(1))
	w.Insert(rs...)
	if err := w.released.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("before the first release", 0, 0, 10)
	w.release()
	want("released", 10, 0.8, 0)
	late := w.Response(5)
	w.Insert(late)
	w.released.Add(late)
	w.Void(rs[8])
	want("one late and one void", 10, 0.8, 1)
	w.release()
	want("released again", 10, 0.9, 0)
	if responses, bytes := w.released.Memory(); responses != 10 || bytes < 10*16 {
		t.Errorf("%d responses are held in %d bytes, want 10 and at least their ids", responses, bytes)
	}
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
		w.keep(surveytest.Times(n, func(int) survey.Response { return w.parent(id, 5) })...)
	}
	type shown struct {
		n               int64
		suppressed, few bool
	}
	of := func(q Query) map[string]shown {
		t.Helper()
		table, err := w.released.Table(t.Context(), q)
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

// A store that fails is told of by whoever asks, and asked again.
func TestFiguresOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(5, func(int) survey.Response { return w.Response(5) })...)
	w.Release()
	broken := &surveytest.Failing{Store: w.Store}
	w.released = NewReleased(broken, func() *survey.Catalog { return w.Catalog }, nil)
	broken.FailEach(t, func() error { _, err := w.released.Table(t.Context(), Query{Campaign: tthc}); return err })
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 5 {
		t.Errorf("%d respondents, want 5", got)
	}
}
