package paper_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/paper"
)

// rechecked is how the re-checks of lan's forms stand.
func (f *fixture) rechecked(t *testing.T) paper.SurveyorRechecks {
	t.Helper()
	all, err := f.rechecks.Campaign(t.Context(), "tthc-2026", paper.Everywhere)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d surveyors, %v", len(all), err)
	}
	return all[0]
}

func TestDrawRechecks(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 100)
	for serial := 1; serial <= 40; serial++ {
		f.key(t, b, serial, "4")
	}
	draw := func(share float64, want int) {
		t.Helper()
		if n, err := f.rechecks.Draw(t.Context(), rechecker, "tthc-2026", share, 3, paper.Everywhere); err != nil || n != want {
			t.Fatalf("%d drawn, want %d (%v)", n, want, err)
		}
	}
	for _, wrong := range []struct {
		share   float64
		minimum int
	}{{0, 0}, {1.01, 1001}, {math.NaN(), -1}} {
		_, err := f.rechecks.Draw(t.Context(), rechecker, "tthc-2026", wrong.share, wrong.minimum, paper.Everywhere)
		e := refused(t, "a draw", err, survey.Invalid, "recheck.invalid")
		wantFields(t, "a draw", e.Fields, map[string]string{"share": "plan.bad_percent", "minimum": "plan.bad_number"})
	}
	draw(0.1, 4)
	draw(0.1, 0) // drawn already
	draw(0.2, 4) // what is missing
	if n, err := f.rechecks.Draw(t.Context(), rechecker, "tthc-2026", 1, 3, func(survey.UnitID) bool { return false }); err != nil || n != 0 {
		t.Errorf("%d drawn of nowhere (%v)", n, err)
	}
	for serial := 41; serial <= 50; serial++ {
		f.key(t, b, serial, "4")
	}
	draw(0.2, 2)
	s := f.rechecked(t)
	seen := map[survey.ResponseID]bool{}
	for _, form := range s.Drawn {
		seen[form.Response.ID] = true
	}
	if s.Forms != 50 || len(s.Drawn) != 10 || len(seen) != 10 || s.All || lastAction(t, f) != "recheck.draw" {
		t.Errorf("%d forms, %d drawn, %d different", s.Forms, len(s.Drawn), len(seen))
	}
}

