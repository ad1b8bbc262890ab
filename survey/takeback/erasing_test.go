package takeback_test

import (
	"errors"
	"testing"

	"hailong/survey"
	"hailong/survey/surveytest"
)

// Whoever keeps copies of answers removes them while the answers are still there: where
// that fails nothing is taken back, and nothing was acknowledged.
func TestCopiesGoFirst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r, code := f.answer()
	var asked []survey.ResponseID
	fails := errors.New("the disk fails")
	f.receipts.Erasing = func(id survey.ResponseID) error {
		asked = append(asked, id)
		doc, err := f.store.Get(t.Context(), survey.Responses, string(id))
		if err != nil || survey.IsTakenBack(doc) {
			t.Errorf("the answers are gone before their copies are (error %v)", err)
		}
		return fails
	}
	surveytest.WantKind(t, f.receipts.TakeBack(t.Context(), "client", string(code)), survey.Unavailable)
	if doc, err := f.store.Get(t.Context(), survey.Responses, string(r.ID)); err != nil || survey.IsTakenBack(doc) {
		t.Errorf("it was taken back though a copy is left (error %v)", err)
	}
	fails = nil
	if err := f.receipts.TakeBack(t.Context(), "client", string(code)); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 || asked[0] != r.ID || asked[1] != r.ID {
		t.Errorf("copies of %v are asked for, want of %s each time", asked, r.ID)
	}
}
