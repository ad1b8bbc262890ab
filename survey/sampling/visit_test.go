package sampling_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/sampling"
	"hailong/survey/surveytest"
)

// visit records what a visit to a row came to.
func (f *sampleTest) visit(t *testing.T, number int, outcome sampling.Outcome) sampling.Drawn {
	t.Helper()
	row, err := f.RecordVisit(t.Context(), office, sampling.DrawnID("k", number), f.row(t, number).Rev, sampling.Attempt{Outcome: outcome})
	if err != nil {
		t.Fatalf("%s at row %d: %v", outcome, number, err)
	}
	return row
}

func TestRecordVisit(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.draw(t, drawingOf("a", 1, 1))
	f.visit(t, 1, sampling.Away)
	late := sampling.Attempt{Outcome: sampling.Answered, Day: "2026-01-01"} // from a list on paper, of the first day
	row, err := f.RecordVisit(t.Context(), office, "k.000001", 2, late)
	if err != nil {
		t.Fatal(err)
	}
	day := survey.Date("2026-03-05").Time().UTC() // the minutes would be the order of what was answered
	want := []sampling.Attempt{
		{Outcome: sampling.Away, Day: "2026-03-05", At: day, By: "lan"},
		{Outcome: sampling.Answered, Day: "2026-01-01", At: day, By: "lan"},
	}
	if diff := cmp.Diff(want, row.Attempts); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(row, f.row(t, 1)); diff != "" {
		t.Errorf("returned and stored (-returned +stored):\n%s", diff)
	}
	corrected, err := f.RecordVisit(t.Context(), office, "k.000001", 3, sampling.Attempt{Outcome: sampling.Refused, Corrects: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := corrected.Outcome(); got != sampling.Refused {
		t.Errorf("corrected to %q, want %q", got, sampling.Refused)
	}
	if corrected.Due() {
		t.Error("a row that refused still waits for a visit")
	}
	if diff := cmp.Diff([]string{"sample.draw samples/k", "sample.visit drawn/k.000001", "sample.visit drawn/k.000001", "sample.visit drawn/k.000001"}, f.actions(t)); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	entries, err := survey.Documents[audit.ChainedEntry]{Store: f.store, Collection: survey.Audit}.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Action == "sample.visit" && !e.At.Equal(day) {
			t.Errorf("the log says of a visit at %s %s, want the day alone", f.now, e.At)
		}
	}
	stored, err := f.store.Get(t.Context(), survey.DrawnRows, "k.000001")
	if at, ok := stored.Lookup("change", "at").TimeOK(); err != nil || !ok || !at.Equal(day) {
		t.Errorf("the row says that it was changed at %s, %v; want the day alone", at, err)
	}
}

func TestRecordVisitRefuses(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.draw(t, drawingOf("a", 2, 1))
	f.visit(t, 2, sampling.Answered)
	badDay := survey.Message{Key: "sample.bad_day", Args: []any{survey.Date("2026-01-01"), survey.Date("2026-03-05")}}
	for name, tt := range map[string]struct {
		number  int
		attempt sampling.Attempt
		fields  survey.Fields
	}{
		"UnknownOutcome":  {1, sampling.Attempt{Outcome: "asleep"}, survey.Fields{"outcome": {Key: "sample.bad_outcome"}}},
		"NoSuchDay":       {1, sampling.Attempt{Outcome: sampling.Away, Day: "2026-02-30"}, survey.Fields{"day": {Key: "campaign.bad_day"}}},
		"Tomorrow":        {1, sampling.Attempt{Outcome: sampling.Away, Day: "2026-03-06"}, survey.Fields{"day": badDay}},
		"BeforeCampaign":  {1, sampling.Attempt{Outcome: sampling.Away, Day: "2025-12-31"}, survey.Fields{"day": badDay}},
		"NothingToMend":   {1, sampling.Attempt{Outcome: sampling.Away, Corrects: true}, survey.Fields{"corrects": {Key: "sample.nothing_to_correct"}}},
		"AnsweredAlready": {2, sampling.Attempt{Outcome: sampling.Away}, survey.Fields{"outcome": {Key: "sample.answered_already"}}},
		"ReserveAtRest":   {3, sampling.Attempt{Outcome: sampling.Away}, survey.Fields{"outcome": {Key: "sample.not_called"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := f.row(t, tt.number)
			_, err := f.RecordVisit(t.Context(), office, before.ID, before.Rev, tt.attempt)
			surveytest.WantError(t, err, survey.Invalid, "visit.invalid")
			if diff := cmp.Diff(tt.fields, survey.FieldsOf(err)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, f.row(t, tt.number)); diff != "" {
				t.Errorf("the row was changed (-before +after):\n%s", diff)
			}
		})
	}
	t.Run("OldRevision", func(t *testing.T) {
		t.Parallel()
		_, err := f.RecordVisit(t.Context(), office, "k.000002", 1, sampling.Attempt{Outcome: sampling.Away, Corrects: true})
		surveytest.WantError(t, err, survey.Conflict, "")
	})
	t.Run("NoSuchRow", func(t *testing.T) {
		t.Parallel()
		_, err := f.RecordVisit(t.Context(), office, "k.000009", 1, sampling.Attempt{Outcome: sampling.Away})
		surveytest.WantError(t, err, survey.NotFound, "")
	})
}

// Visits are recorded from the opening of a campaign until its figures are
// published.
func TestVisitsNeedACampaignAtWork(t *testing.T) {
	t.Parallel()
	for state, works := range map[survey.CampaignState]bool{
		survey.Draft: false, survey.Open: true, survey.ClosedDown: true, survey.Published: false, survey.Withdrawn: false,
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			f := newSampleTest(t)
			f.draw(t, drawingOf("a", 1, 1))
			f.visit(t, 1, sampling.Refused)
			f.campaign.State = state
			_, visit := f.RecordVisit(t.Context(), office, "k.000001", 2, sampling.Attempt{Outcome: sampling.Refused})
			_, call := f.CallReserve(t.Context(), office, "k.000001")
			for what, err := range map[string]error{"a visit": visit, "calling a reserve": call} {
				switch {
				case works && err != nil:
					t.Errorf("%s: error %v, want none", what, err)
				case !works:
					surveytest.WantError(t, err, survey.Closed, "sample.not_at_work")
				}
			}
		})
	}
}

