package treelog_test

import (
	"context"
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/survey/treelog"
)

// What an edition names is copied with its parts, whatever was copied before.
func TestCopyNamed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	for range 3 {
		f.keep(s, 1)
		f.nextDay()
		f.closed(s)
	}
	f.edition(nil)
	copied := &fixture{TB: t, store: &surveytest.Failing{Store: surveytest.Store(t)}, keys: f.keys, now: f.now}
	put := func(c survey.Collection, id string) error {
		_, err := copied.store.Store.Insert(context.Background(), c, f.get(c, id))
		return err
	}
	for c, ids := range map[survey.Collection][]string{
		survey.Campaigns: f.idsOf(survey.Campaigns), survey.LogRecords: f.idsOf(survey.LogRecords)[:1],
		survey.LedgerDays: f.idsOf(survey.LedgerDays)[:1], survey.Chains: f.idsOf(survey.Chains),
	} {
		for _, id := range ids {
			if err := put(c, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(copied.damage()) == 0 {
		t.Fatal("without the records nothing is found: this test shows nothing")
	}
	for range 2 {
		if err := treelog.CopyNamed(t.Context(), f.store, copied.store, func(id string) error { return put(survey.LedgerDays, id) }); err != nil {
			t.Fatal(err)
		}
		if found := copied.damage(); len(found) > 0 {
			t.Errorf("found %+v", found)
		}
	}
}

// A record that was lost between others, in a salvaged store, is made again under its
// number, and the tree is the same.
func TestLostRecordBetweenOthers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := f.server()
	var before survey.LogHead
	for range 3 {
		f.keep(s, 1)
		f.nextDay()
		before = f.closed(s)
	}
	f.remove(survey.LogRecords, f.idsOf(survey.LogRecords)[1])
	if head := f.closed(f.server()); head != before {
		t.Errorf("the head is %+v, want %+v", head, before)
	}
	if found := f.damage(); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}
