package slips_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
	"hailong/survey/slips"
	"hailong/survey/surveytest"
)

const secret = "abcdefghijklmnopqrstuvwxyz234567"

// oldKey is the key that older versions kept in the store, in base 64.
const oldKey = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k="

// addLink stores a link and the rules as an older version left them.
func (f *slipTest) addLink(t *testing.T, secret string, used survey.Date) {
	t.Helper()
	docs := map[survey.Collection]bson.D{
		survey.OneTimeLinks: {
			{Key: "_id", Value: people.HashSecret(secret)},
			{Key: "rev", Value: int64(2)},
			{Key: "dossier", Value: strings.Repeat("d", 64)},
			{Key: "point", Value: string(counter)},
			{Key: "by", Value: "lan"},
			{Key: "issued", Value: f.now.UTC()},
			{Key: "expires", Value: "2026-03-19"},
			{Key: "opened", Value: "2026-03-05"},
			{Key: "used", Value: string(used)},
		},
		survey.Settings: {
			{Key: "_id", Value: "links"}, {Key: "rev", Value: int64(1)}, {Key: "key", Value: oldKey}, {Key: "pattern", Value: `^HS\d+$`}, {Key: "days", Value: 14},
		},
	}
	for c, doc := range docs {
		raw, err := bson.Marshal(doc)
		if err == nil {
			_, err = f.store.Insert(t.Context(), c, raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A link of an older version opens the form of its point until it expires, and proves
// one response; whether it was used, it tells nobody.
func TestLinksGoOnUntilTheyExpire(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	f.addLink(t, secret, "")
	used := strings.Repeat("b", 32)
	f.addLink(t, used, "2026-03-04")
	mine := responseID(t)
	for _, open := range []string{secret, used} {
		if point, err := f.LinkPoint(t.Context(), open); point != counter || err != nil {
			t.Errorf("it opens %q, %v", point, err)
		}
	}
	for range 2 {
		if !f.spend(t, secret, mine) {
			t.Error("it does not prove its response, or not again")
		}
	}
	if f.spend(t, secret, responseID(t)) || f.spend(t, used, responseID(t)) {
		t.Error("a link proves a second response")
	}
	if point, err := f.LinkPoint(t.Context(), secret); point != counter || err != nil {
		t.Errorf("once used it opens %q, %v", point, err)
	}
	for _, unknown := range []string{"", "x", strings.Repeat("a", 32), people.HashSecret(secret), secret + "a"} {
		_, err := f.LinkPoint(t.Context(), unknown)
		surveytest.WantError(t, err, survey.NotFound, "link.unknown")
	}
	f.now = f.now.AddDate(0, 0, 15)
	for _, open := range []string{secret, used} {
		point, err := f.LinkPoint(t.Context(), open)
		surveytest.WantError(t, err, survey.Closed, "link.expired")
		if point != counter {
			t.Errorf("too late it is of point %q", point)
		}
	}
}

// The key that led from links to responses leaves the store; the pattern of
// applications' codes stays.
func TestRetireLinks(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	f.addLink(t, secret, "")
	if err := f.log.Baseline(t.Context(), survey.Actor{Shell: "serve"}); err != nil {
		t.Fatal(err)
	}
	f.store.FailEach(t, func() error { return f.RetireLinks(t.Context(), survey.Actor{Shell: "serve"}) })
	clock := func() time.Time { return f.now }
	if _, _, err := survey.NewChanges(f.store, f.log, clock).Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.another().RetireLinks(t.Context(), survey.Actor{Shell: "serve"}); err != nil {
		t.Errorf("at the next start: %v", err)
	}
	if all, _ := f.bytes(t); strings.Contains(all, oldKey) {
		t.Error("the key is still in the store")
	}
	rules, err := f.Rules(t.Context())
	if err != nil || rules.Pattern != `^HS\d+$` || rules.Rev != 1 {
		t.Errorf("rules %+v, %v", rules, err)
	}
	entries := 0
	if err := f.log.Each(t.Context(), audit.EntryFilter{Action: "link."}, func(e audit.ChainedEntry) error {
		entries++
		if e.Action != "link.retire" || strings.Contains(e.Before+e.After, oldKey) {
			t.Errorf("the log says %s %s%s", e.Action, e.Before, e.After)
		}
		return nil
	}); err != nil || entries != 1 {
		t.Errorf("%d entries, %v", entries, err)
	}
	_, err = f.log.Verify(t.Context())
	if err != nil {
		t.Errorf("the log does not fit the store: %v", err)
	}
}

// A form that an older version opened is stored under an id that does not follow from
// the link: the same one for a day, and then nothing gives it again.
func TestFreshID(t *testing.T) {
	t.Parallel()
	f := newSlipTest(t)
	sent := survey.ResponseID("ee9ea6b9-bd7f-8510-bc8d-8649ebdd83c4")
	fresh := func(s *slips.Slips, secret string, sent survey.ResponseID) survey.ResponseID {
		t.Helper()
		id, err := s.FreshID(t.Context(), secret, sent)
		if err != nil {
			t.Fatal(err)
		}
		if u, err := uuid.Parse(string(id)); err != nil || u.Version() != 4 || u.Variant() != uuid.RFC4122 {
			t.Errorf("%s is no random id: %v", id, err)
		}
		return id
	}
	first := fresh(f.Slips, secret, sent)
	if again := fresh(f.another(), secret, sent); again != first || first == sent {
		t.Errorf("sent %s twice, stored as %s and %s", sent, first, again)
	}
	if other := fresh(f.Slips, strings.Repeat("b", 32), sent); other == first {
		t.Error("two links give one id")
	}
	f.now = f.now.Add(26 * time.Hour)
	f.forget(t)
	if _, in := f.bytes(t); in[survey.SlipUses] != 0 {
		t.Errorf("left: %v", in)
	}
	if again := fresh(f.Slips, secret, sent); again == first {
		t.Error("after a day the id can be made again")
	}
}
