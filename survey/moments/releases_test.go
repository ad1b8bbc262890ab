package moments_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// A release that was cut in the middle of an hour holds the same afterwards, and the next
// one takes what waited.
func TestAReleaseHoldsTheSame(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var all []survey.Response
	for i := range 12 {
		if f.now = f.now.Add(time.Minute); i == 7 { // seven are in, and five come later
			f.cut(t)
			f.now = f.now.Add(time.Minute)
		}
		all = append(all, f.receive(func(*survey.Response) {}))
	}
	before := f.held(all)
	for _, now := range []time.Time{nextDay, keptLong} {
		f.now = now
		if n := f.blur(); n != 12 {
			t.Errorf("%d are blurred, want 12", n)
		}
		if diff := cmp.Diff(before, f.held(all)); diff != "" || len(before) != 7 {
			t.Errorf("of %d the release holds others at %s (-want +got): %s", len(before), now, diff)
		}
	}
	if cut := f.cut(t); cut.Entered != 5 || cut.Waiting != 0 {
		t.Errorf("the next release takes %d, and %d wait; want the five", cut.Entered, cut.Waiting)
	}
}

func (f *fixture) cut(t rapid.TB) releases.Cut {
	t.Helper()
	cuts, err := f.releases.Cut(f.Context(), boss, tthc)
	if err != nil || len(cuts) != 1 {
		t.Fatalf("%d cuts, error %v", len(cuts), err)
	}
	return cuts[0]
}

// insert stores a document beside responses.
func insert[T any](f *fixture, t rapid.TB, c survey.Collection, v T) {
	t.Helper()
	if err := (survey.Documents[T]{Store: f.Store, Collection: c}).Insert(f.Context(), v); err != nil {
		t.Fatal(err)
	}
}

// twins are two stores to which the same happens; the moments of one are blurred each day.
type twins struct {
	stores [2]*fixture
	all    []survey.Response
	out    map[survey.ResponseID]bool // void or suspect
	bursts []verification.BurstID
}

// step lets something happen in both stores at the same time.
func (w *twins) step(t *rapid.T, number int) {
	kind := rapid.SampledFrom([]string{"receive", "receive", "receive", "void", "suspect", "count", "leave out", "cut", "cut", "cut for an edition"}).Draw(t, "step")
	var chosen survey.Response
	if len(w.all) > 0 {
		chosen = rapid.SampledFrom(w.all).Draw(t, "response")
	}
	proof := rapid.SampledFrom([]survey.Proof{survey.Unverified, survey.VerifiedSlip, survey.VerifiedSerial}).Draw(t, "proof")
	n := rapid.IntRange(1, 7).Draw(t, "number")
	var received []survey.Response
	for i, f := range w.stores {
		switch kind {
		case "receive":
			for range n {
				r := f.receive(func(r *survey.Response) { r.Unit, r.Proof = unit, proof })
				if i == 0 {
					received = append(received, r)
				}
			}
		case "void":
			if len(w.all) > 0 && !w.out[chosen.ID] {
				insert(f, t, survey.Voids, verification.Void{ID: chosen.ID, Rev: 1, Campaign: tthc, Reason: "nhập nhầm", At: f.now})
			}
		case "suspect":
			if len(w.all) > 0 && !w.out[chosen.ID] {
				burst := verification.NewBurstID(tthc, survey.PointCode(chosen.ID), day)
				insert(f, t, survey.Suspects, verification.NewSuspect(burst, chosen.ID, verification.SignAlike, 9, f.now))
				if i == 0 {
					w.bursts = append(w.bursts, burst)
				}
			}
		case "count", "leave out":
			if len(w.bursts) > 0 {
				w.decide(t, f, w.bursts[number%len(w.bursts)], kind == "count")
			}
		case "cut":
			f.cut(t)
		default:
			if _, err := f.releases.CutForEdition(f.Context(), boss, tthc); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.all = append(w.all, received...)
	if kind == "void" || kind == "suspect" {
		w.out[chosen.ID] = true
	}
}

// decide has a suspect counted again, or not any more.
func (w *twins) decide(t *rapid.T, f *fixture, burst verification.BurstID, count bool) {
	decisions := survey.Documents[verification.BurstDecision]{Store: f.Store, Collection: survey.BurstDecisions}
	d, err := decisions.Get(f.Context(), string(burst))
	if err != nil && !survey.Is(err, survey.NotFound) {
		t.Fatal(err)
	}
	rev, choice := d.Rev, verification.LeaveOut
	if count {
		choice = verification.CountThem
	}
	if d.Choice != choice {
		d.Since = f.now
	}
	d.ID, d.Rev, d.Campaign, d.Choice, d.Counted = verification.DecisionID(burst), rev+1, tthc, choice, d.Counted || count
	if rev == 0 {
		err = decisions.Insert(f.Context(), d)
	} else {
		err = decisions.Replace(f.Context(), rev, d)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// cuts are the moments at which the release was cut, by which who entered later on the
// same day is told from who entered before.
func (f *fixture) cuts() map[int64]bool {
	all := map[int64]bool{}
	stored, err := releases.Stored(f.Context(), f.Store)
	if err != nil {
		f.Fatal(err)
	}
	for _, release := range stored {
		for _, place := range release.Places {
			for _, class := range []verification.Class{verification.Open, verification.Verified} {
				extent := place.Of(class)
				for _, cohort := range extent.Cohorts {
					all[cohort.Through.UnixMilli()] = true
				}
			}
		}
	}
	return all
}

// Whatever comes in, is voided, held back, counted again and released, in whatever order
// and on whatever day: every release is the same one as if no moment were blurred, and
// holds the same responses.
func TestReleasesAreAsIfNothingWereBlurred(t *testing.T) {
	t.Parallel()
	catalog := catalogOf(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := &twins{out: map[survey.ResponseID]bool{}}
		for i := range w.stores {
			w.stores[i] = fixtureOf(t, catalog)
		}
		blurred := w.stores[1]
		for i := range rapid.IntRange(1, 30).Draw(rt, "steps") {
			later := time.Duration(rapid.SampledFrom([]int{1, 1, 7, 61, 300, 1440, 60 * 24 * 60}).Draw(rt, "minutes")) * time.Minute
			for _, f := range w.stores {
				f.now = f.now.Add(later)
			}
			blurred.blur()
			w.step(rt, i)
			var in [2]map[survey.ResponseID]bool
			for k, f := range w.stores {
				in[k] = f.held(w.all)
			}
			if diff := cmp.Diff(in[0], in[1]); diff != "" {
				rt.Fatalf("after step %d the release holds others (-exact +blurred): %s", i, diff)
			}
		}
		blurred.now = blurred.now.AddDate(0, 0, 200)
		blurred.blur()
		cuts := blurred.cuts()
		for _, r := range w.all {
			at := blurred.received(r.ID)
			first, last := survey.DayEnds(at)
			if !at.Equal(first) && !at.Equal(last) && !cuts[at.Add(-time.Millisecond).UnixMilli()] {
				rt.Fatalf("in the end %s was received at %s", r.ID, at)
			}
		}
		if diff := cmp.Diff(w.stores[0].held(w.all), blurred.held(w.all)); diff != "" {
			rt.Fatalf("in the end the release holds others (-exact +blurred): %s", diff)
		}
	})
}
