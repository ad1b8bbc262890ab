package results

import (
	"context"
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestAVoidResponseIsInNoFigure(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := append(surveytest.Times(9, func(int) survey.Response { return w.Response(5) }), w.Response(1), w.Response(1))
	w.Insert(rs...)
	w.Void(rs[0])
	if got := w.table(Query{Campaign: tthc}).Overall; got.N != 10 || got.Rate != 0.8 {
		t.Fatalf("void before the load: %d respondents at %v, want 10 at 0.8", got.N, got.Rate)
	}
	w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}}) // tabulated, and not to be kept
	v := w.Void(rs[10])
	for range 2 { // told twice
		if err := w.live.Void(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	w.live.Add(rs[10]) // its Add comes late
	if got := w.table(Query{Campaign: tthc}).Overall; got.N != 9 || got.Rate != 8.0/9 {
		t.Errorf("void after the load: %d respondents at %v, want 9 at 8/9", got.N, got.Rate)
	}
	if got := w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}}); got.Groups[0].Figure.N != 9 {
		t.Errorf("by unit: %+v", got.Groups)
	}
	w.keep(w.Response(5))
	fresh := NewLive(w.Store, func() *survey.Catalog { return w.Catalog }, nil)
	table, err := fresh.Table(t.Context(), Query{Campaign: tthc, By: []Dimension{ByUnit}})
	if got := w.table(Query{Campaign: tthc}).Overall; err != nil || table.Overall != got || got.N != 10 {
		t.Errorf("kept current %+v, loaded anew %+v (%v)", got, table.Overall, err)
	}
}

// Who is void before another server hears of the response stays out.
func TestAVoidThatComesBeforeItsResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(surveytest.Times(6, func(int) survey.Response { return w.Response(5) })...)
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 6 {
		t.Fatalf("%d respondents", got)
	}
	r := w.Response(1)
	w.Insert(r)
	if err := w.live.Void(t.Context(), w.Void(r)); err != nil {
		t.Fatal(err)
	}
	w.live.Add(r)
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 6 {
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
	live := NewLive(held, func() *survey.Catalog { return w.Catalog }, nil)
	loaded := make(chan error, 1)
	go func() { loaded <- live.Load(context.Background()) }()
	<-held.reached
	for _, v := range []survey.Void{before, w.Void(rs[1]), w.Void(rs[9])} { // known, visited, not yet visited
		if err := live.Void(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	close(held.goOn)
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	table, err := live.Table(t.Context(), Query{Campaign: tthc})
	if err != nil || table.Overall.N != 7 {
		t.Errorf("%d respondents, want 7 (%v)", table.Overall.N, err)
	}
}

// What another server made void is heard of, whatever stands beside it.
func TestVoidsOfOtherServers(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := surveytest.Times(8, func(int) survey.Response { return w.Response(5) })
	w.keep(rs...)
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 8 {
		t.Fatalf("%d respondents", got)
	}
	w.Void(rs[1])
	w.Void(w.Response(5)) // of a response that is not there
	w.Void(rs[6])
	for range 2 {
		if err := w.live.PollVoids(t.Context()); !survey.Is(err, survey.NotFound) {
			t.Errorf("%v, want the response that is not there", err)
		}
	}
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 6 {
		t.Errorf("%d respondents, want 6", got)
	}
}
