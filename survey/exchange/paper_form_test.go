package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/exchange"
	papers "hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/spreadsheet"
	"hailong/survey/surveytest"
)

// A file cannot make verified responses: the batch that it names must have been handed
// out here, for that campaign and unit, and has no more responses than forms.
func TestImportOfPaperForms(t *testing.T) {
	t.Parallel()
	in, campaign := paperIntake(t)
	code := in.Catalog().Points[0].Code
	batches := survey.Documents[papers.Batch]{Store: in.Store, Collection: survey.PaperBatches}
	for _, b := range []papers.Batch{
		{ID: "k-001", Rev: 1, Campaign: "k", Point: code, Forms: 2},
		{ID: "other-001", Rev: 1, Campaign: "other", Point: code, Forms: 2},
	} {
		if err := batches.Insert(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := (survey.Documents[people.User]{Store: in.Store, Collection: survey.Users}).Insert(t.Context(), people.User{Login: "lan", Rev: 1}); err != nil {
		t.Fatal(err)
	}
	const good = "A-1,u1,k-001,lan,2\nA-2,u1,k-001,,1\n"
	content := "id,unit,batch,by,D1\n" + good +
		"A-3,u1,invented,lan,2\nA-4,u1,other-001,lan,2\nA-5,u2,k-001,lan,2\nA-6,u1,,nobody,2\nA-7,u1,k-001,lan,2\n"
	want := []string{
		"4 batch=invented: import.unknown_batch", "5 batch=other-001: import.unknown_batch", "6 batch=k-001: import.batch_elsewhere",
		"7 by=nobody: import.unknown_user", "8 batch=k-001: import.batch_full",
	}
	for _, tt := range []struct {
		name   string
		dryRun bool
		want   exchange.Imported
	}{
		{"DryRun", true, exchange.Imported{Rows: 7, Stored: 2, Rejected: 5}},
		{"New", false, exchange.Imported{Rows: 7, Stored: 2, Rejected: 5}},
		{"Again", false, exchange.Imported{Rows: 7, Known: 2, Rejected: 5}},
	} {
		m := newImporter(t, in, campaign, "")
		m.DryRun = tt.dryRun
		got, rejected, err := importFile(t, m, content)
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", tt.name, got, err, tt.want)
		}
		if diff := cmp.Diff(want, rejected); diff != "" {
			t.Errorf("%s: rejected (-want +got):\n%s", tt.name, diff)
		}
	}
	for _, r := range stored(t, in.Store) {
		if r.Batch != "k-001" {
			t.Errorf("stored of batch %q", r.Batch)
		}
	}
	// Errors of the store end the import.
	failing := &surveytest.Failing{Store: in.Store}
	in.Store = failing
	failing.FailEach(t, func() error {
		rows, err := spreadsheet.OpenRows(surveytest.WriteFile(t, "a.csv", "id,unit,batch,D1\nA-9,u1,k-001,2\n"))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		m := newImporter(t, in, campaign, "")
		if _, err := m.ReadHeader(t.Context(), rows); err != nil {
			return err
		}
		_, err = m.Run(t.Context())
		return err
	})
}
