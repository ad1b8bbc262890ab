package releases_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

// held is which responses of a unit a release holds.
func held(r *releases.Release, unit survey.UnitID, stored []survey.Response, voids map[survey.ResponseID]time.Time) map[survey.ResponseID]bool {
	places, in := r.ByUnit(), map[survey.ResponseID]bool{}
	for _, r := range stored {
		if places.Holds(unit, verification.ClassOf(r.Proof, r.Batch), r.Received, verification.Exclusion{From: voids[r.ID]}) {
			in[r.ID] = true
		}
	}
	return in
}

// Of five who wait one has a slip: nobody enters, because the figure of the verified
// would change by that one alone. Each class enters when it is enough of itself.
func TestClassesEnterByThemselves(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const unit survey.UnitID = "xa-bum-to-2025"
	want := func(when string, entered, waiting, left int) {
		t.Helper()
		got := f.cut(tthc)
		if diff := cmp.Diff([]int{entered, waiting, left}, []int{got.Entered, got.Waiting, got.Left}); diff != "" || got.Changed != (entered+left > 0) {
			t.Errorf("%s: changed %t, entered, waiting and left (-want +got): %s", when, got.Changed, diff)
		}
	}
	verified := f.receiveProven(unit, survey.VerifiedSlip, 12)
	f.receive(unit, 8)
	want("twelve with slips and eight without", 20, 0, 0)
	f.receive(unit, 4)
	f.receiveProven(unit, survey.VerifiedSlip, 1)
	want("four, and one with a slip", 0, 5, 0)
	f.void(verified[0])
	f.receive(unit, 1)
	want("five without; a void of the verified stays with the verified", 5, 1, 0)
	f.receiveProven(unit, survey.VerifiedScreen, 4)
	want("five verified, by whatever proof", 5, 0, 1)

	// Forms of batches that were entered before a serial number was a proof are verified too.
	f.receiveProven(unit, survey.VerifiedSlip, 4)
	paper := f.Response(4)
	paper.Unit, paper.Received, paper.Batch = unit, f.now, "sipas-2026-007"
	f.Insert(paper)
	want("four slips and a numbered form", 5, 0, 0)
}

// A unit whose first release takes one class holds nothing of the other.
func TestAFirstReleaseOfOneClass(t *testing.T) {
	t.Parallel()
	for name, proofs := range map[string][2]survey.Proof{
		"Open":     {survey.Unverified, survey.VerifiedSlip},
		"Verified": {survey.VerifiedSlip, survey.Unverified},
	} {
		f := newFixture(t)
		first := f.receiveProven("xa-mu-ca", proofs[0], 6)
		few := f.receiveProven("xa-mu-ca", proofs[1], 4)
		cut := f.cut(tthc)
		if in := held(&cut.Release, "xa-mu-ca", append(first, few...), nil); cut.Entered != 6 || cut.Waiting != 4 || len(in) != 6 || in[few[0].ID] {
			t.Errorf("%s: %d entered, %d wait, %d are held", name, cut.Entered, cut.Waiting, len(in))
		}
		stored, err := releases.Stored(t.Context(), f.Store)
		if err != nil {
			t.Fatal(err)
		}
		if r := stored[tthc]; !cmp.Equal(r.Places, cut.Release.Places) {
			t.Errorf("%s: stored %+v, cut %+v", name, r.Places, cut.Release.Places)
		}
	}
}

// A release of before the classes were apart has one moment for both. It holds what it
// held, and the next one goes on from there, class by class.
func TestAReleaseOfBeforeTheClasses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const unit survey.UnitID = "xa-bum-to-2025"
	stored := append(f.receiveProven(unit, survey.VerifiedSlip, 3), f.receive(unit, 4)...)
	f.void(stored[6])
	voids := map[survey.ResponseID]time.Time{stored[6].ID: f.now}
	doc, err := bson.Marshal(bson.D{
		{Key: "_id", Value: string(tthc)},
		{Key: "rev", Value: int64(7)},
		{Key: "number", Value: 7},
		{Key: "at", Value: f.now},
		{Key: "by", Value: "boss"},
		{Key: "places", Value: bson.A{bson.D{{Key: "unit", Value: string(unit)}, {Key: "through", Value: f.now}, {Key: "corrected", Value: f.now}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Store.Insert(t.Context(), survey.Releases, doc); err != nil {
		t.Fatal(err)
	}
	cut := f.cut(tthc)
	if in := held(&cut.Release, unit, stored, voids); cut.Changed || cut.Waiting != 0 || len(in) != 6 {
		t.Errorf("nothing is new: changed %t, %d wait, %d are held; want 6 held", cut.Changed, cut.Waiting, len(in))
	}
	one := f.receiveProven(unit, survey.VerifiedSlip, 1)
	stored = append(append(stored, one...), f.receive(unit, 5)...)
	cut = f.cut(tthc)
	if in := held(&cut.Release, unit, stored, voids); cut.Release.Number != 8 || cut.Entered != 5 || cut.Waiting != 1 || len(in) != 11 || in[one[0].ID] {
		t.Errorf("five open and one verified: release %d, %d entered, %d wait, %d are held; want the five in and the one not", cut.Release.Number, cut.Entered, cut.Waiting, len(in))
	}
	raw, err := f.Store.Get(t.Context(), survey.Releases, string(tthc))
	if err != nil {
		t.Fatal(err)
	}
	place := raw.Lookup("places", "0").Document()
	for _, field := range [][]string{{"unit"}, {"through"}, {"corrected"}, {"verified", "through"}, {"verified", "corrected"}} {
		if _, err := place.LookupErr(field...); err != nil {
			t.Errorf("the stored release has no %v: %v", field, err)
		}
	}
}

// What an office may know of those who wait: whether some enter, not of which class.
func TestWaitingEnter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		waiting releases.WaitingResponses
		want    bool
	}{
		"Nobody":         {releases.WaitingResponses{}, false},
		"FewOfEach":      {releases.WaitingResponses{Open: 4, Verified: 4}, false},
		"EnoughOpen":     {releases.WaitingResponses{Open: 5, Verified: 1}, true},
		"EnoughVerified": {releases.WaitingResponses{Verified: 5}, true},
	} {
		if got := c.waiting.Enter(5); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

// The rule of the daily release and of a store of several campaigns is the same: ten
// parents of a class of their own.
func TestSchoolsEnterByTensOfAClass(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.now = f.now.Add(time.Second)
	f.Insert(surveytest.Times(19, func(i int) survey.Response {
		r := f.Response(4)
		r.Campaign, r.Received = edu, f.now
		if i < 9 {
			r.Proof = survey.VerifiedSlip
		}
		return r
	})...)
	f.now = f.now.Add(time.Second)
	cuts, err := f.CutDaily(t.Context(), survey.Actor{Shell: "serve"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cuts {
		if c.Campaign == edu && (c.Entered != 10 || c.Waiting != 9) {
			t.Errorf("nine with slips and ten without: %d entered, %d wait; want ten in and nine to wait", c.Entered, c.Waiting)
		}
	}
}
