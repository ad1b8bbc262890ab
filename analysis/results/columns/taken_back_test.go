package columns

import (
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// takeBack puts a mark in the place of a response, as package takeback does.
func (w *fixture) takeBack(r survey.Response) {
	w.Helper()
	mark := survey.TakenBack{ID: r.ID, Rev: 1, Campaign: r.Campaign, Day: r.Day, Mark: true}
	if err := (survey.Documents[survey.TakenBack]{Store: w.Store, Collection: survey.TakenBackMarks}).Insert(w.Context(), mark); err != nil {
		w.Fatal(err)
	}
	if err := (survey.Documents[survey.TakenBack]{Store: w.Store, Collection: survey.Responses}).Replace(w.Context(), 0, mark); err != nil {
		w.Fatal(err)
	}
}

func TestAResponseTakenBackIsInNoFigure(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := append(surveytest.Times(9, func(int) survey.Response { return w.Response(5) }), w.Response(1), w.Response(1))
	w.Insert(rs...)
	w.takeBack(rs[0])
	if got := w.overall(w.responses); got.Respondents != 10 || got.Rate != 0.8 {
		t.Fatalf("taken back before the load: %d respondents at %v, want 10 at 0.8", got.Respondents, got.Rate)
	}
	w.takeBack(rs[10])
	for range 2 { // told twice
		w.responses.TakeBack(rs[10])
	}
	w.responses.Add(rs[10]) // its Add comes late
	if got := w.overall(w.responses); got.Respondents != 9 || got.Rate != 8.0/9 {
		t.Errorf("taken back after the load: %d respondents at %v, want 9 at 8/9", got.Respondents, got.Rate)
	}
	if err := w.responses.PollTakenBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.overall(w.responses); got.Respondents != 9 {
		t.Errorf("%d respondents after a poll of what is known, want 9", got.Respondents)
	}
}

// Another server has counted the response and cannot read it any more.
func TestAResponseTakenBackThroughAnotherServer(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := append(surveytest.Times(9, func(int) survey.Response { return w.Response(5) }), w.Response(1))
	w.Insert(rs...)
	if got := w.count(); got != 10 {
		t.Fatalf("%d respondents, want 10", got)
	}
	w.takeBack(rs[9])
	if err := w.responses.PollTakenBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.responses.Add(rs[9]) // heard of late
	if got := w.overall(w.responses); got.Respondents != 9 || got.Rate != 1 {
		t.Errorf("%d respondents at %v, want 9 at 1", got.Respondents, got.Rate)
	}
	late := w.Response(1) // stored and taken back before this server heard of it
	w.Insert(late)
	w.takeBack(late)
	if err := w.responses.PollTakenBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.responses.Add(late)
	if got := w.count(); got != 9 {
		t.Errorf("%d respondents, want 9", got)
	}
}
