package survey_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/surveytest"
)

var (
	lan = survey.Actor{Login: "lan"}
	hoa = survey.Actor{Login: "hoa"}
)

// office is a store in which staff change units. Its store can be made to stop.
type office struct {
	*survey.Changes
	t     *testing.T
	store *stopping
	log   *audit.Log
	now   time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return officeOn(t, &stopping{Store: surveytest.Store(t), left: -1})
}

// officeOn is a process at work on a store.
func officeOn(t *testing.T, store *stopping) *office {
	o := &office{t: t, store: store, now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)}
	now := func() time.Time { return o.now }
	o.log = audit.New(store, now)
	o.Changes = survey.NewChanges(store, o.log, now)
	return o
}

// later moves the clock on.
func (o *office) later(hours int) { o.now = o.now.Add(time.Duration(hours) * time.Hour) }

// stopping is a store that stops after so many writes, as that of a process that
// is killed; fewer than none: it never stops. An Insert of several documents can
// stop after each, as MongoDB's can. Reading goes on, so that what is there can
// be looked at.
type stopping struct {
	survey.Store
	mu     sync.Mutex
	left   int
	before func(c survey.Collection) // called before each write
	silent bool                      // the next Replace is done, and fails all the same
}

var errStopped = survey.NewError(survey.Unavailable, "write", errors.New("the process was killed"))

func (s *stopping) allow(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = n
}

func (s *stopping) write(c survey.Collection) error {
	s.mu.Lock()
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before(c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == 0 {
		return errStopped
	}
	if s.left > 0 {
		s.left--
	}
	return nil
}

func (s *stopping) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	var all []bool
	for _, doc := range docs {
		if err := s.write(c); err != nil {
			return nil, err
		}
		fresh, err := s.Store.Insert(ctx, c, doc)
		if err != nil {
			return nil, err
		}
		all = append(all, fresh...)
	}
	return all, nil
}

func (s *stopping) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	if err := s.write(c); err != nil {
		return err
	}
	err := s.Store.Replace(ctx, c, rev, doc)
	if s.silent {
		s.silent = false
		return errStopped
	}
	return err
}

func (s *stopping) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	if err := s.write(c); err != nil {
		return err
	}
	return s.Store.Delete(ctx, c, id, rev)
}

// edit is a change of the name of a unit.
func edit(id string, seen int64, name string) survey.Edit[survey.Unit] {
	return survey.Edit[survey.Unit]{
		Collection: survey.Units, ID: id, Seen: seen, Actor: lan, Action: "unit.edit",
		Do: func(u *survey.Unit) error {
			u.ID, u.Name = survey.UnitID(id), survey.Text{survey.Vietnamese: name}
			return nil
		},
	}
}

// make makes a unit.
func (o *office) make(id string) survey.Unit {
	o.t.Helper()
	u, err := survey.Change(o.t.Context(), o.Changes, edit(id, 0, id))
	if err != nil {
		o.t.Fatal(err)
	}
	return u
}

// stored is a unit as it is stored, of revision 0 if there is none.
func (o *office) stored(id string) survey.Unit {
	o.t.Helper()
	u, err := survey.Documents[survey.Unit]{Store: o.store, Collection: survey.Units}.Get(o.t.Context(), id)
	if err != nil && !survey.Is(err, survey.NotFound) {
		o.t.Fatal(err)
	}
	return u
}

