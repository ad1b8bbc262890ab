package columns

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestAVoidResponseIsInNoFigure(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := append(surveytest.Times(9, func(int) survey.Response { return w.Response(5) }), w.Response(1), w.Response(1))
	w.Insert(rs...)
	w.Void(rs[0])
	if got := w.overall(w.responses); got.Respondents != 10 || got.Rate != 0.8 {
		t.Fatalf("void before the load: %d respondents at %v, want 10 at 0.8", got.Respondents, got.Rate)
	}
	w.countBy(tthc, Unit) // tabulated, and not to be kept
	v := w.Void(rs[10])
	for range 2 { // told twice
		if err := w.responses.Void(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	w.responses.Add(rs[10]) // its Add comes late
	if got := w.overall(w.responses); got.Respondents != 9 || got.Rate != 8.0/9 {
		t.Errorf("void after the load: %d respondents at %v, want 9 at 8/9", got.Respondents, got.Rate)
	}
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 9}, w.countBy(tthc, Unit)); diff != "" {
		t.Errorf("by unit (-want +got): %s", diff)
	}
	w.keep(w.Response(5))
	current, anew := w.overall(w.responses), w.overall(w.over(w.Store))
	if diff := cmp.Diff(anew, current); diff != "" || current.Respondents != 10 {
		t.Errorf("%d respondents, want 10 (-loaded anew +kept current): %s", current.Respondents, diff)
	}
}

// Who is void before another server hears of the response stays out.
func TestAVoidThatComesBeforeItsResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(surveytest.Times(6, func(int) survey.Response { return w.Response(5) })...)
	if got := w.count(); got != 6 {
		t.Fatalf("%d respondents", got)
	}
	r := w.Response(1)
	w.Insert(r)
	if err := w.responses.Void(t.Context(), w.Void(r)); err != nil {
		t.Fatal(err)
	}
	w.responses.Add(r)
	if got := w.count(); got != 6 {
		t.Errorf("%d respondents, want 6", got)
	}
}

func TestAVoidDuringALoad(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := surveytest.Times(10, func(int) survey.Response { return w.Response(5) })
	w.Insert(rs...)
	before := w.Void(rs[0])
	held := &heldStore{Store: w.Store, collection: survey.Responses, after: 5, reached: make(chan struct{}), goOn: make(chan struct{})}
	responses := w.over(held)
	loaded := make(chan error, 1)
	go func() {
		_, err := responses.Load(context.Background())
		loaded <- err
	}()
	<-held.reached
	for _, v := range []survey.Void{before, w.Void(rs[1]), w.Void(rs[9])} { // known, visited, not yet visited
		if err := responses.Void(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	close(held.goOn)
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	if got := w.overall(responses).Respondents; got != 7 {
		t.Errorf("%d respondents, want 7", got)
	}
}

// What another server made void is heard of, whatever stands beside it.
func TestVoidsOfOtherServers(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := surveytest.Times(8, func(int) survey.Response { return w.Response(5) })
	w.keep(rs...)
	if got := w.count(); got != 8 {
		t.Fatalf("%d respondents", got)
	}
	w.Void(rs[1])
	w.Void(w.Response(5)) // of a response that is not there
	w.Void(rs[6])
	for range 2 {
		if err := w.responses.PollVoids(t.Context()); !survey.Is(err, survey.NotFound) {
			t.Errorf("%v, want the response that is not there", err)
		}
	}
	if got := w.count(); got != 6 {
		t.Errorf("%d respondents, want 6", got)
	}
}
