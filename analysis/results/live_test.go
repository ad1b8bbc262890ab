package results

import (
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// What is stored, made void here and made void by another server is in the next
// figure; package columns holds the rest of how responses are followed.
func TestFiguresFollowTheResponses(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	want := func(when string, n int64, rate float64) {
		t.Helper()
		if got := w.table(Query{Campaign: tthc}).Overall; got.N != n || !near(got.Rate, rate) {
			t.Errorf("%s: %d respondents at %v, want %d at %v", when, got.N, got.Rate, n, rate)
		}
	}
	rs := append(surveytest.Times(8, func(int) survey.Response { return w.Response(5) }), w.Response(1), w.Response(1))
	w.Insert(rs...)
	if err := w.live.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("loaded", 10, 0.8)
	w.keep(w.Response(5), w.Response(5))
	want("with two more", 12, 10.0/12)
	if err := w.live.Void(t.Context(), w.Void(rs[8])); err != nil {
		t.Fatal(err)
	}
	want("without one", 11, 10.0/11)
	w.Void(rs[9])
	if err := w.live.PollVoids(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("without another", 10, 1)
	if responses, bytes := w.live.Memory(); responses != 10 || bytes < 10*16 {
		t.Errorf("%d responses are held in %d bytes, want 10 and at least their ids", responses, bytes)
	}
}

// A store that fails is told of by whoever asks, and asked again.
func TestFiguresOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(5, func(int) survey.Response { return w.Response(5) })...)
	broken := &surveytest.Failing{Store: w.Store}
	w.live = NewLive(broken, func() *survey.Catalog { return w.Catalog }, nil)
	broken.FailEach(t, func() error { _, err := w.live.Table(t.Context(), Query{Campaign: tthc}); return err })
	if got := w.table(Query{Campaign: tthc}).Overall.N; got != 5 {
		t.Errorf("%d respondents, want 5", got)
	}
}