// entries are the entries of the log, oldest first.
func (o *office) entries() []audit.ChainedEntry {
	o.t.Helper()
	var all []audit.ChainedEntry
	if err := audit.New(o.store.Store, time.Now).Each(o.t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		all = append(all, e)
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return all
}

// told is what the log says was done, one line an entry.
func (o *office) told() string {
	o.t.Helper()
	var lines []string
	for _, e := range o.entries() {
		lines = append(lines, string(e.Action)+" "+e.Subject)
	}
	return strings.Join(lines, "\n")
}

func TestChange(t *testing.T) {
	t.Parallel()
	t.Run("MakesAndEdits", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		if u := o.make("a"); u.Rev != 1 {
			t.Errorf("revision %d, want 1", u.Rev)
		}
		u, err := survey.Change(t.Context(), o.Changes, edit("a", 1, "new"))
		if err != nil {
			t.Fatal(err)
		}
		if u.Rev != 2 || u.Name[survey.Vietnamese] != "new" {
			t.Errorf("%+v, want revision 2 and the new name", u)
		}
		if got := o.stored("a"); got.Rev != 2 || got.Name[survey.Vietnamese] != "new" {
			t.Errorf("%+v is stored", got)
		}
		all := o.entries()
		if len(all) != 2 {
			t.Fatalf("%d entries, want 2", len(all))
		}
		first, second := all[0], all[1]
		if first.Before != "" {
			t.Errorf("before the unit there was %s", first.Before)
		}
		if second.Before == "" || !strings.Contains(second.Before, `"a"`) {
			t.Errorf("the entry says that it was %s", second.Before)
		}
		if !strings.Contains(second.After, `"new"`) {
			t.Errorf("the entry says that it is %s", second.After)
		}
		if second.Subject != "units/a" || second.Actor != lan {
			t.Errorf("%s by %s", second.Subject, second.Actor)
		}
		if len(second.Docs) != 1 || !strings.HasPrefix(second.Docs[0], "2 ") {
			t.Errorf("the entry holds %q, want revision 2", second.Docs)
		}
	})
	t.Run("ShowsLess", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		e := edit("a", 0, "secret")
		e.Subject, e.Show = "units/short", func(u *survey.Unit) any { return u.Rev }
		if _, err := survey.Change(t.Context(), o.Changes, e); err != nil {
			t.Fatal(err)
		}
		if got := o.entries()[0]; got.After != "1" || got.Subject != "units/short" {
			t.Errorf("the log says %s of %s", got.After, got.Subject)
		}
	})
	t.Run("Refused", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.make("a")
		no := survey.NewError(survey.Invalid, "edit", nil)
		refused := edit("a", 1, "x")
		refused.Do = func(*survey.Unit) error { return no }
		renamed := edit("a", 1, "x")
		renamed.Do = func(u *survey.Unit) error { u.ID = "b"; return nil }
		for name, tt := range map[string]struct {
			edit survey.Edit[survey.Unit]
			want survey.Kind
		}{
			"Overtaken":     {edit("a", 2, "x"), survey.Conflict},
			"MadeTwice":     {edit("a", 0, "x"), survey.Conflict},
			"NotThere":      {edit("b", 1, "x"), survey.NotFound},
			"NotThereAtAll": {edit("b", survey.AnyRevision, "x"), survey.NotFound},
			"ByItsRule":     {refused, survey.Invalid},
			"WithAnotherID": {renamed, survey.Internal},
		} {
			_, err := survey.Change(t.Context(), o.Changes, tt.edit)
			if !survey.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		if u := o.stored("a"); u.Rev != 1 {
			t.Errorf("a refused change made revision %d", u.Rev)
		}
		if n := len(o.entries()); n != 1 {
			t.Errorf("a refused change is in the log: %d entries", n)
		}
	})
	// Of two who change at the same moment the second looks again, and neither is
	// lost.
	t.Run("AnyRevision", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.make("a")
		other := officeOn(t, &stopping{Store: o.store.Store, left: -1})
		overtaken := 0
		o.store.before = func(c survey.Collection) {
			if c == survey.Units && overtaken < 2 {
				overtaken++
				if _, err := survey.Change(t.Context(), other.Changes, edit("a", survey.AnyRevision, fmt.Sprint("other ", overtaken))); err != nil {
					t.Error(err)
				}
			}
		}
		called := 0
		e := edit("a", survey.AnyRevision, "mine")
		do := e.Do
		e.Do = func(u *survey.Unit) error { called++; return do(u) }
		u, err := survey.Change(t.Context(), o.Changes, e)
		if err != nil {
			t.Fatal(err)
		}
		if u.Rev != 4 || called != 3 {
			t.Errorf("revision %d after %d attempts, want 4 after 3", u.Rev, called)
		}
		if n := len(o.entries()); n != 4 {
			t.Errorf("%d entries, want 4", n)
		}
	})
	t.Run("SeenRevisionIsOvertakenWhileWriting", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.make("a")
		other := officeOn(t, &stopping{Store: o.store.Store, left: -1})
		var once sync.Once
		o.store.before = func(survey.Collection) {
			once.Do(func() {
				if _, err := survey.Change(t.Context(), other.Changes, edit("a", 1, "other")); err != nil {
					t.Error(err)
				}
			})
		}
		_, err := survey.Change(t.Context(), o.Changes, edit("a", 1, "mine"))
		surveytest.WantKind(t, err, survey.Conflict)
	})
}

