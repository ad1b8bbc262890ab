package moments_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/moments"
)

// On the day of receipt a moment stays. From the next one on the hour is left of what the
// quarantine judges, until it learns from it no longer, and the day of everything else.
func TestWhatIsLeftOfAMoment(t *testing.T) {
	t.Parallel()
	const exact, hour, dayAlone = "09:17:23.456", "09:59:59.999", "23:59:59.999"
	for name, test := range map[string]struct {
		change                 func(*survey.Response)
		today, tomorrow, later string
	}{
		"OwnPhone":    {func(r *survey.Response) { r.Channel = survey.ChannelQR }, exact, hour, dayAlone},
		"Kiosk":       {func(r *survey.Response) { r.Channel, r.Proof = survey.ChannelKiosk, survey.VerifiedDevice }, exact, hour, dayAlone},
		"OneTimeCode": {func(r *survey.Response) { r.Channel, r.Proof = survey.ChannelLink, survey.VerifiedSlip }, exact, hour, dayAlone},
		"Batch": {func(r *survey.Response) {
			r.Channel, r.Batch, r.By, r.Proof = survey.ChannelPaper, "sipas-2026-007", "lan", survey.VerifiedSerial
		}, exact, dayAlone, dayAlone},
		"Numbered": {func(r *survey.Response) { r.Proof = survey.VerifiedSerial }, exact, dayAlone, dayAlone},
		"NoPoint":  {func(r *survey.Response) { r.Point = "" }, exact, dayAlone, dayAlone},
		"File":     {func(r *survey.Response) { r.Channel = survey.ChannelFile }, exact, dayAlone, dayAlone},
		"Program":  {func(r *survey.Response) { r.Channel = survey.ChannelAPI }, exact, dayAlone, dayAlone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.now = at(9, 17).Add(23*time.Second + 456*time.Millisecond)
			id := f.receive(test.change).ID
			for _, step := range []struct {
				now     time.Time
				want    string
				written int
			}{
				{at(24, 1), test.today, 0}, // the last hour is not settled yet
				{nextDay, test.tomorrow, 1},
				{keptLong.Add(-time.Minute), test.tomorrow, 0},
				{keptLong.Add(time.Hour), test.later, boolToInt(test.later != test.tomorrow)},
			} {
				f.now = step.now
				n := f.blur()
				if got := f.received(id); got.Format("15:04:05.000") != step.want || survey.DateOf(got) != day || n != step.written {
					t.Errorf("at %s: received at %s, %d written; want %s of the same day, %d written", step.now, got, n, step.want, step.written)
				}
			}
		})
	}
}

// Everything else of a response stays as it was, but for what was of use on its day.
func TestNothingElseChanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.receive(func(r *survey.Response) { r.Texts = []survey.Words{{Item: "comment", Text: "Cảm ơn"}} })
	plain, err := r.MarshalBSON()
	if err != nil {
		t.Fatal(err)
	}
	var fields bson.D
	if err := bson.Unmarshal(plain, &fields); err != nil {
		t.Fatal(err)
	}
	another := f.ID()
	fields[0].Value = string(another)
	for _, name := range survey.PassingFields {
		fields = append(fields, bson.E{Key: name, Value: "3f"})
	}
	doc, err := bson.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := bson.Marshal(survey.TakenBack{ID: f.ID(), Campaign: tthc, Day: day, Mark: true, Rev: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Store.Insert(t.Context(), survey.Responses, doc, gone); err != nil {
		t.Fatal(err)
	}
	f.now = nextDay
	if n := f.blur(); n != 2 {
		t.Errorf("%d are blurred, want 2", n)
	}
	for _, id := range []survey.ResponseID{r.ID, another} {
		left := f.stored(id)
		if survey.DocumentRev(left) != 1 {
			t.Errorf("%s is of revision %d, want 1", id, survey.DocumentRev(left))
		}
		want := r
		want.ID, want.Received = id, at(9, 59).Add(time.Minute-time.Millisecond).UTC()
		var got survey.Response
		if err := got.UnmarshalBSON(left); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("left is (-want +got): %s", diff)
		}
		for _, field := range survey.PassingFields {
			if _, err := left.LookupErr(field); err == nil {
				t.Errorf("%s still has %q", id, field)
			}
		}
	}
	f.restart()
	if n := f.blur(); n != 0 {
		t.Errorf("%d are blurred a second time", n)
	}
}

// A field that is of use for a day leaves a response whose moment was blurred before.
func TestPassingFieldsLeaveBlurredResponses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.now = day.Time()
	r := f.receive(func(r *survey.Response) { r.Channel = survey.ChannelFile })
	doc := bson.D{}
	if err := bson.Unmarshal(f.stored(r.ID), &doc); err != nil {
		t.Fatal(err)
	}
	raw, err := bson.Marshal(append(doc, bson.E{Key: survey.PassingFields[0], Value: "3f"}, bson.E{Key: "rev", Value: int64(4)}))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Store.Replace(t.Context(), survey.Responses, 0, raw); err != nil {
		t.Fatal(err)
	}
	f.now = nextDay
	if n := f.blur(); n != 1 || survey.DocumentRev(f.stored(r.ID)) != 5 || !f.received(r.ID).Equal(day.Time()) {
		t.Errorf("%d written, left is %s", n, f.stored(r.ID))
	}
}

