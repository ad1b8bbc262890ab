package treelog_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/surveytest"
	"hailong/survey/treelog"
)

// Several servers close and append at once: each part has one record, and no number is
// left out.
func TestServersAppendAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	servers := []server{f.server(), f.server(), f.server(), f.server()}
	for range 3 {
		for _, s := range servers {
			f.keep(s, 2)
		}
		f.nextDay()
		var group sync.WaitGroup
		for _, s := range servers {
			group.Go(func() {
				if _, err := s.log.ForEdition(s.ledger)(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	for _, s := range servers { // the ends of chains of others
		f.closed(s)
	}
	parts, records := f.idsOf(survey.LedgerDays), f.idsOf(survey.LogRecords)
	if len(parts) == 0 || len(records) != len(parts) {
		t.Errorf("%d records of %d parts", len(records), len(parts))
	}
	texts := f.texts(servers[0])
	if slices.Sort(texts); len(slices.Compact(texts)) != len(records) {
		t.Error("a part has two records")
	}
	heads := map[survey.LogHead]bool{}
	for _, s := range append(servers, f.server()) {
		heads[f.closed(s)] = true
	}
	if len(heads) != 1 {
		t.Errorf("the servers sign %d heads: %v", len(heads), heads)
	}
	if found := f.damage(); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}

// A server that is killed between any two of its writes leaves nothing that the next run
// does not make good.
func TestAppendIsKilled(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	f.keep(s, 2)
	f.nextDay()
	f.closed(s)
	f.keep(s, 2)
	f.keep(f.server(), 1)
	f.nextDay()
	f.store.FailEach(t, func() error {
		again := f.server()
		_, err := again.log.ForEdition(again.ledger)(context.Background())
		if found := f.damage(); len(found) > 0 {
			t.Errorf("a kill looks like damage: %+v", found)
		}
		return err
	})
	if parts, records := f.idsOf(survey.LedgerDays), f.idsOf(survey.LogRecords); len(parts) != 3 || len(records) != 3 {
		t.Errorf("%d records of %d parts, want 3", len(records), len(parts))
	}
}

// An older backup is restored: what was signed holds no longer, and the program says so
// before it signs anything else, once.
func TestRestoredStoreSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	f.keep(s, 1)
	f.nextDay()
	f.closed(s)
	restore := f.backup()
	f.keep(s, 1)
	f.nextDay()
	lost := f.closed(s)
	restore()
	restored := f.server()
	f.keep(restored, 1)
	f.nextDay()
	head := f.closed(restored)
	texts := f.texts(restored)
	want := "hailong log restored\nsize 2\nroot " + lost.Root + "\n"
	if texts[len(texts)-1] != want {
		t.Fatalf("the log is %q, want it to end with %q", texts, want)
	}
	if head.Size != int64(len(texts)) {
		t.Errorf("the head has %d records, want %d", head.Size, len(texts))
	}
	// It is said once: by other servers, and after a restart.
	for range 2 {
		if again := f.closed(f.server()); again != head {
			t.Errorf("the next head is %+v, want %+v", again, head)
		}
	}
	said := 0
	err := audit.New(f.store, f.clock).Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		if e.Action == "log.restored" {
			said++
		}
		return nil
	})
	if err != nil || said != 1 {
		t.Errorf("the audit log says it %d times, %v; want once", said, err)
	}
}

// A kill between any two steps of saying that the store was restored.
func TestRestoredAndKilled(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	f.keep(s, 1)
	f.nextDay()
	f.closed(s)
	f.remove(survey.LogRecords, f.idsOf(survey.LogRecords)[0])
	f.insert(survey.LogRecords, bson.D{{Key: "_id", Value: "000000000000"}, {Key: "rev", Value: int64(1)}, {
		Key: "text", Value: treelog.LogRecord{Restored: &treelog.Tree{Size: 7}}.Text(),
	}})
	f.store.FailEach(t, func() error {
		_, err := f.server().log.Head(context.Background())
		return err
	})
	said := 0
	for _, text := range f.texts(f.server()) {
		if strings.HasPrefix(text, "hailong log restored\nsize 1\n") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("the log says it %d times, want once", said)
	}
}

// A running server whose store is restored under it reads everything anew.
func TestStoreIsRestoredUnderAServer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	f.keep(s, 1)
	f.nextDay()
	f.closed(s)
	restore := f.backup()
	for range 2 {
		f.keep(s, 1)
		f.nextDay()
		f.closed(s)
	}
	restore()
	head := f.closed(s)
	if found := f.damage(); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	if texts := f.texts(s); head.Size != int64(len(texts)) || !strings.HasPrefix(texts[len(texts)-1], "hailong log restored\nsize 3\n") {
		t.Errorf("the log has the records %q", texts)
	}
}

