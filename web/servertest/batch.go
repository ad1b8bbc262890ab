package servertest

import (
	"testing"

	"hailong/survey"
	"hailong/survey/paper"
)

// AddBatch stores a batch of a surveyor who need not be there yet, with one
// form entered and drawn to be re-checked.
func AddBatch(t *testing.T, s *Server, owner survey.Login) (survey.BatchID, paper.FormName) {
	t.Helper()
	batch := paper.Batch{
		ID: "tthc-2026-001", Rev: 1, Campaign: "tthc-2026", Title: "Bum Tở – Lan", Point: PointPaper, Surveyor: owner,
		Forms: 20, Created: Now, IDPrefix: "0a1b2c3d-4e5f-8a6b-8c7d-8e9f0a1b2c3d",
	}
	batches := survey.Documents[paper.Batch]{Store: s.Store, Collection: survey.PaperBatches}
	if err := batches.Insert(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	_, err := s.Batches.Enter(t.Context(), owner, batch.ID, paper.Entry{
		Serial: 1, Day: "2026-03-04", Given: survey.Given{Codes: map[string][]string{"sector": {"land"}, "overall": {"4"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rechecks.Draw(t.Context(), survey.Actor{Login: "mat-tran"}, "tthc-2026", 0.1, 3, paper.Everywhere); err != nil {
		t.Fatal(err)
	}
	return batch.ID, paper.FormName(batch.ID) + ".1.1"
}

// BatchPath is the page of the batch of AddBatch.
const BatchPath = "/staff/batches/tthc-2026-001"

// SentForm is a paper form as the page sends it.
func SentForm(serial, overall string, more ...string) []string {
	return append([]string{"serial", serial, "day", "2026-03-04", "take", "1", "form", "quick@2", "lang", "vi", "a.sector", "land", "a.overall", overall}, more...)
}
