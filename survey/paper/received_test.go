package paper_test

import (
	"context"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/moments"
	"hailong/survey/paper"
)

// turn sets the clock.
func (f *fixture) turn(to time.Time) {
	f.Now = func() time.Time { return to }
	f.changes = survey.NewChanges(f.Store, audit.New(f.Store, f.Now), f.Now)
	f.Batches = paper.NewBatches(&f.Intake, f.changes, f.keys)
}

// received is when the forms of a batch were received, by serial number.
func (f *fixture) received(t *testing.T, b paper.Batch) map[int]time.Time {
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
	judge := func(context.Context) (int, error) { return 0, nil } // what staff enter is not judged
	n, err := moments.New(f.Store, judge, f.Now).Blur(t.Context())
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
	for serial, at := range f.received(t, b) {
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
