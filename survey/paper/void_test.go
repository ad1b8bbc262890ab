package paper_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/paper"
	"hailong/survey/verification"
)

// Of two who void a form at once, both see it voided; it is logged once, with the
// reason of the first.
func TestVoidAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 20)
	form := f.key(t, b, 5, "4").Stored
	first := false
	f.store.Before = func(call string, c survey.Collection) {
		if call == "Insert" && c == survey.Voids && !first {
			first = true
			if err := f.VoidOwn(t.Context(), survey.Actor{Login: "lan"}, b.ID, 5, 1, "nhập nhầm phiếu"); err != nil {
				t.Errorf("the first: %v", err)
			}
		}
	}
	if err := f.Void(t.Context(), manager, b.ID, 5, 1, "sai khi phúc tra"); err != nil {
		t.Errorf("the second: error %v, want none", err)
	}
	all, err := survey.Documents[verification.Void]{Store: f.Store, Collection: survey.Voids}.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []verification.Void{{ID: form.ID, Rev: 1, Campaign: "tthc-2026", Reason: "nhập nhầm phiếu", By: "lan", At: f.Now().UTC().Truncate(time.Millisecond)}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("voids (-want +got):\n%s", diff)
	}
	entries := 0
	err = f.audit.Each(t.Context(), audit.EntryFilter{Action: "response.void"}, func(audit.ChainedEntry) error { entries++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if entries != 1 {
		t.Errorf("%d entries of the audit log, want 1", entries)
	}
}

// A number that no form of the batch has voids none, also where its last bits
// are those of a form.
func TestVoidOfANumberOutside(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 20)
	f.key(t, b, 5, "4")
	for _, serial := range []int{-1, 0, 21, 1<<16 + 5, 1<<22 + 5, 1<<32 + 5} {
		refused(t, "a number outside", f.Void(t.Context(), manager, b.ID, serial, 1, "sai khi phúc tra"), survey.NotFound, "")
	}
	keyed, err := f.Entries(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	if got := keyed.InForce(); got != 1 {
		t.Errorf("%d forms are in force, want 1", got)
	}
}

// A serial number has so many attempts; after the last it is entered no more.
func TestVoidedTooOften(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 20)
	voids := survey.Documents[verification.Void]{Store: f.Store, Collection: survey.Voids}
	f.key(t, b, 5, "4")
	for attempt := 1; attempt <= 255; attempt++ {
		id, err := f.FormID(t.Context(), &b, 5, attempt)
		if err != nil {
			t.Fatal(err)
		}
		if err := voids.Insert(t.Context(), verification.Void{ID: id, Rev: 1, Campaign: b.Campaign, Reason: "nhập nhầm phiếu", By: "lan"}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := f.Enter(t.Context(), "lan", b.ID, entryOf(5, "4"))
	e := refused(t, "one attempt more", err, survey.Invalid, "batch.too_often")
	wantFields(t, "one attempt more", e.Fields, map[string]string{"serial": "batch.too_often"})
	f.key(t, b, 6, "4")
}

func TestPaperWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*testing.T, *fixture, paper.Batch) error{
		"Make": func(t *testing.T, f *fixture, _ paper.Batch) error {
			_, err := f.Make(t.Context(), manager, paper.BatchPlan{Campaign: "tthc-2026", Points: []survey.PointCode{f.point}, Surveyors: []survey.Login{"lan"}, Forms: 5, IdempotencyKey: "page"})
			return err
		},
		"Enter": func(t *testing.T, f *fixture, b paper.Batch) error {
			_, err := f.Enter(t.Context(), "lan", b.ID, entryOf(2, "4"))
			return err
		},
		"Void": func(t *testing.T, f *fixture, b paper.Batch) error {
			return f.VoidOwn(t.Context(), survey.Actor{Login: "lan"}, b.ID, 1, 1, "nhập nhầm phiếu")
		},
		"Edit": func(t *testing.T, f *fixture, b paper.Batch) error {
			return f.Edit(t.Context(), manager, b.ID, survey.AnyRevision, paper.BatchEdit{Title: "Bản Nậm Củm", Surveyor: "hoa", Forms: 15})
		},
		"Counts": func(t *testing.T, f *fixture, _ paper.Batch) error { _, err := f.Counts(t.Context()); return err },
		"Entries": func(t *testing.T, f *fixture, b paper.Batch) error {
			_, err := f.Entries(t.Context(), &b)
			return err
		},
		"Form": func(t *testing.T, f *fixture, _ paper.Batch) error {
			if _, err := f.rechecks.Form(t.Context(), "tthc-2026", "none"); !survey.Is(err, survey.NotFound) {
				return err
			}
			return nil
		},
		"Draw": func(t *testing.T, f *fixture, _ paper.Batch) error {
			_, err := f.rechecks.Draw(t.Context(), rechecker, "tthc-2026", 1, 1, paper.Everywhere)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			b := f.batch(t, 20)
			f.key(t, b, 1, "4")
			f.store.FailEach(t, func() error { return do(t, f, b) })
		})
	}
}
