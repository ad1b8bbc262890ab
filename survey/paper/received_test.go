package paper_test

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/intake"
	"hailong/survey/paper"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// turn sets the clock.
func (f *fixture) turn(to time.Time) {
	f.Now = func() time.Time { return to }
	f.changes = survey.NewChanges(f.Store, audit.New(f.Store, f.Now), f.Now)
	f.Batches = paper.NewBatches(&f.Intake, f.changes, f.keys)
}

func (f *fixture) cut(t *testing.T) releases.Cut {
	t.Helper()
	cuts, err := releases.New(f.changes, f.Catalog).Cut(t.Context(), manager, "tthc-2026")
	if err != nil || len(cuts) != 1 {
		t.Fatalf("cut %+v, %v", cuts, err)
	}
	return cuts[0]
}

// moments are those of receipt that the store holds of the forms of a batch, by serial
// number.
func (f *fixture) moments(t *testing.T, b paper.Batch) map[int]time.Time {
	t.Helper()
	entered, err := f.Entries(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	at := map[int]time.Time{}
	for _, form := range entered {
		at[form.Serial] = form.Response.Received
	}
	return at
}

func (f *fixture) blur(t *testing.T) int {
	t.Helper()
	n, err := f.BlurReceived(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// From the end of the day on the store does not tell in which order the forms of a day
// came; everything else of them stays as it was.
func TestTheOrderOfADayIsForgotten(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 5)
	day := survey.Date("2026-03-02")
	f.turn(day.Time().Add(9 * time.Hour))
	var stored []survey.Response
	for serial := 1; serial <= 5; serial++ {
		f.turn(f.Now().Add(10 * time.Minute))
		stored = append(stored, f.key(t, b, serial, "4").Stored)
	}
	if n := f.blur(t); n != 0 {
		t.Errorf("on the same day %d forms were blurred: a retry is still to be told from another form", n)
	}
	f.turn(day.Time().AddDate(0, 0, 1).Add(time.Hour))
	if n := f.blur(t); n != 5 {
		t.Errorf("%d forms were blurred, want 5", n)
	}
	for serial, at := range f.moments(t, b) {
		if want := day.Time().AddDate(0, 0, 1).Add(-time.Millisecond); !at.Equal(want) {
			t.Errorf("form %d was received at %s, want %s", serial, at, want)
		}
	}
	for _, was := range stored {
		raw, err := f.Store.Get(t.Context(), survey.Responses, string(was.ID))
		if err != nil {
			t.Fatal(err)
		}
		want, err := was.MarshalBSON()
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"_id", "campaign", "unit", "day", "batch", "by", "proof", "answers"} {
			if !raw.Lookup(field).Equal(bson.Raw(want).Lookup(field)) {
				t.Errorf("%s is %s, was %s", field, raw.Lookup(field), bson.Raw(want).Lookup(field))
			}
		}
	}
	if n := f.blur(t); n != 0 {
		t.Errorf("%d forms were blurred a second time", n)
	}
	if e := f.key(t, b, 3, "4"); e.Fresh || e.Differs {
		t.Errorf("entered a second time: %+v", e)
	}
}

// A release holds the same forms before and after.
func TestAReleaseHoldsTheSameForms(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 12)
	day := survey.Date("2026-03-02")
	f.turn(day.Time().Add(9 * time.Hour))
	for serial := 1; serial <= 12; serial++ {
		if f.turn(f.Now().Add(10 * time.Minute)); serial == 8 { // seven are in, and five come later
			f.cut(t)
			f.turn(f.Now().Add(10 * time.Minute))
		}
		f.key(t, b, serial, "4")
	}
	f.turn(day.Time().AddDate(0, 0, 1).Add(time.Hour))
	held := func() map[int]bool {
		stored, err := releases.Stored(t.Context(), f.Store)
		if err != nil {
			t.Fatal(err)
		}
		release, in := stored["tthc-2026"], map[int]bool{}
		for serial, at := range f.moments(t, b) {
			in[serial] = release.ByUnit().Holds(f.Current.Point(f.point).Unit, verification.Verified, at, verification.Exclusion{})
		}
		return in
	}
	before := held()
	if n := f.blur(t); n != 12 {
		t.Errorf("%d forms were blurred, want 12", n)
	}
	for serial, in := range held() {
		if want := serial < 8; in != before[serial] || in != want {
			t.Errorf("form %d: in the release %t, was %t, want %t", serial, in, before[serial], want)
		}
	}
	if cut := f.cut(t); cut.Entered != 5 {
		t.Errorf("the next release takes %+v, want 5 more", cut)
	}
}

// Whatever call of the store fails: the next run does the rest.
func TestBlurringGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.batch(t, 1)
	day := survey.Date("2026-03-02")
	f.turn(day.Time().Add(9 * time.Hour))
	id := string(f.key(t, b, 1, "4").Stored.ID)
	f.turn(day.Time().AddDate(0, 0, 1).Add(time.Hour))
	working := f.store.Store
	f.store.FailEach(t, func() error {
		doc, err := working.Get(t.Context(), survey.Responses, id)
		if err != nil {
			return err
		}
		exact, err := paper.ReceivedAt(doc, day.Time().Add(9*time.Hour))
		if err == nil {
			err = working.Replace(t.Context(), survey.Responses, survey.DocumentRev(doc), exact)
		}
		if err != nil {
			return err
		}
		_, failed := f.BlurReceived(t.Context())
		if failed != nil {
			again := paper.NewBatches(&intake.Intake{Store: working}, f.changes, f.keys)
			if _, err := again.BlurReceived(t.Context()); err != nil {
				return err
			}
		}
		if doc, err = working.Get(t.Context(), survey.Responses, id); err != nil {
			return err
		}
		if at, _ := doc.Lookup("received").TimeOK(); !at.Equal(day.Time().AddDate(0, 0, 1).Add(-time.Millisecond)) {
			t.Errorf("received at %s", at)
		}
		return failed
	})
}
