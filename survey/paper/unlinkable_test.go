package paper_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/survey/surveytest"
)

// A surveyor enters her pile in the order of her visits. Whoever has the store, and
// her list of names, must not find whose answers the k-th are.
func TestTheStoreDoesNotTellTheOrderOfForms(t *testing.T) {
	t.Parallel()
	const forms = 60
	f := newFixture(t)
	b := f.batch(t, forms)
	for serial := 1; serial <= forms; serial++ {
		f.key(t, b, serial, []string{"1", "5"}[serial%2])
	}
	inOrder := 0
	var places []int
	err := f.Store.Scan(t.Context(), survey.Responses, "", "", func(doc bson.Raw) error {
		if survey.DocumentText(doc, "batch") == "" {
			return nil
		}
		id := uuid.MustParse(survey.DocumentText(doc, "_id"))
		places = append(places, int(id[9])<<8|int(id[10])) // where older versions wrote the serial number
		if _, err := doc.LookupErr("serial"); err == nil {
			t.Errorf("a response names its serial number: %s", doc)
		}
		return nil
	})
	if err != nil || len(places) != forms {
		t.Fatalf("%d responses of the batch, %v", len(places), err)
	}
	entered, err := f.Entries(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	byID := slices.SortedFunc(slices.Values(entered), func(a, b paper.EnteredForm) int {
		return slices.Compare([]byte(a.Response.ID), []byte(b.Response.ID))
	})
	for i, form := range byID {
		if form.Serial == i+1 || places[i] == form.Serial {
			inOrder++
		}
	}
	if inOrder > 6 { // one is expected, and more than six come once in ten thousand times
		t.Errorf("%d of %d forms stand where their serial number says", inOrder, forms)
	}
	for i, form := range entered { // and the server still knows each
		if want := []int{1, 5}[form.Serial%2]; form.Serial != i+1 || form.Attempt != 1 || answerTo(form.Response, "overall") != want {
			t.Errorf("form %d is %+v", i+1, form)
		}
	}
}

func answerTo(r survey.Response, item string) int {
	for _, a := range r.Answers {
		if a.Item == item && len(a.Codes) == 1 {
			return a.Codes[0]
		}
	}
	return 0
}

// A directory of keys that was lost must not let forms be entered a second time.
func TestFormsAreNotEnteredUnderAnotherKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 3)
	f.key(t, b, 1, "5")
	f.Batches = paper.NewBatches(&f.Intake, f.changes, surveytest.Keys(t))
	_, err := f.Enter(t.Context(), "lan", b.ID, entryOf(1, "5"))
	refused(t, "entered under another key", err, survey.Closed, "batch.key_lost")
	refused(t, "voided under another key", f.Void(t.Context(), manager, b.ID, 1, 1, "nhập nhầm phiếu"), survey.Closed, "batch.key_lost")
	// What was entered counts, and is still re-checked, by whoever finds the sheet.
	entered, err := f.Entries(t.Context(), &b)
	if err != nil || entered.InForce() != 1 || entered[0].Serial != 0 {
		t.Errorf("entered are %+v, %v", entered, err)
	}
	rechecks := paper.NewRechecks(f.changes, f.Catalog, surveytest.Keys(t))
	surveyors, err := rechecks.Campaign(t.Context(), "tthc-2026", paper.Everywhere)
	if err != nil || len(surveyors) != 1 || surveyors[0].Forms != 1 {
		t.Errorf("re-checks are %+v, %v", surveyors, err)
	}
}

// A batch of an older version goes on: a form that was entered before the upgrade is
// the same form after it.
func TestABatchOfAnOlderVersionGoesOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 3)
	batches := survey.Documents[paper.Batch]{Store: f.Store, Collection: survey.PaperBatches}
	older := b
	older.Rev, older.Seal = b.Rev+1, ""
	if err := batches.Replace(t.Context(), b.Rev, older); err != nil {
		t.Fatal(err)
	}
	if e := f.key(t, b, 2, "5"); !e.Fresh {
		t.Error("the first entry is not fresh")
	}
	if e := f.key(t, b, 2, "1"); e.Fresh || !e.Differs {
		t.Errorf("entered again with other answers: %+v", e)
	}
	entered, err := f.Entries(t.Context(), &older)
	if err != nil || len(entered) != 1 || entered[0].Serial != 2 {
		t.Errorf("entered are %+v, %v", entered, err)
	}
}