func TestRecordRechecks(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 100)
	for serial := 1; serial <= 30; serial++ {
		f.key(t, b, serial, "4")
	}
	if _, err := f.rechecks.Draw(t.Context(), rechecker, "tthc-2026", 0.5, 3, paper.Everywhere); err != nil {
		t.Fatal(err)
	}
	drawn := f.rechecked(t).Drawn
	record := func(i int, report paper.RecheckReport) error {
		return f.rechecks.Record(t.Context(), rechecker, "tthc-2026", drawn[i].Name(), report)
	}
	asked := func(code int) []paper.AskedAgain { return []paper.AskedAgain{{Item: "overall", Code: code}} }

	for name, wrong := range map[string]struct {
		report     paper.RecheckReport
		field, key string
	}{
		"NoOutcome":     {paper.RecheckReport{}, "outcome", "recheck.no_outcome"},
		"MatchesNot":    {paper.RecheckReport{Outcome: paper.RecheckMatch, Asked: asked(5)}, "outcome", "recheck.answers_differ"},
		"FarFromNear":   {paper.RecheckReport{Outcome: paper.RecheckNear, Asked: asked(2)}, "outcome", "recheck.answers_differ"},
		"AskedNobody":   {paper.RecheckReport{Outcome: paper.RecheckNobody, Asked: asked(4)}, "outcome", "recheck.nobody_asked"},
		"NoSuchAnswer":  {paper.RecheckReport{Outcome: paper.RecheckWrong, Asked: asked(9)}, "asked.overall", "answer.unknown_choice"},
		"OtherQuestion": {paper.RecheckReport{Outcome: paper.RecheckWrong, Asked: []paper.AskedAgain{{Item: "wrong", Code: 1}}}, "asked.wrong", "answer.unknown_choice"},
		"Telephone":     {paper.RecheckReport{Outcome: paper.RecheckMatch, Note: "gọi 0912 345 678"}, "note", "recheck.personal"},
		"LongNote":      {paper.RecheckReport{Outcome: paper.RecheckMatch, Note: strings.Repeat("x", 301)}, "note", "answer.too_long"},
	} {
		e := refused(t, name, record(0, wrong.report), survey.Invalid, "recheck.invalid")
		wantFields(t, name, e.Fields, map[string]string{wrong.field: wrong.key})
	}
	own := f.rechecks.Record(t.Context(), survey.Actor{Login: "lan"}, "tthc-2026", drawn[0].Name(), paper.RecheckReport{Outcome: paper.RecheckMatch})
	refused(t, "one's own form", own, survey.Forbidden, "recheck.own")
	refused(t, "a form that was not drawn", f.rechecks.Record(t.Context(), rechecker, "tthc-2026", "tthc-2026-001.99.1", paper.RecheckReport{Outcome: paper.RecheckMatch}), survey.NotFound, "")

	for i := range 10 { // nine agree, one is wrong: not more than a tenth
		report := paper.RecheckReport{Outcome: paper.RecheckMatch, Asked: asked(4)}
		if i == 9 {
			report = paper.RecheckReport{Outcome: paper.RecheckWrong, Asked: asked(1), Note: "Người trả lời nói khác"}
		}
		if err := record(i, report); err != nil {
			t.Fatal(err)
		}
	}
	if s := f.rechecked(t); s.Done() != 10 || s.Bad() != 1 || s.Failed() || s.All || s.Waiting() != 5 {
		t.Errorf("%d done, %d bad, all %v", s.Done(), s.Bad(), s.All)
	}
	// A correction is a further finding; who did not see the first is told.
	refused(t, "unseen", record(0, paper.RecheckReport{Outcome: paper.RecheckNobody}), survey.Conflict, "")
	if err := record(0, paper.RecheckReport{Outcome: paper.RecheckNobody, Seen: 1}); err != nil {
		t.Fatal(err)
	}
	s := f.rechecked(t)
	form, err := f.rechecks.Form(t.Context(), "tthc-2026", drawn[0].Name())
	if err != nil || len(form.Found) != 2 || form.Outcome() != paper.RecheckNobody {
		t.Errorf("%v %+v", err, form)
	}
	if !s.Failed() || !s.All || len(s.Drawn) != 30 || s.Bad() != 2 {
		t.Errorf("two of ten are bad: all %v, %d drawn", s.All, len(s.Drawn))
	}
	// Every further form is drawn as well, whatever share is asked for.
	f.key(t, b, 31, "4")
	if n, err := f.rechecks.Draw(t.Context(), rechecker, "tthc-2026", 0.1, 3, paper.Everywhere); err != nil || n != 1 {
		t.Errorf("%d drawn, %v", n, err)
	}
	// A form that was voided need not be asked about any more.
	s = f.rechecked(t)
	for _, form := range s.Drawn {
		if form.Waiting() {
			if err := f.Void(t.Context(), manager, b.ID, form.Serial, 1, "sai lệch khi phúc tra"); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if now := f.rechecked(t); now.Waiting() != s.Waiting()-1 {
		t.Errorf("%d waiting, want %d", now.Waiting(), s.Waiting()-1)
	}
}

// drawnBefore is a store in which somebody else draws just before each of the
// first draws.
type drawnBefore struct {
	survey.Store
	draws []func()
}

func (s *drawnBefore) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	if c == survey.RecheckDraws && len(s.draws) > 0 {
		first := s.draws[0]
		s.draws = s.draws[1:]
		first()
	}
	return s.Store.Insert(ctx, c, docs...)
}

// Of two who draw at the same moment the second still has the report stored
// that made the surveyor fail, and every form is drawn once.
func TestRecordWhileSomebodyDraws(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 40)
	for serial := 1; serial <= 30; serial++ {
		f.key(t, b, serial, "4")
	}
	draw := func(share float64) {
		if _, err := f.rechecks.Draw(t.Context(), rechecker, "tthc-2026", share, 3, paper.Everywhere); err != nil {
			t.Error(err)
		}
	}
	draw(0.1)
	busy := &drawnBefore{Store: f.Store, draws: []func(){func() { draw(0.2) }}}
	rechecks := paper.NewRechecks(survey.NewChanges(busy, f.audit, f.Now), f.Catalog, f.keys)
	form := f.rechecked(t).Drawn[0].Name()
	if err := rechecks.Record(t.Context(), rechecker, "tthc-2026", form, paper.RecheckReport{Outcome: paper.RecheckNobody}); err != nil {
		t.Fatal(err)
	}
	s := f.rechecked(t)
	seen := map[survey.ResponseID]bool{}
	for _, form := range s.Drawn {
		seen[form.Response.ID] = true
	}
	if !s.All || s.Done() != 1 || len(s.Drawn) != 30 || len(seen) != 30 {
		t.Errorf("all %v, %d done, %d drawn, %d different", s.All, s.Done(), len(s.Drawn), len(seen))
	}
}