// A document of which the log has no entry yet does not change before it has.
func TestChangeRepairsTheLog(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(o *office) error{
		"SameDocument": func(o *office) error {
			_, err := survey.Change(o.t.Context(), o.Changes, edit("a", 1, "second"))
			return err
		},
		"AnotherDocument": func(o *office) error { o.make("b"); return nil },
		"AnotherProcess": func(o *office) error {
			_, err := survey.Change(o.t.Context(), officeOn(o.t, o.store).Changes, edit("a", 1, "second"))
			return err
		},
		"Act": func(o *office) error {
			act := officeOn(o.t, o.store).Begin(hoa).Entry("unit.merge", "units/a", nil, nil)
			survey.Update(act, survey.Units, 1, survey.Unit{ID: "a", Rev: 2})
			return act.Do(o.t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.store.allow(1) // the document, and not its entry
			if _, err := survey.Change(t.Context(), o.Changes, edit("a", 0, "first")); err != nil {
				t.Fatalf("the change is on disk with its entry, and yet: %v", err)
			}
			if n := len(o.entries()); n != 0 {
				t.Fatalf("%d entries", n)
			}
			o.store.allow(-1)
			if err := next(o); err != nil {
				t.Fatal(err)
			}
			all := o.entries()
			if len(all) != 2 || all[0].Subject != "units/a" || all[0].Docs[0][0] != '1' {
				t.Errorf("the log says %s", o.told())
			}
		})
	}
	t.Run("WriteInDoubt", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.make("a")
		o.store.silent = true
		_, err := survey.Change(t.Context(), o.Changes, edit("a", 1, "x"))
		surveytest.WantKind(t, err, survey.Unavailable)
		if u := o.stored("a"); u.Rev != 2 {
			t.Fatalf("revision %d is stored, want 2", u.Rev)
		}
		o.make("b")
		if got := o.told(); got != "unit.edit units/a\nunit.edit units/a\nunit.edit units/b" {
			t.Errorf("the log says %s", got)
		}
	})
}

// mark is a use of a token, which is in no entry.
func TestMark(t *testing.T) {
	t.Parallel()
	type token struct {
		ID   string `bson:"_id"`
		Rev  int64  `bson:"rev"`
		Name string `bson:"name"`
		Used string `bson:"used,omitempty"`
	}
	o := newOffice(t)
	if err := o.log.Baseline(t.Context(), lan); err != nil {
		t.Fatal(err)
	}
	if _, err := survey.Change(t.Context(), o.Changes, survey.Edit[token]{
		Collection: survey.Tokens, ID: "t", Actor: lan, Action: "token.create",
		Do: func(v *token) error { *v = token{ID: "t", Name: "program"}; return nil },
	}); err != nil {
		t.Fatal(err)
	}
	use := func(v *token) bool { v.Used = "2026-03-05"; return true }
	if err := survey.Mark(t.Context(), o.Changes, survey.Tokens, "t", use); err != nil {
		t.Fatal(err)
	}
	if err := survey.Mark(t.Context(), o.Changes, survey.Tokens, "t", func(*token) bool { return false }); err != nil {
		t.Fatal(err)
	}
	surveytest.WantKind(t, survey.Mark(t.Context(), o.Changes, survey.Tokens, "none", use), survey.NotFound)
	raw, err := o.store.Get(t.Context(), survey.Tokens, "t")
	if err != nil {
		t.Fatal(err)
	}
	if rev := survey.DocumentRev(raw); rev != 2 {
		t.Errorf("revision %d, want 2", rev)
	}
	if n := len(o.entries()); n != 2 {
		t.Errorf("%d entries, want the baseline and the making", n)
	}
	if _, err := o.log.Verify(t.Context()); err != nil {
		t.Errorf("a mark is taken for tampering: %v", err)
	}
	// What is no mark is found all the same.
	if err := survey.Mark(t.Context(), o.Changes, survey.Tokens, "t", func(v *token) bool { v.Name = "other"; return true }); err != nil {
		t.Fatal(err)
	}
	_, err = o.log.Verify(t.Context())
	surveytest.WantKind(t, err, survey.Conflict)
}

