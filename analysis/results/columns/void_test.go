package columns

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
)

// A void leaves the columns with a release and not before: alone it would tell what
// the response said.
func TestAVoidResponseLeavesWithARelease(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	rs := append(surveytest.Times(9, func(int) survey.Response { return w.Response(5) }), w.Response(1), w.Response(1))
	w.Insert(rs...)
	w.Void(rs[0])
	w.release()
	if got := w.overall(w.responses); got.Respondents != 10 || got.Rate != 0.8 {
		t.Fatalf("void before the release: %d respondents at %v, want 10 at 0.8", got.Respondents, got.Rate)
	}
	w.Void(rs[10])
	if got, anew := w.count(), w.overall(w.over(w.Store)).Respondents; got != 10 || anew != 9 {
		// The releases of the fixture are corrected far ahead.
		t.Errorf("void after the release: %d respondents, loaded anew %d; want 10 and 9", got, anew)
	}
	w.release()
	if diff := cmp.Diff(map[string]int64{"xa-bum-to-2025": 9}, w.countBy(tthc, Unit)); diff != "" {
		t.Errorf("by unit after a release (-want +got): %s", diff)
	}
}

// What was voided after a release was corrected stays in it, also when it is loaded
// again; what is void and was in no release neither counts nor waits.
func TestAVoidAfterTheCorrectionStays(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	in, out, waits := w.Response(5), w.Response(1), w.Response(3)
	waits.Received = surveytest.Received.Add(time.Minute)
	w.Insert(in, out, waits)
	w.Void(out)
	w.Void(waits)
	release := releases.Release{ID: tthc, Rev: 1, Number: 1, Places: []releases.UnitRelease{
		{Unit: out.Unit, Through: surveytest.Received.Add(time.Second), Corrected: surveytest.Received.Add(time.Second)},
	}}
	if err := (survey.Documents[releases.Release]{Store: w.Store, Collection: survey.Releases}).Insert(t.Context(), release); err != nil {
		t.Fatal(err)
	}
	if got, waiting := w.count(), w.waiting(w.responses); got != 2 || waiting != 0 {
		t.Errorf("%d are counted and %d wait, want 2 and 0", got, waiting)
	}
}
