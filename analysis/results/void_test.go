package results

import (
	"context"
	"testing"

	"hailong/survey"
)

// void takes a response out of force behind the back of the figures.
func (w *fixture) void(r survey.Response) survey.Void {
	w.Helper()
	v := survey.Void{ID: r.ID, Rev: 1, Campaign: r.Campaign, Reason: "nhập nhầm"}
	if err := (survey.Documents[survey.Void]{Store: w.store, Collection: survey.Voids}).Insert(context.Background(), v); err != nil {
		w.Fatal(err)
	}
	return v
}

func TestAVoidResponseIsInNoFigure(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := append(times(9, func(int) survey.Response { return w.response(5) }), w.response(1), w.response(1))
	w.insert(rs...)
	w.void(rs[0])
	if got := w.table(Query{Campaign: tthc}).Overall; got.N != 10 || got.Rate != 0.8 {
		t.Fatalf("void before the load: %d respondents at %v, want 10 at 0.8", got.N, got.Rate)
	}
	w.table(Query{Campaign: tthc, By: []Dimension{ByUnit}}) // tabulated, and not to be kept
	v := w.void(rs[10])
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
	w.keep(w.response(5))
	fresh := NewLive(w.store, func() *survey.Catalog { return w.catalog }, nil)
	table, err := fresh.Table(t.Context(), Query{Campaign: tthc, By: []Dimension{ByUnit}})
	if got := w.table(Query{Campaign: tthc}).Overall; err != nil || table.Overall != got || got.N != 10 {
		t.Errorf("kept current %+v, loaded anew %+v (%v)", got, table.Overall, err)
	}
}

// Who is void before another server hears of the response stays out.
func TestAVoidThatComesBeforeItsResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.keep(times(6, func(int) survey.Response { return w.response(5) })...)
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 6 {
		t.Fatalf("%d respondents", got)
	}
	r := w.response(1)
	w.insert(r)
	if err := w.live.Void(t.Context(), w.void(r)); err != nil {
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
	rs := times(10, func(int) survey.Response { return w.response(5) })
	w.insert(rs...)
	before := w.void(rs[0])
	held := &heldStore{Store: w.store, collection: survey.Responses, after: 5, reached: make(chan struct{}), goOn: make(chan struct{})}
	live := NewLive(held, func() *survey.Catalog { return w.catalog }, nil)
	loaded := make(chan error, 1)
	go func() { loaded <- live.Load(context.Background()) }()
	<-held.reached
	for _, v := range []survey.Void{before, w.void(rs[1]), w.void(rs[9])} { // known, visited, not yet visited
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
	rs := times(8, func(int) survey.Response { return w.response(5) })
	w.keep(rs...)
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 8 {
		t.Fatalf("%d respondents", got)
	}
	w.void(rs[1])
	w.void(w.response(5)) // of a response that is not there
	w.void(rs[6])
	for range 2 {
		if err := w.live.PollVoids(t.Context()); !survey.Is(err, survey.NotFound) {
			t.Errorf("%v, want the response that is not there", err)
		}
	}
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 6 {
		t.Errorf("%d respondents, want 6", got)
	}
}