func TestVisitsOfACampaignThatIsGone(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	row := sampling.Drawn{ID: "gone.000001", Rev: 1, Campaign: "gone", Number: 1}
	if err := (survey.Documents[sampling.Drawn]{Store: f.store, Collection: survey.DrawnRows}).Insert(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	_, err := f.RecordVisit(t.Context(), office, row.ID, 1, sampling.Attempt{Outcome: sampling.Away})
	surveytest.WantError(t, err, survey.NotFound, "")
}

func TestCallReserve(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.draw(t, drawingOf("a", 2, 1))
	f.draw(t, drawingOf("b", 1, 1))
	_, err := f.CallReserve(t.Context(), office, "k.000001")
	surveytest.WantError(t, err, survey.Invalid, "sample.still_due")
	for range sampling.AwayVisits {
		f.visit(t, 1, sampling.Away)
	}
	called, err := f.CallReserve(t.Context(), office, "k.000001")
	if err != nil {
		t.Fatal(err)
	}
	if called.Number != 3 {
		t.Fatalf("reserve %d is called, want 3, the one of the stratum", called.Number)
	}
	if diff := cmp.Diff(called, f.row(t, 3)); diff != "" {
		t.Errorf("returned and stored (-returned +stored):\n%s", diff)
	}
	if called.For != 1 {
		t.Errorf("the reserve stands in for row %d, want 1", called.For)
	}
	if got := f.row(t, 1).Substitute; got != 3 {
		t.Errorf("row 1 has reserve %d, want 3", got)
	}
	again, err := f.CallReserve(t.Context(), office, "k.000001")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(called, again); diff != "" {
		t.Errorf("called again (-first +second):\n%s", diff)
	}
	if !called.Due() {
		t.Error("a reserve that was called does not wait for a visit")
	}
	f.visit(t, 2, sampling.MovedAway)
	_, err = f.CallReserve(t.Context(), office, "k.000002")
	surveytest.WantError(t, err, survey.Invalid, "sample.no_reserve")
	_, err = f.CallReserve(t.Context(), office, "k.000009")
	surveytest.WantError(t, err, survey.NotFound, "")
	_, err = f.CallReserve(t.Context(), office, "k.000005") // a reserve at rest
	surveytest.WantError(t, err, survey.Invalid, "sample.still_due")
}

// Of two rows that want the last reserve at once one has it, and of two taps
// on one row each gets the same reserve.
func TestCallReserveAtOnce(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.draw(t, drawingOf("a", 4, 3))
	var calls errgroup.Group
	for number := 1; number <= 3; number++ {
		f.visit(t, number, sampling.Refused)
	}
	for number := 1; number <= 3; number++ {
		for range 2 {
			calls.Go(func() error {
				_, err := f.CallReserve(t.Context(), office, sampling.DrawnID("k", number))
				return err
			})
		}
	}
	if err := calls.Wait(); err != nil {
		t.Fatal(err)
	}
	callers := map[int]bool{}
	for reserve := 5; reserve <= 7; reserve++ {
		row := f.row(t, reserve)
		callers[row.For] = true
		if got := f.row(t, row.For).Substitute; got != reserve {
			t.Errorf("reserve %d stands in for row %d, which has reserve %d", reserve, row.For, got)
		}
	}
	if diff := cmp.Diff(map[int]bool{1: true, 2: true, 3: true}, callers); diff != "" {
		t.Errorf("rows with a reserve (-want +got):\n%s", diff)
	}
}

// An older version marked the row first and the reserve after it. A mark whose
// reserve stands in for another row by now is mended with the next reserve.
func TestCallReserveAfterAnOlderVersion(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.draw(t, drawingOf("a", 2, 2))
	f.visit(t, 1, sampling.Refused)
	f.visit(t, 2, sampling.Refused)
	rows := survey.Documents[sampling.Drawn]{Store: f.store, Collection: survey.DrawnRows}
	for number, substitute := range map[int]int{1: 3, 2: 3} {
		row := f.row(t, number)
		row.Substitute, row.Rev = substitute, row.Rev+1
		if err := rows.Replace(t.Context(), row.Rev-1, row); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{3, 4} {
		number := i + 1
		called, err := f.CallReserve(t.Context(), office, sampling.DrawnID("k", number))
		if err != nil {
			t.Fatal(err)
		}
		if called.Number != want {
			t.Errorf("row %d has reserve %d, want %d", number, called.Number, want)
		}
		if called.For != number {
			t.Errorf("reserve %d stands in for row %d, want %d", called.Number, called.For, number)
		}
	}
}

func TestNeedsReplacement(t *testing.T) {
	t.Parallel()
	refused := []sampling.Attempt{{Outcome: sampling.Refused}}
	reserve := sampling.Drawn{Number: 9, Stratum: "a", Order: 1, Reserve: true}
	called := reserve
	called.For = 1
	for _, test := range []struct {
		name string
		row  sampling.Drawn
		rows []sampling.Drawn
		want bool
	}{
		{"Refused", sampling.Drawn{Number: 1, Stratum: "a", Attempts: refused}, []sampling.Drawn{reserve}, true},
		{"StillDue", sampling.Drawn{Number: 1, Stratum: "a"}, []sampling.Drawn{reserve}, false},
		{"Answered", sampling.Drawn{Number: 1, Stratum: "a", Attempts: []sampling.Attempt{{Outcome: sampling.Answered}}}, []sampling.Drawn{reserve}, false},
		{"Replaced", sampling.Drawn{Number: 1, Stratum: "a", Attempts: refused, Substitute: 9}, []sampling.Drawn{reserve}, false},
		{"NoReserveLeft", sampling.Drawn{Number: 1, Stratum: "a", Attempts: refused}, []sampling.Drawn{called}, false},
		{"ReserveOfAnotherStratum", sampling.Drawn{Number: 1, Stratum: "b", Attempts: refused}, []sampling.Drawn{reserve}, false},
	} {
		if got := test.row.NeedsReplacement(test.rows); got != test.want {
			t.Errorf("%s: %t, want %t", test.name, got, test.want)
		}
	}
}

func TestNextReserve(t *testing.T) {
	t.Parallel()
	rows := []sampling.Drawn{
		{Number: 1, Stratum: "a", Order: 1},
		{Number: 2, Stratum: "a", Order: 3, Reserve: true},
		{Number: 3, Stratum: "a", Order: 1, Reserve: true, For: 1},
		{Number: 4, Stratum: "a", Order: 2, Reserve: true},
		{Number: 5, Stratum: "b", Order: 1, Reserve: true},
	}
	if next := sampling.NextReserve(rows, "a"); next == nil || next.Number != 4 {
		t.Errorf("next reserve %+v, want row 4", next)
	}
	if next := sampling.NextReserve(rows, "c"); next != nil {
		t.Errorf("next reserve %+v of a stratum without any", next)
	}
}

func TestStratumName(t *testing.T) {
	t.Parallel()
	if got := sampling.StratumName("a", ""); got != "a" {
		t.Errorf("stratum of a unit is %q, want %q", got, "a")
	}
	if got := sampling.StratumName("a", "land"); got != "a/land" {
		t.Errorf("stratum of a unit and a sector is %q, want %q", got, "a/land")
	}
}
