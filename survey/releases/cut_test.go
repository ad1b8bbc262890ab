package releases_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

const (
	tthc survey.CampaignID = "tthc-2026"
	edu  survey.CampaignID = "edu-2026"
)

var boss = survey.Actor{Login: "boss"}

// fixture is a store of responses with the releases of it, and a clock.
type fixture struct {
	*surveytest.ResponseFixture
	*releases.Releases
	now time.Time
	log *audit.Log
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{ResponseFixture: surveytest.NewResponses(t), now: surveytest.Received}
	f.over(f.Store)
	return f
}

// over has the releases cut in another store in the place of the fixture's.
func (f *fixture) over(store survey.Store) {
	clock := func() time.Time { return f.now }
	f.Store, f.log = store, audit.New(store, clock)
	f.Releases = releases.New(survey.NewChanges(store, f.log, clock), func() *survey.Catalog { return f.Catalog })
}

// receive stores n open responses of a unit that are received now, a second after what
// was done before.
func (f *fixture) receive(unit survey.UnitID, n int) []survey.Response {
	f.Helper()
	return f.receiveProven(unit, survey.Unverified, n)
}

// receiveProven is receive of responses with a proof.
func (f *fixture) receiveProven(unit survey.UnitID, proof survey.Proof, n int) []survey.Response {
	f.Helper()
	f.now = f.now.Add(time.Second)
	rs := surveytest.Times(n, func(int) survey.Response {
		r := f.Response(4)
		r.Unit, r.Received, r.Proof = unit, f.now, proof
		return r
	})
	f.Insert(rs...)
	return rs
}

func (f *fixture) void(rs ...survey.Response) {
	f.Helper()
	f.now = f.now.Add(time.Second)
	for _, r := range rs {
		v := verification.Void{ID: r.ID, Rev: 1, Campaign: r.Campaign, Reason: "nhập nhầm", At: f.now}
		if err := (survey.Documents[verification.Void]{Store: f.Store, Collection: survey.Voids}).Insert(f.Context(), v); err != nil {
			f.Fatal(err)
		}
	}
}

func (f *fixture) cut(campaign survey.CampaignID) releases.Cut {
	f.Helper()
	f.now = f.now.Add(time.Second)
	cuts, err := f.Cut(f.Context(), boss, campaign)
	if err != nil || len(cuts) != 1 {
		f.Fatalf("%d cuts, error %v", len(cuts), err)
	}
	return cuts[0]
}

// The new responses of a unit enter together when five wait there; units are apart.
func TestNewResponsesEnterByFives(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	type outcome struct {
		Changed               bool
		Number                int
		Entered, Waiting, Out int
	}
	want := func(when string, w outcome) {
		t.Helper()
		got := f.cut(tthc)
		if diff := cmp.Diff(w, outcome{got.Changed, got.Release.Number, got.Entered, got.Waiting, got.Left}); diff != "" {
			t.Errorf("%s (-want +got): %s", when, diff)
		}
	}
	want("nobody", outcome{})
	f.receive("xa-bum-to-2025", 4)
	f.receive("xa-mu-ca", 7)
	want("four and seven", outcome{true, 1, 7, 4, 0})
	want("again", outcome{false, 1, 0, 4, 0})
	f.receive("xa-bum-to-2025", 1)
	late := f.receive("xa-mu-ca", 4)
	want("the fifth, and four late", outcome{true, 2, 5, 4, 0})
	f.void(late[:3]...)
	want("three of those who wait are void", outcome{false, 2, 0, 1, 0})
	f.receive("xa-mu-ca", 4)
	want("five in force", outcome{true, 3, 5, 0, 0})
}