// Records that were lost alone, while the ledger is whole, are appended again and make
// the same tree: nothing that was signed is given up.
func TestLostRecordsAreAppendedAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	var before survey.LogHead
	for range 3 {
		f.keep(s, 1)
		f.nextDay()
		before = f.closed(s)
	}
	for _, id := range f.idsOf(survey.LogRecords)[1:] {
		f.remove(survey.LogRecords, id)
	}
	if head := f.closed(f.server()); head != before {
		t.Errorf("the head is %+v, want %+v", head, before)
	}
}

// What somebody changes in the store is named by the check.
func TestVerifyNamesWhatWasChanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(f *fixture)
		want   string
	}{
		"Record": {func(f *fixture) {
			f.remove(survey.LogRecords, "000000000001")
			f.insert(survey.LogRecords, bson.D{{Key: "_id", Value: "000000000001"}, {Key: "rev", Value: int64(1)}, {Key: "text", Value: "x\n"}})
		}, "it is not a record of the log"},
		"RecordMissing": {func(f *fixture) { f.remove(survey.LogRecords, "000000000001") }, "record 1 is missing"},
		"RecordTwice": {func(f *fixture) {
			text := f.get(survey.LogRecords, "000000000001").Lookup("text").StringValue()
			f.insert(survey.LogRecords, bson.D{{Key: "_id", Value: "000000000003"}, {Key: "rev", Value: int64(1)}, {Key: "text", Value: text}})
		}, "its part of the ledger is that of record 1"},
		"LogCut":      {func(f *fixture) { f.remove(survey.LogRecords, "000000000002") }, "the log does not hold the 3 records"},
		"PartMissing": {func(f *fixture) { f.remove(survey.LedgerDays, f.idsOf(survey.LedgerDays)[1]) }, "its part of the ledger is not there"},
		"PartChanged": {func(f *fixture) {
			id := f.idsOf(survey.LedgerDays)[1]
			var d bson.D
			if err := bson.Unmarshal(f.get(survey.LedgerDays, id), &d); err != nil {
				f.Fatal(err)
			}
			for i := range d {
				if d[i].Key == "points" {
					d[i].Value = bson.A{}
				}
			}
			f.remove(survey.LedgerDays, id)
			f.insert(survey.LedgerDays, d)
		}, "its part of the ledger is not whole"},
		"Edition": {func(f *fixture) { f.edition(func(h *survey.LogHead) { h.Size = 2 }) }, "is not the one that was signed"},
		"Signature": {func(f *fixture) {
			f.edition(func(h *survey.LogHead) { h.Signed = strings.Replace(h.Signed, "\n3\n", "\n2\n", 1) })
		}, "has no valid signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			s := f.server()
			for range 3 {
				f.keep(s, 2)
				f.nextDay()
				f.closed(s)
			}
			f.edition(nil)
			if found := f.damage(); len(found) > 0 {
				t.Fatalf("found %+v in a store that is whole", found)
			}
			c.change(f)
			found := f.damage()
			if !slices.ContainsFunc(found, func(d survey.Damage) bool { return strings.Contains(d.What, c.want) }) {
				t.Errorf("found %+v, want %q", found, c.want)
			}
		})
	}
}

// edition stores a campaign with an edition of the newest head, changed.
func (f *fixture) edition(change func(*survey.LogHead)) {
	f.Helper()
	head := f.closed(f.server())
	if change != nil {
		change(&head)
		f.remove(survey.Campaigns, "tthc-2026")
	}
	f.insert(survey.Campaigns, survey.Campaign{ID: "tthc-2026", Rev: 1, Editions: []survey.Edition{{Number: 1, Log: &head}}})
}

// The keys cannot be read or written: nothing is signed.
func TestNothingIsSignedWithoutMemory(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	f.keep(s, 1)
	f.nextDay()
	changes := survey.NewChanges(f.store, audit.New(f.store, f.clock), f.clock)
	log := treelog.New(changes, forgetful{surveytest.Keys(t)})
	if _, err := log.ForEdition(s.ledger)(t.Context()); !survey.Is(err, survey.Unavailable) {
		t.Errorf("the head is signed: %v, want unavailable", err)
	}
}

// forgetful remembers nothing.
type forgetful struct{ keysOf }

type keysOf interface {
	Key(ctx context.Context, name string) ([]byte, error)
	Remembered(ctx context.Context, name string) ([]byte, error)
}

// Remember fails, as on a full disk.
func (forgetful) Remember(context.Context, string, []byte) error {
	return survey.NewError(survey.Unavailable, "remember", nil)
}
