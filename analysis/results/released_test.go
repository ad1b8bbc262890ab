package results

import (
	"testing"

	"hailong/analysis/results/tables"
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
		table, err := w.released.Table(t.Context(), tables.Query{Campaign: tthc})
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

// A store that fails is told of by whoever asks, and asked again.
func TestFiguresOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Insert(surveytest.Times(5, func(int) survey.Response { return w.Response(5) })...)
	w.Release()
	broken := &surveytest.Failing{Store: w.Store}
	w.released = NewReleased(broken, func() *survey.Catalog { return w.Catalog }, nil)
	broken.FailEach(t, func() error { _, err := w.released.Table(t.Context(), tables.Query{Campaign: tthc}); return err })
	if got := w.table(tables.Query{Campaign: tthc}).Overall.N; got != 5 {
		t.Errorf("%d respondents, want 5", got)
	}
}
