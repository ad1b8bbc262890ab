package mongo_test

import (
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/storetest"
)

// Changes and acts are in the audit log as the documents stand in MongoDB.
func TestChangesAreVerified(t *testing.T) {
	t.Parallel()
	s := open(t, storetest.MongoDB(t).Database(t))
	log := audit.New(s, time.Now)
	changes := survey.NewChanges(s, log, time.Now)
	who := survey.Actor{Login: "lan"}
	if err := log.Baseline(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	edit := func(id string, seen int64, name string) {
		t.Helper()
		if _, err := survey.Change(t.Context(), changes, survey.Edit[survey.Unit]{
			Collection: survey.Units, ID: id, Seen: seen, Actor: who, Action: "unit.edit",
			Do: func(u *survey.Unit) error {
				*u = survey.Unit{ID: survey.UnitID(id), Name: survey.Text{survey.Vietnamese: name, survey.English: name}, Valid: survey.Span{From: "2026-01-01"}}
				return nil
			},
		}); err != nil {
			t.Fatal(err)
		}
	}
	edit("a", 0, "first")
	edit("a", 1, "second")
	edit("b", 0, "first")
	act := changes.Begin(who).Entry("unit.merge", "units", nil, nil)
	survey.Create(act, survey.Units, survey.Unit{ID: "c"})
	survey.Update(act, survey.Units, 2, survey.Unit{ID: "a"})
	act.Remove(survey.Units, "b", 1)
	if err := act.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	report, err := audit.New(s, time.Now).Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if report.Number != 5 || len(report.Waiting) != 0 {
		t.Errorf("%d entries and %d waiting, want 5 and none", report.Number, len(report.Waiting))
	}
}
