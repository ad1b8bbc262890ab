package moments_test

import (
	"context"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/moments"
	"hailong/survey/quarantine"
	"hailong/survey/releases"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
)

const (
	tthc survey.CampaignID = "tthc-2026"
	unit survey.UnitID     = "xa-bum-to-2025"
	day  survey.Date       = "2026-03-05"
)

var boss = survey.Actor{Login: "boss"}

// fixture is a store of responses and a clock.
type fixture struct {
	*surveytest.ResponseFixture
	*moments.Moments
	failing  *surveytest.Failing
	releases *releases.Releases
	now      time.Time
	finished int
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	return fixtureOf(t, catalogOf(t))
}

// catalogOf is a catalogue with the campaign of the tests.
func catalogOf(t testing.TB) *survey.Catalog {
	t.Helper()
	return (&survey.Catalog{
		Campaigns: []survey.Campaign{{ID: tthc, Family: survey.Procedures, State: survey.Open, Period: survey.Span{From: "2026-01-01"}}},
	}).Index()
}

// fixtureOf is an empty store, with a catalogue that is not in it.
func fixtureOf(t testing.TB, catalog *survey.Catalog) *fixture {
	t.Helper()
	f := &fixture{ResponseFixture: &surveytest.ResponseFixture{TB: t, Store: surveytest.Store(t), Catalog: catalog}, now: at(9, 17)}
	f.failing = &surveytest.Failing{Store: f.Store}
	clock := func() time.Time { return f.now }
	f.releases = releases.New(survey.NewChanges(f.Store, audit.New(f.Store, clock), clock), func() *survey.Catalog { return f.Catalog })
	f.restart()
	return f
}

// restart begins with no pass under way.
func (f *fixture) restart() {
	f.Moments = moments.New(f.failing, nothingToJudge, func() time.Time { return f.now })
	f.Finished = func() { f.finished++ }
}

func nothingToJudge(context.Context) (int, error) { return 0, nil }

// at is a moment of the day in Viet Nam.
func at(hour, minute int) time.Time {
	return day.Time().Add(time.Duration(hour*60+minute) * time.Minute)
}

// nextDay is when the day is over and settled.
var nextDay = at(24, 10)

// receive stores a response that is received now.
func (f *fixture) receive(change func(*survey.Response)) survey.Response {
	f.Helper()
	r := f.Response(4)
	r.Point, r.Received, r.Day = "HA1L0N3", f.now.UTC(), survey.DateOf(f.now)
	change(&r)
	f.Insert(r)
	return r
}

func (f *fixture) stored(id survey.ResponseID) bson.Raw {
	f.Helper()
	doc, err := f.Store.Get(f.Context(), survey.Responses, string(id))
	if err != nil {
		f.Fatal(err)
	}
	return doc
}

// received is when a response came in, as the store tells it now.
func (f *fixture) received(id survey.ResponseID) time.Time {
	f.Helper()
	moment, ok := f.stored(id).Lookup("received").TimeOK()
	if !ok {
		f.Fatalf("response %s has no moment of receipt", id)
	}
	return moment.In(survey.Zone)
}

func (f *fixture) blur() int {
	f.Helper()
	n, err := f.Blur(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return n
}

// held is what a release of the campaign holds of some responses, as they are stored.
func (f *fixture) held(all []survey.Response) map[survey.ResponseID]bool {
	f.Helper()
	stored, err := releases.Stored(f.Context(), f.Store)
	if err != nil {
		f.Fatal(err)
	}
	out, err := verification.Exclusions(f.Context(), f.Store)
	if err != nil {
		f.Fatal(err)
	}
	release, in := stored[tthc], map[survey.ResponseID]bool{}
	places := release.ByUnit()
	for _, r := range all {
		if places.Holds(r.Unit, verification.ClassOf(r.Proof, r.Batch), f.received(r.ID), out[r.ID]) {
			in[r.ID] = true
		}
	}
	return in
}

// keptLong is when nothing of a day is needed by the hour any more.
var keptLong = day.Time().AddDate(0, 0, quarantine.KeptDays+1)
