package results

import (
	"testing"
	"time"

	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// suspects stores responses that are held back.
func (w *fixture) suspects(n, code int) []survey.ResponseID {
	w.Helper()
	var ids []survey.ResponseID
	var held []verification.Suspect
	responses := surveytest.Times(n, func(int) survey.Response { return w.Response(code) })
	for _, r := range responses {
		ids = append(ids, r.ID)
		held = append(held, verification.NewSuspect(verification.NewBurstID(tthc, r.Point, r.Day), r.ID, verification.SignCrowd, 9, surveytest.Received))
	}
	if _, err := survey.InsertAll(w.Context(), w.Store, survey.Suspects, held); err != nil {
		w.Fatal(err)
	}
	w.keep(responses...)
	return ids
}

// An office that decides about responses is shown the figures of the release and with
// them, where neither they nor the others that are held back are few; nobody else is.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ids, more := w.suspects(8, 1), w.suspects(5, 2)
	good := surveytest.Times(12, func(int) survey.Response { return w.Response(5) })
	w.keep(good...)
	p := NewPublished(w.released, nil, noCut{})
	inRelease := []survey.ResponseID{good[0].ID, good[1].ID, good[2].ID, good[3].ID, good[4].ID}
	for name, c := range map[string]struct {
		reader    Reader
		responses []survey.ResponseID
		others    []survey.ResponseID
		ok        bool
	}{
		"Shown":           {everywhere, ids, nil, true},
		"WithManyMore":    {everywhere, ids, more, true},
		"WithFewMore":     {everywhere, ids, more[:4], false},
		"FewResponses":    {everywhere, ids[:4], nil, false},
		"InTheReleaseYet": {everywhere, inRelease, nil, false},
		"ToThePublic":     {Public, ids, nil, false},
		"ToOneUnit":       {atBumTo, ids, nil, false},
		"ToOtherFamily":   {schools, ids, nil, false},
	} {
		a, ok, err := p.Alternatives(t.Context(), c.reader, tthc, c.responses, c.others)
		if err != nil || ok != c.ok {
			t.Errorf("%s: shown %v, error %v, want %v", name, ok, err, c.ok)
		}
		if !c.ok && (a.Without.N != 0 || a.With.N != 0) {
			t.Errorf("%s: figures are shown: %+v", name, a)
		}
		if c.ok && (a.Without.N != 12 || a.Without.Rate != 1 || a.With.N != 20 || !near(a.With.Rate, 12.0/20)) {
			t.Errorf("%s: %+v, want all of 12 without, and as many of 20 with", name, a)
		}
	}
}

// Attacks: who decides looks at the figures, has one response held that the release
// counts, or one that is held taken back, and looks again.
func TestAlternativesDoNotMoveByOne(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ids := w.suspects(10, 1)
	good := surveytest.Times(12, func(i int) survey.Response { return w.Response([]int{5, 1}[min(i, 1)]) })
	w.keep(good...)
	p := NewPublished(w.released, nil, noCut{})
	look := func(ids ...survey.ResponseID) (tables.Alternatives, bool) {
		t.Helper()
		a, ok, err := p.Alternatives(t.Context(), everywhere, tthc, ids, nil)
		if err != nil {
			t.Fatal(err)
		}
		return a, ok
	}
	before, ok := look(ids...)
	if !ok {
		t.Fatal("no figures are shown")
	}
	held := verification.NewSuspect(verification.NewBurstID(tthc, good[0].Point, good[0].Day), good[0].ID, verification.SignMisusedSlip, 9, surveytest.Received.Add(48*time.Hour))
	if _, err := survey.InsertAll(t.Context(), w.Store, survey.Suspects, []verification.Suspect{held}); err != nil {
		t.Fatal(err)
	}
	if after, ok := look(append(ids, good[0].ID)...); ok && (after.Without.N != before.Without.N || after.With.N != before.With.N) {
		t.Errorf("one more was held: %+v, before %+v", after, before)
	}
	mark := survey.TakenBack{ID: ids[3], Rev: 1, Campaign: tthc, Day: statedDay, Mark: true}
	if err := (survey.Documents[survey.TakenBack]{Store: w.Store, Collection: survey.TakenBackMarks}).Insert(t.Context(), mark); err != nil {
		t.Fatal(err)
	}
	if err := (survey.Documents[survey.TakenBack]{Store: w.Store, Collection: survey.Responses}).Replace(t.Context(), 0, mark); err != nil {
		t.Fatal(err)
	}
	if after, ok := look(ids...); ok {
		t.Errorf("one of them took it back: %+v is shown, before %+v", after, before)
	}
}