func TestRevision(t *testing.T) {
	t.Parallel()
	for _, r := range []survey.Revision{
		{Subject: "units/a b/c", Rev: 3, Sum: "x-Y_z"},
		{Subject: "batches/tthc-2026-001", Rev: 12, Gone: true},
	} {
		got, err := survey.ParseRevision(r.String())
		if err != nil || got != r {
			t.Errorf("%q is read as %+v (%v)", r, got, err)
		}
	}
	for bad, says := range map[string]string{
		"": "is not a revision, a sum and a document", "3": "is not a revision", "3 x": "is not a revision", "three x units/a": "does not begin with a revision",
	} {
		if _, err := survey.ParseRevision(bad); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want one that says %q", bad, err, says)
		}
	}
}

// sums tells which fields of a document are part of its sum.
func TestRevisionOf(t *testing.T) {
	t.Parallel()
	sum := func(c survey.Collection, doc bson.D) string {
		raw, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		r, err := survey.RevisionOf(c, raw)
		if err != nil {
			t.Fatal(err)
		}
		return r.Sum
	}
	user := func(rev int64, step int, secret string) bson.D {
		return bson.D{{Key: "_id", Value: "lan"}, {Key: "rev", Value: rev}, {Key: "totp", Value: bson.D{{Key: "secret", Value: secret}, {Key: "step", Value: step}}}}
	}
	first := sum(survey.Users, user(1, 5, "s"))
	if got := sum(survey.Users, append(user(2, 9, "s"), bson.E{Key: "change", Value: bson.D{{Key: "id", Value: "x"}}})); got != first {
		t.Error("a mark or the change is part of the sum")
	}
	if got := sum(survey.Users, user(1, 5, "t")); got == first {
		t.Error("the secret is no part of the sum")
	}
	if sum(survey.Units, user(1, 5, "s")) == sum(survey.Units, user(2, 5, "s")) {
		t.Error("the revision of a unit is no part of its sum")
	}
	if _, err := survey.RevisionOf(survey.Units, bson.Raw("x")); !survey.Is(err, survey.Invalid) {
		t.Errorf("of no document: %v", err)
	}
}

// Every collection is either audited or left out for a reason that Audited tells.
func TestAudited(t *testing.T) {
	t.Parallel()
	left := []survey.Collection{
		survey.Responses, survey.Contacts, survey.Sessions, survey.Traffic, survey.Suspects, survey.Audit, survey.Intents,
		survey.SlipCodes, survey.SlipUses, survey.SpentSlips, survey.SlipCounts, survey.SlipDossiers, survey.TakenBackMarks, survey.Attempts, survey.Guesses,
		survey.Chains, survey.Ledger, survey.LedgerDays, survey.LogRecords,
	}
	for _, c := range survey.Collections {
		if slices.Contains(survey.Audited, c) == slices.Contains(left, c) {
			t.Errorf("%s: decide whether the log knows its documents", c)
		}
	}
}
