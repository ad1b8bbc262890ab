package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/surveytest"
)

// rename is a change of a unit.
func rename(id string, seen int64, name string) survey.Edit[survey.Unit] {
	return survey.Edit[survey.Unit]{
		Collection: survey.Units, ID: id, Seen: seen, Actor: boss, Action: "unit.edit",
		Do: func(u *survey.Unit) error {
			u.ID, u.Name = survey.UnitID(id), survey.Text{survey.Vietnamese: name}
			return nil
		},
	}
}

func (d *office) rename(id string, seen int64, name string) {
	d.t.Helper()
	if _, err := survey.Change(d.t.Context(), d.Changes, rename(id, seen, name)); err != nil {
		d.t.Fatal(err)
	}
}

// oldStore is a store of before documents carried their changes, with two units
// and an entry, at the first start of today's version.
func oldStore(t *testing.T) *office {
	t.Helper()
	d := newOffice(t)
	if err := d.log.Record(t.Context(), boss, "unit.create", "units/a", nil, nil); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b"} {
		if _, err := survey.InsertAll(t.Context(), d.store, survey.Units, []survey.Unit{{ID: survey.UnitID(id), Rev: 3}}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// write puts a document into the store behind the back of the log.
func (d *office) write(c survey.Collection, fields ...bson.E) {
	d.t.Helper()
	raw, err := bson.Marshal(bson.D(fields))
	if err != nil {
		d.t.Fatal(err)
	}
	id, err := survey.DocumentID(raw)
	if err != nil {
		d.t.Fatal(err)
	}
	if old, err := d.store.Get(d.t.Context(), c, id); err == nil {
		if err := d.store.Delete(d.t.Context(), c, id, survey.DocumentRev(old)); err != nil {
			d.t.Fatal(err)
		}
	}
	if _, err := d.store.Insert(d.t.Context(), c, raw); err != nil {
		d.t.Fatal(err)
	}
}

// read is a stored document.
func (d *office) read(c survey.Collection, id string) bson.D {
	d.t.Helper()
	raw, err := d.store.Get(d.t.Context(), c, id)
	if err != nil {
		d.t.Fatal(err)
	}
	var doc bson.D
	if err := bson.Unmarshal(raw, &doc); err != nil {
		d.t.Fatal(err)
	}
	return doc
}

// set is a document with another value in a field.
func set(doc bson.D, key string, value any) bson.D {
	for i := range doc {
		if doc[i].Key == key {
			doc[i].Value = value
			return doc
		}
	}
	return append(doc, bson.E{Key: key, Value: value})
}

func TestVerifyAgainstDocuments(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tamper func(d *office)
		key    string
		names  string
	}{
		"Untouched":      {func(*office) {}, "", ""},
		"ChangedInPlace": {func(d *office) { d.write(survey.Units, set(d.read(survey.Units, "a"), "code", "x")...) }, "audit.foreign", "units/a"},
		"ChangedAnew":    {func(d *office) { d.write(survey.Units, set(d.read(survey.Units, "b"), "rev", int64(9))...) }, "audit.foreign", "units/b"},
		"RestoredOlder":  {func(d *office) { d.write(survey.Units, set(d.read(survey.Units, "a"), "rev", int64(3))...) }, "audit.foreign", "units/a"},
		"Made": {func(d *office) {
			d.write(survey.Units, bson.E{Key: "_id", Value: "new"}, bson.E{Key: "rev", Value: int64(1)})
		}, "audit.foreign", "units/new"},
		"MadeWithoutRev": {func(d *office) { d.write(survey.Users, bson.E{Key: "_id", Value: "x"}) }, "audit.foreign", "users/x"},
		"MadeAgain": {func(d *office) {
			d.write(survey.Units, bson.E{Key: "_id", Value: "gone"}, bson.E{Key: "rev", Value: int64(1)})
		}, "audit.foreign", "units/gone"},
		"Removed":         {func(d *office) { d.remove(survey.Units, "b") }, "audit.missing", "units/b"},
		"OfNoAudited":     {func(d *office) { d.write(survey.Sessions, bson.E{Key: "_id", Value: "s"}) }, "", ""},
		"CarriesAnOldOne": {func(d *office) { d.write(survey.Units, set(d.read(survey.Units, "c"), "code", "x")...) }, "audit.foreign", "units/c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := oldStore(t)
			if err := d.log.Baseline(t.Context(), boss); err != nil {
				t.Fatal(err)
			}
			d.rename("a", 3, "new name")
			d.rename("c", 0, "made")
			d.rename("gone", 0, "to go")
			act := d.Begin(boss).Entry("unit.discard", "units/gone", nil, nil)
			act.Remove(survey.Units, "gone", 1)
			if err := act.Do(t.Context()); err != nil {
				t.Fatal(err)
			}
			tt.tamper(d)
			report, err := audit.New(d.store, time.Now).Verify(t.Context())
			if tt.key == "" {
				if err != nil {
					t.Errorf("it was not touched: %v", err)
				}
				if len(report.Waiting) != 0 {
					t.Errorf("%d documents wait", len(report.Waiting))
				}
				return
			}
			surveytest.WantKind(t, err, survey.Conflict)
			var told *survey.Error
			if errors.As(err, &told); told.Key != tt.key || told.Args[0] != tt.names {
				t.Errorf("%s %v, want %s of %s", told.Key, told.Args, tt.key, tt.names)
			}
			if report.Number != 6 {
				t.Errorf("the chain is whole up to %d, and %d was reported", 6, report.Number)
			}
		})
	}
}