// A call writes so many at most, the next one goes on, and the end is told once.
func TestABoundedNumberAtATime(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.AtOnce(4)
	var all []survey.Response
	for range 10 {
		all = append(all, f.receive(func(*survey.Response) {}))
	}
	f.now = nextDay
	for _, want := range []int{4, 4, 2, 0} {
		if n := f.blur(); n != want {
			t.Errorf("%d are blurred, want %d", n, want)
		}
		if left := slices.ContainsFunc(all, func(r survey.Response) bool { return f.received(r.ID).Equal(r.Received) }); left == (f.finished == 1) {
			t.Errorf("%d are blurred: something is left %t, told of the end %d times", want, left, f.finished)
		}
	}
	f.now = nextDay.AddDate(0, 0, 1)
	if n := f.blur(); n != 0 || f.finished != 1 {
		t.Errorf("%d of a day without responses, told of the end %d times", n, f.finished)
	}
}

// A day is not blurred before it was judged by its seconds.
func TestTheQuarantineJudgesFirst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.receive(func(*survey.Response) {})
	f.now = nextDay
	failed := errors.New("the store is away")
	for _, judged := range []error{failed, nil} {
		judge := func(context.Context) (int, error) {
			if !f.received(r.ID).Equal(r.Received) {
				t.Error("it was blurred before it was judged")
			}
			return 0, judged
		}
		n, err := moments.New(f.Store, judge, func() time.Time { return f.now }).Blur(t.Context())
		if !errors.Is(err, judged) || n != boolToInt(judged == nil) {
			t.Errorf("judged with %v: %d blurred, error %v", judged, n, err)
		}
	}
}

// Whatever call of the store fails: the next run does the rest.
func TestBlurringGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.failing.FailEach(t, func() error {
		f.now = at(9, 17)
		ids := []survey.ResponseID{}
		for range 3 {
			ids = append(ids, f.receive(func(*survey.Response) {}).ID)
		}
		f.now = nextDay
		f.restart()
		_, failed := f.Blur(t.Context())
		if _, err := f.Blur(t.Context()); err != nil {
			return err
		}
		for _, id := range ids {
			if got := f.received(id).Format("15:04:05.000"); got != "09:59:59.999" {
				t.Errorf("received at %s", got)
			}
		}
		return failed
	})
}

// Somebody is faster in the moment of writing: another server that blurs too, or the
// sender, who takes the response back.
func TestSomebodyIsFaster(t *testing.T) {
	t.Parallel()
	for name, faster := range map[string]func(*fixture, survey.ResponseID) error{
		"AnotherServer": func(f *fixture, _ survey.ResponseID) error {
			_, err := moments.New(f.Store, nothingToJudge, func() time.Time { return f.now }).Blur(f.Context())
			return err
		},
		"ItsSender": func(f *fixture, id survey.ResponseID) error {
			mark := survey.TakenBack{ID: id, Campaign: tthc, Day: day, Mark: true, Rev: 1}
			return survey.Documents[survey.TakenBack]{Store: f.Store, Collection: survey.Responses}.Replace(f.Context(), 0, mark)
		},
		"WhoErases": func(f *fixture, id survey.ResponseID) error { // a part of it, at its exact moment
			var doc bson.D
			if err := bson.Unmarshal(f.stored(id), &doc); err != nil {
				return err
			}
			raw, err := bson.Marshal(append(doc, bson.E{Key: "rev", Value: int64(1)}))
			if err != nil {
				return err
			}
			return f.Store.Replace(f.Context(), survey.Responses, 0, raw)
		},
		"WhoRemoves": func(f *fixture, id survey.ResponseID) error {
			return f.Store.Delete(f.Context(), survey.Responses, string(id), 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.receive(func(*survey.Response) {})
			f.now = nextDay
			met := false
			f.failing.Before = func(call string, c survey.Collection) {
				if call == "Replace" && c == survey.Responses && !met {
					met = true
					if err := faster(f, r.ID); err != nil {
						t.Error(err)
					}
				}
			}
			want := boolToInt(name == "WhoErases")
			if n := f.blur(); n != want || !met {
				t.Errorf("%d blurred, want %d; the other one came between: %t", n, want, met)
			}
			if name == "WhoRemoves" {
				return
			}
			left := f.stored(r.ID)
			moment, timed := left.Lookup("received").TimeOK()
			if survey.IsTakenBack(left) == timed || timed && !moment.Equal(at(9, 59).Add(time.Minute-time.Millisecond)) {
				t.Errorf("left is %s", left)
			}
		})
	}
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