// A void counts with new responses of its unit, or with four more, or before an
// edition.
func TestVoidsEnterByFivesOrForAnEdition(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first := f.receive("xa-bum-to-2025", 12)
	f.cut(tthc)
	f.void(first[0])
	if got := f.cut(tthc); got.Changed || got.Left != 0 {
		t.Errorf("one void: %+v, want no change", got)
	}
	f.void(first[1:5]...)
	if got := f.cut(tthc); !got.Changed || got.Left != 5 {
		t.Errorf("five voids: %+v, want them out", got)
	}
	f.void(first[5])
	f.receive("xa-bum-to-2025", 5)
	if got := f.cut(tthc); got.Left != 1 || got.Entered != 5 {
		t.Errorf("one void and five new: %+v", got)
	}
	f.void(first[6])
	f.receive("xa-bum-to-2025", 2)
	f.now = f.now.Add(time.Second)
	edition, err := f.CutForEdition(t.Context(), boss, tthc)
	if err != nil || edition.Left != 1 || edition.Entered != 0 || edition.Waiting != 2 {
		t.Errorf("for an edition: %+v, error %v, want the void out and the two waiting", edition, err)
	}
	places := edition.Release.ByUnit()
	for name, c := range map[string]struct {
		received time.Time
		out      verification.Exclusion
		unit     survey.UnitID
		want     bool
	}{
		"In":            {first[7].Received, verification.Exclusion{}, "xa-bum-to-2025", true},
		"OutBefore":     {first[6].Received, verification.Exclusion{From: f.now}, "xa-bum-to-2025", false},
		"OutAfter":      {first[7].Received, verification.Exclusion{From: f.now.Add(time.Minute)}, "xa-bum-to-2025", true},
		"Later":         {f.now, verification.Exclusion{}, "xa-bum-to-2025", false},
		"Elsewhere":     {first[7].Received, verification.Exclusion{}, "xa-mu-ca", false},
		"BackBefore":    {first[7].Received, verification.Exclusion{From: first[7].Received, Until: first[7].Received.Add(time.Second)}, "xa-bum-to-2025", true},
		"BackAndWaits":  {first[7].Received, verification.Exclusion{From: first[7].Received, Until: f.now}, "xa-bum-to-2025", false},
		"BackUnnoticed": {first[7].Received, verification.Exclusion{From: f.now.Add(time.Minute), Until: f.now.Add(time.Hour)}, "xa-bum-to-2025", true},
	} {
		if got := places.Holds(c.unit, verification.Open, c.received, c.out); got != c.want {
			t.Errorf("%s: held %v, want %v", name, got, c.want)
		}
	}
}

// Parents of a school know each other: ten wait.
func TestSchoolsEnterByTens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, r := range f.receive("xa-bum-to-2025", 9) {
		r.ID, r.Campaign = f.ID(), edu
		f.Insert(r)
	}
	if got := f.cut(edu); got.Changed || got.Waiting != 9 {
		t.Errorf("nine parents: %+v, want them to wait", got)
	}
}

// The day's release is cut once a day, whoever asks for it; a command cuts at any
// time.
func TestCutDaily(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.receive("xa-bum-to-2025", 5)
	daily := func() (numbers []int) {
		t.Helper()
		cuts, err := f.CutDaily(t.Context(), survey.Actor{Shell: "serve"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cuts {
			if c.Changed {
				numbers = append(numbers, c.Release.Number)
			}
		}
		return numbers
	}
	if diff := cmp.Diff([]int{1}, daily()); diff != "" {
		t.Error(diff)
	}
	f.receive("xa-bum-to-2025", 5)
	if got := daily(); got != nil {
		t.Errorf("on the same day %v were cut", got)
	}
	if got := f.cut(tthc); got.Release.Number != 2 {
		t.Errorf("asked for, release %d, want 2", got.Release.Number)
	}
	f.receive("xa-bum-to-2025", 5)
	f.now = f.now.Add(24 * time.Hour)
	if diff := cmp.Diff([]int{3}, daily()); diff != "" {
		t.Error(diff)
	}
	entries := 0
	if err := f.log.Each(t.Context(), audit.EntryFilter{Action: "release.cut"}, func(audit.ChainedEntry) error { entries++; return nil }); err != nil || entries != 3 {
		t.Errorf("%d entries of the audit log, error %v, want 3", entries, err)
	}
}

func TestCutOfNoCampaign(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if _, err := f.Cut(t.Context(), boss, "none"); !survey.Is(err, survey.NotFound) {
		t.Errorf("error %v, want NotFound", err)
	}
}

func TestCutOfAStoreThatFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.receive("xa-bum-to-2025", 5)
	broken := &surveytest.Failing{Store: f.Store}
	clock := func() time.Time { return f.now.Add(time.Second) }
	rs := releases.New(survey.NewChanges(broken, audit.New(broken, clock), clock), func() *survey.Catalog { return f.Catalog })
	broken.FailEach(t, func() error { _, err := rs.Cut(t.Context(), boss, tthc); return err })
}