func (d *office) remove(c survey.Collection, id string) {
	d.t.Helper()
	raw, err := d.store.Get(d.t.Context(), c, id)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.store.Delete(d.t.Context(), c, id, survey.DocumentRev(raw)); err != nil {
		d.t.Fatal(err)
	}
}

// A store of an older version is verified as that version did, until the first
// start of this one writes the baseline.
func TestVerifyWithoutBaseline(t *testing.T) {
	t.Parallel()
	d := oldStore(t)
	d.write(survey.Units, bson.E{Key: "_id", Value: "new"}, bson.E{Key: "rev", Value: int64(1)})
	report, err := d.log.Verify(t.Context())
	if err != nil || report.Number != 1 {
		t.Errorf("entry %d, %v", report.Number, err)
	}
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	t.Run("Once", func(t *testing.T) {
		t.Parallel()
		d := oldStore(t)
		for _, process := range []*office{d, d, processOn(t, d.store)} {
			if err := process.log.Baseline(t.Context(), boss); err != nil {
				t.Fatal(err)
			}
		}
		if report, err := d.log.Verify(t.Context()); err != nil || report.Number != 2 {
			t.Errorf("entry %d, %v; want the old one and the baseline", report.Number, err)
		}
	})
	t.Run("InSeveralEntries", func(t *testing.T) {
		t.Parallel()
		d := oldStore(t)
		var rows []survey.Unit
		for i := range 45_000 {
			rows = append(rows, survey.Unit{ID: survey.UnitID(fmt.Sprintf("u%06d", i)), Rev: 1})
		}
		if _, err := survey.InsertAll(t.Context(), d.store, survey.DrawnRows, rows); err != nil {
			t.Fatal(err)
		}
		if err := d.log.Baseline(t.Context(), boss); err != nil {
			t.Fatal(err)
		}
		if report, err := d.log.Verify(t.Context()); err != nil || report.Number != 4 {
			t.Errorf("entry %d, %v; want 3 for the baseline", report.Number, err)
		}
	})
	// Two processes that start at once, with others at work.
	t.Run("AtOnce", func(t *testing.T) {
		t.Parallel()
		d := oldStore(t)
		var all sync.WaitGroup
		for range 4 {
			process := processOn(t, d.store)
			all.Go(func() {
				if err := process.log.Baseline(t.Context(), boss); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if report, err := d.log.Verify(t.Context()); err != nil || report.Number != 2 {
			t.Errorf("entry %d, %v; want one baseline", report.Number, err)
		}
	})
}

// A change whose entry the log does not have yet waits for it, and is no
// tampering; so does an act that is not finished.
func TestVerifyWhileChangesWait(t *testing.T) {
	t.Parallel()
	prepare := func(t *testing.T) *office {
		d := oldStore(t)
		if err := d.log.Baseline(t.Context(), boss); err != nil {
			t.Fatal(err)
		}
		return d
	}
	t.Run("Change", func(t *testing.T) {
		t.Parallel()
		d := prepare(t)
		cut := survey.NewChanges(d.store, deaf{Log: d.log}, time.Now)
		if _, err := survey.Change(t.Context(), cut, rename("a", 3, "x")); err != nil {
			t.Fatal(err)
		}
		d.waits(1)
	})
	t.Run("ActThatRemoves", func(t *testing.T) {
		t.Parallel()
		d := prepare(t)
		act := survey.NewChanges(d.store, deaf{Log: d.log}, time.Now).Begin(boss).Entry("unit.discard", "units", nil, nil)
		act.Remove(survey.Units, "a", 3)
		survey.Update(act, survey.Units, 3, survey.Unit{ID: "b", Code: "x"})
		surveytest.WantKind(t, act.Do(t.Context()), survey.Unavailable)
		d.waits(2)
	})
}

// deaf is a log that takes no entry.
type deaf struct{ *audit.Log }

func (deaf) Append(context.Context, survey.LogEntry) error {
	return survey.NewError(survey.Unavailable, "append", nil)
}

// waits holds that so many documents wait, and none after the next start.
func (d *office) waits(want int) {
	d.t.Helper()
	for _, n := range []int{want, 0} {
		report, err := d.log.Verify(d.t.Context())
		if err != nil || len(report.Waiting) != n {
			d.t.Errorf("%d documents wait, want %d (%v)", len(report.Waiting), n, err)
		}
		if _, _, err := processOn(d.t, d.store).Recover(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
	}
}

// beforeRead is a store that does something before a read of it.
type beforeRead struct {
	survey.Store
	do func()
}

func (b beforeRead) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	b.do()
	return b.Store.Get(ctx, c, id)
}

func (b beforeRead) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	b.do()
	return b.Store.Scan(ctx, c, from, to, visit)
}

// Whenever another process finishes an act, Verify takes none of its documents
// for one that was changed behind the back of the log.
func TestVerifyWhileAnActEnds(t *testing.T) {
	t.Parallel()
	for moment := 1; ; moment++ {
		d := oldStore(t)
		if err := d.log.Baseline(t.Context(), boss); err != nil {
			t.Fatal(err)
		}
		act := survey.NewChanges(d.store, deaf{Log: d.log}, time.Now).Begin(boss).Entry("unit.discard", "units", nil, nil)
		act.Remove(survey.Units, "a", 3)
		survey.Update(act, survey.Units, 3, survey.Unit{ID: "b", Code: "x"})
		surveytest.WantKind(t, act.Do(t.Context()), survey.Unavailable)
		reads := 0
		store := beforeRead{Store: d.store, do: func() {
			if reads++; reads == moment {
				if _, _, err := d.Recover(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}}
		if _, err := audit.New(store, time.Now).Verify(t.Context()); err != nil {
			t.Errorf("the act ends before read %d: %v", moment, err)
		}
		if reads < moment {
			return // every moment was tried
		}
	}
}

// Verify finds nothing while several processes change, make and remove
// documents, and recover, all at once.
func TestVerifyWhileOthersWork(t *testing.T) {
	t.Parallel()
	d := oldStore(t)
	if err := d.log.Baseline(t.Context(), boss); err != nil {
		t.Fatal(err)
	}
	ctx, done := context.WithCancel(t.Context())
	defer done()
	var all sync.WaitGroup
	for n := range 4 {
		p := processOn(t, d.store)
		all.Go(func() {
			defer done()
			id := fmt.Sprint("own", n)
			for i := range 12 {
				if _, err := survey.Change(t.Context(), p.Changes, rename("a", survey.AnyRevision, fmt.Sprint(n, i))); err != nil {
					t.Error(err)
				}
				p.rename(id, 0, "x")
				act := p.Begin(boss).Entry("unit.discard", "units/"+id, nil, nil)
				act.Remove(survey.Units, id, 1)
				survey.Create(act, survey.Units, survey.Unit{ID: survey.UnitID(fmt.Sprint(id, i))})
				if err := act.Do(t.Context()); err != nil {
					t.Error(err)
				}
				if _, _, err := p.Recover(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	times := 0
	for ; ctx.Err() == nil || times == 0; times++ {
		if _, err := audit.New(d.store, time.Now).Verify(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	report, err := d.log.Verify(t.Context())
	if err != nil || len(report.Waiting) != 0 {
		t.Errorf("at the end %d wait, %v", len(report.Waiting), err)
	}
	// The entries of each document follow one another without a gap.
	last := map[string]int64{}
	if err := d.log.Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		for _, doc := range e.Docs {
			r, err := survey.ParseRevision(doc)
			if err != nil {
				return err
			}
			if r.Subject == "units/a" && e.Action == "unit.edit" && r.Rev != last[r.Subject]+1 {
				t.Errorf("entry %d of %s is of revision %d, after %d", e.Number(), r.Subject, r.Rev, last[r.Subject])
			}
			last[r.Subject] = r.Rev
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if last["units/a"] != 3+48 {
		t.Errorf("the last revision is %d, want %d", last["units/a"], 3+48)
	}
	t.Logf("verified %d times meanwhile", times)
}

// An entry of a change stands in the log once, whoever adds it.
func TestAppendOnce(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	var all sync.WaitGroup
	for range 4 {
		p := processOn(t, d.store)
		all.Go(func() {
			for i := range 20 {
				e := survey.LogEntry{ID: fmt.Sprint("c", i), At: p.now, Actor: boss, Action: "unit.edit", Subject: "units/a"}
				if err := p.log.Append(t.Context(), e); err != nil {
					t.Error(err)
				}
				if has, err := p.log.Has(t.Context(), e.ID); err != nil || !has {
					t.Errorf("%s is there: %v, %v", e.ID, has, err)
				}
			}
		})
	}
	all.Wait()
	if report, err := d.log.Verify(t.Context()); err != nil || report.Number != 20 {
		t.Errorf("%d entries, want 20 (%v)", report.Number, err)
	}
	if has, err := d.log.Has(t.Context(), "none"); err != nil || has {
		t.Errorf("an entry that never was: %v, %v", has, err)
	}
}

// An entry that tells of documents in a way that nobody can read is broken.
func TestVerifyUnreadableRevision(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	if err := d.log.Append(t.Context(), survey.LogEntry{ID: "x", Revisions: []survey.Revision{{Subject: "units/a"}}}); err != nil {
		t.Fatal(err)
	}
	d.write(survey.Audit, set(d.read(survey.Audit, "000000000001"), "docs", bson.A{"nonsense"})...)
	_, err := audit.New(d.store, time.Now).Verify(t.Context())
	surveytest.WantKind(t, err, survey.Conflict)
	if !strings.Contains(err.Error(), "entry 1") {
		t.Errorf("%v, want entry 1", err)
	}
}

// A store that fails is told as such, and never taken for tampering.
func TestLogWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	d := oldStore(t)
	d.rename("gone", 0, "x")
	failing := &surveytest.Failing{Store: d.store}
	fresh := func() *audit.Log { return audit.New(failing, time.Now) }
	failing.FailEach(t, func() error { return fresh().Record(t.Context(), boss, "test.act", "x", nil, nil) })
	failing.FailEach(t, func() error { return fresh().Baseline(t.Context(), boss) })
	failing.FailEach(t, func() error {
		return fresh().Each(t.Context(), audit.EntryFilter{}, func(audit.ChainedEntry) error { return nil })
	})
	failing.FailEach(t, func() error {
		_, err := fresh().Has(t.Context(), "none")
		return err
	})
	// With a document that waits, Verify looks twice.
	cut := survey.NewChanges(d.store, deaf{Log: d.log}, time.Now)
	act := cut.Begin(boss).Entry("unit.discard", "units/gone", nil, nil)
	act.Remove(survey.Units, "gone", 1)
	surveytest.WantKind(t, act.Do(t.Context()), survey.Unavailable)
	if _, err := survey.Change(t.Context(), survey.NewChanges(d.store, deaf{Log: d.log}, time.Now), rename("a", 3, "x")); err != nil {
		t.Fatal(err)
	}
	failing.FailEach(t, func() error {
		_, err := fresh().Verify(t.Context())
		return err
	})
}

// What cannot be written as JSON, and what cannot be read, is said.
func TestLogOfNonsense(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	surveytest.WantKind(t, d.log.Record(t.Context(), boss, "test.act", "x", func() {}, nil), survey.Internal)
	surveytest.WantKind(t, d.log.Record(t.Context(), boss, "test.act", "x", nil, func() {}), survey.Internal)
	d.write(survey.Audit, bson.E{Key: "_id", Value: "000000000001"}, bson.E{Key: "at", Value: "no time"})
	surveytest.WantKind(t, d.log.Record(t.Context(), boss, "test.act", "x", nil, nil), survey.Internal)
	surveytest.WantKind(t, d.log.Each(t.Context(), audit.EntryFilter{}, func(audit.ChainedEntry) error { return nil }), survey.Internal)
	_, err := d.log.Verify(t.Context())
	surveytest.WantKind(t, err, survey.Conflict)
}
