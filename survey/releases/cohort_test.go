package releases_test

import (
	"slices"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// receiveApart stores n open responses of a unit, an hour apart.
func (f *fixture) receiveApart(unit survey.UnitID, n int) []survey.Response {
	f.Helper()
	rs := surveytest.Times(n, func(int) survey.Response {
		f.now = f.now.Add(time.Hour)
		r := f.Response(4)
		r.Unit, r.Received = unit, f.now
		return r
	})
	f.Insert(rs...)
	return rs
}

// Of many who enter at once, and of the cohorts of a year, one who leaves takes few along.
func TestCohortsAreSmallAndFew(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const unit survey.UnitID = "xa-bum-to-2025"
	rs := f.receiveApart(unit, 400)
	f.cut(tthc)
	f.takeBack(rs[111])
	if got := f.cut(tthc); got.Left != 25 {
		t.Errorf("of 400 who entered at once %d left with one, want a sixteenth", got.Left)
	}
	f.receiveApart("xa-mu-ca", 5)
	f.cut(tthc)
	for range 70 {
		f.receiveApart("xa-mu-ca", 5)
		f.cut(tthc)
	}
	release := f.storedRelease(tthc)
	place := release.ByUnit()["xa-mu-ca"]
	if n := len(place.Cohorts); n != 48 || !place.Cohorts[n-1].Through.Equal(place.Through) {
		t.Errorf("%d cohorts through %s, want 48 through %s", n, place.Cohorts[n-1].Through, place.Through)
	}
}

// A release of before there were cohorts holds one: what leaves takes all along until the
// next release, which parts them.
func TestAReleaseOfBeforeTheCohorts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.watch()
	u.stored = f.receiveApart(u.id, 100)
	old := releases.Release{ID: tthc, Rev: 1, Number: 1, At: f.now, Places: []releases.UnitRelease{{Unit: u.id, Through: f.now, Corrected: f.now}}}
	if err := (survey.Documents[releases.Release]{Store: f.Store, Collection: survey.Releases}).Insert(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		when string
		do   func()
		held int
	}{
		{"as it was", func() {}, 100},
		{"one taken back", func() { u.takeBack(u.stored[50]) }, 0},
		{"the next release", func() { f.cut(tthc) }, 90},
	} {
		step.do()
		u.look(t, step.when, f.storedRelease(tthc))
		if held := len(u.seen[len(u.seen)-1]); held != step.held {
			t.Errorf("%s: %d are held, want %d", step.when, held, step.held)
		}
	}
}

// However moments are blurred, a response stays in its cohort, and what waits waits.
func TestBlurredMomentsStayInTheirCohort(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const unit survey.UnitID = "xa-bum-to-2025"
	f.receiveApart(unit, 7)
	f.cut(tthc)
	second := f.receiveApart(unit, 7)
	f.cut(tthc)
	waits := f.receiveApart(unit, 1)[0]
	release := f.storedRelease(tthc)
	place := release.ByUnit()[unit]
	extent := place.Of(verification.Open)
	first, last := survey.DayEnds(second[0].Received)
	if got := extent.Blurred(second[0].Received, first, last); !got.After(extent.Cohorts[0].Through) || got.After(extent.Through) || !got.Equal(extent.Blurred(got, first, last)) {
		t.Errorf("one of the second cohort, after %s, is blurred to %s", extent.Cohorts[0].Through, got)
	}
	hour, end := survey.HourEnds(second[3].Received)
	if got := extent.Blurred(second[3].Received, hour, end); !got.Equal(hour) {
		t.Errorf("one of an hour after the first cohort is blurred to %s, want %s", got, hour)
	}
	first, last = survey.DayEnds(waits.Received)
	if got := extent.Blurred(waits.Received, first, last); !got.Equal(last) {
		t.Errorf("what waits is blurred to %s, want %s", got, last)
	}
}

// Whatever call of the store fails while a release takes notice of what was taken back:
// nobody is told apart, and a later cut drops what the mark needed.
func TestTakingNoticeSurvivesFailures(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	broken := &surveytest.Failing{Store: f.Store}
	whole := f.Store
	broken.FailEach(t, func() error {
		f.over(whole)
		u := f.watch()
		u.stored = f.receiveApart(u.id, 20)
		u.look(t, "cut", f.cutOf(false))
		u.takeBack(u.stored[3])
		f.over(broken)
		f.now = f.now.Add(time.Second)
		_, err := f.Cut(t.Context(), boss, tthc)
		f.over(whole)
		u.look(t, "load", f.storedRelease(tthc))
		u.look(t, "cut", f.cutOf(false))
		for _, mark := range f.marks() {
			if mark.Counted != nil {
				t.Errorf("a mark says %+v after a release", mark.Counted)
			}
		}
		return err
	})
}

// Of a campaign that is closed nobody new will come: those who stand back for a response
// that was taken back are in its edition, and that response is not. While it is open
// they wait for five who are new.
func TestTheEditionOfAClosedCampaignHoldsWhoStoodBack(t *testing.T) {
	t.Parallel()
	for state, want := range map[survey.CampaignState]int{survey.Open: 0, survey.ClosedDown: 11} {
		f := newFixture(t)
		const unit survey.UnitID = "xa-bum-to-2025"
		rs := f.receive(unit, 12)
		f.cut(tthc)
		f.takeBack(rs[4])
		f.cut(tthc)
		f.Catalog.Campaign(tthc).State = state
		now := f.cutOf(true)
		left := append(slices.Clone(rs[:4]), rs[5:]...)
		if in := held(&now, unit, left, nil); len(in) != want {
			t.Errorf("%s: %d are in the edition, want %d", state, len(in), want)
		}
		if again := f.cutOf(true); again.Number != now.Number {
			t.Errorf("%s: the next edition moves the release from %d to %d", state, now.Number, again.Number)
		}
	}
}

// An edition leaves three of a cohort. They are bound to the next who enter: alone they
// would be told when one of them takes a response back.
func TestFewThatAnEditionLeavesAreBoundToTheNext(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const unit survey.UnitID = "xa-bum-to-2025"
	old := f.receive(unit, 6)
	f.cut(tthc)
	for _, r := range old[:3] {
		f.void(r)
	}
	f.cutOf(true)
	f.receive(unit, 7)
	f.cut(tthc)
	f.takeBack(old[4])
	if got := f.cut(tthc); got.Left != 10 {
		t.Errorf("%d left with one of the three, want all ten", got.Left)
	}
}
