package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/bolt"
	"hailong/survey/surveytest"
)

var boss = survey.Actor{Login: "boss", Session: "0a1b2c3d"}

// office is a store with its log, and a clock that a test moves.
type office struct {
	*survey.Changes
	t     *testing.T
	store *bolt.Store
	log   *audit.Log
	now   time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return processOn(t, surveytest.Store(t))
}

// processOn is one more process at work on a store.
func processOn(t *testing.T, store *bolt.Store) *office {
	d := &office{t: t, store: store, now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)}
	clock := func() time.Time { return d.now }
	d.log = audit.New(store, clock)
	d.Changes = survey.NewChanges(store, d.log, clock)
	return d
}

// A log that somebody put something else into is refused, not searched for ever.
func TestLogWithAForeignEntry(t *testing.T) {
	t.Parallel()
	d := newOffice(t)
	foreign, err := bson.Marshal(bson.M{"_id": "zz"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.store.Insert(t.Context(), survey.Audit, foreign); err != nil {
		t.Fatal(err)
	}
	if err := d.log.Record(t.Context(), survey.Actor{}, "user.create", "users/lan", nil, nil); !survey.Is(err, survey.Internal) {
		t.Errorf("recorded behind it: %v", err)
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	fill := func(t *testing.T) *office {
		d := newOffice(t)
		// Two logs on one store, as two servers have them.
		second := audit.New(d.store, func() time.Time { return d.now })
		for i := range 6 {
			log := d.log
			if i%2 == 1 {
				log = second
			}
			if err := log.Record(ctx, boss, "test.act", "things/"+string(rune('a'+i)), nil, map[string]int{"n": i}); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	t.Run("Whole", func(t *testing.T) {
		t.Parallel()
		d := fill(t)
		head, err := d.log.Verify(ctx)
		if err != nil || head.Number != 6 || len(head.Hash) != 64 {
			t.Errorf("%+v %v", head, err)
		}
	})
	t.Run("Concurrent", func(t *testing.T) {
		t.Parallel()
		d := newOffice(t)
		failed := make(chan error, 8)
		for range cap(failed) {
			log := audit.New(d.store, func() time.Time { return d.now })
			go func() {
				var err error
				for range 10 {
					err = errors.Join(err, log.Record(ctx, boss, "test.act", "x", nil, nil))
				}
				failed <- err
			}()
		}
		for range cap(failed) {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		if head, err := d.log.Verify(ctx); err != nil || head.Number != 80 {
			t.Errorf("%+v %v", head, err)
		}
	})

	// Whoever can write to the store tampers with entry 3.
	get := func(t *testing.T, d *office, id string) bson.D {
		raw, err := d.store.Get(ctx, survey.Audit, id)
		if err != nil {
			t.Fatal(err)
		}
		var doc bson.D
		if err := bson.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		return doc
	}
	put := func(t *testing.T, d *office, doc bson.D) {
		if err := d.store.Delete(ctx, survey.Audit, doc[0].Value.(string), 0); err != nil {
			t.Fatal(err)
		}
		raw, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.store.Insert(ctx, survey.Audit, raw); err != nil {
			t.Fatal(err)
		}
	}
	for name, tamper := range map[string]func(*testing.T, *office){
		"Changed": func(t *testing.T, d *office) {
			doc := get(t, d, "000000000003")
			for i := range doc {
				if doc[i].Key == "subject" {
					doc[i].Value = "things/other"
				}
			}
			put(t, d, doc)
		},
		"FieldAdded": func(t *testing.T, d *office) {
			put(t, d, append(get(t, d, "000000000003"), bson.E{Key: "note", Value: "x"}))
		},
		"Untouched": func(t *testing.T, d *office) {
			put(t, d, get(t, d, "000000000003"))
		},
		"Removed": func(t *testing.T, d *office) {
			if err := d.store.Delete(ctx, survey.Audit, "000000000003", 0); err != nil {
				t.Fatal(err)
			}
		},
		"Swapped": func(t *testing.T, d *office) {
			a, b := get(t, d, "000000000003"), get(t, d, "000000000004")
			a[0].Value, b[0].Value = b[0].Value, a[0].Value
			put(t, d, a)
			put(t, d, b)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fill(t)
			tamper(t, d)
			head, err := audit.New(d.store, time.Now).Verify(ctx)
			if name == "Untouched" { // what the others do besides tampering does no harm
				if err != nil {
					t.Error(err)
				}
				return
			}
			surveytest.WantKind(t, err, survey.Conflict)
			if head.Number != 2 || !strings.Contains(err.Error(), "entry 3") {
				t.Errorf("whole up to %d: %v", head.Number, err)
			}
		})
	}
	t.Run("Filter", func(t *testing.T) {
		t.Parallel()
		d := fill(t)
		d.now = d.now.AddDate(0, 0, 1)
		if err := d.log.Record(ctx, survey.Actor{Shell: "root"}, "other.act", "things/z", nil, nil); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			filter audit.EntryFilter
			want   int
		}{
			{audit.EntryFilter{}, 7},
			{audit.EntryFilter{Actor: "boss"}, 6},
			{audit.EntryFilter{Actor: "shell:root"}, 1},
			{audit.EntryFilter{Action: "test."}, 6},
			{audit.EntryFilter{Subject: "/Z"}, 1},
			{audit.EntryFilter{From: "2026-03-06"}, 1},
			{audit.EntryFilter{To: "2026-03-05"}, 6},
		} {
			n := 0
			err := d.log.Each(ctx, tt.filter, func(audit.ChainedEntry) error { n++; return nil })
			if err != nil || n != tt.want {
				t.Errorf("%+v: %d entries, want %d (%v)", tt.filter, n, tt.want, err)
			}
		}
	})
}
