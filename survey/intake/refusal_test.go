package intake_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
)

// What a person who walked away from a kiosk has answered is kept, if nothing
// but required answers is missing.
func TestSubmitPartial(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		given   survey.Given
		partial bool
		key     string // of the error
		fields  survey.Fields
	}{
		"Kept":          {surveytest.Given("overall", "2"), true, "", nil},
		"NotPartial":    {surveytest.Given("overall", "2"), false, "answer.invalid", survey.Fields{"sector": {Key: "answer.required"}}},
		"NothingGiven":  {surveytest.Given(), true, "answer.invalid", survey.Fields{"sector": {Key: "answer.required"}, "overall": {Key: "answer.required"}}},
		"WrongAsWell":   {surveytest.Given("overall", "2", "wrong", "99"), true, "answer.invalid", survey.Fields{"sector": {Key: "answer.required"}, "wrong": {Key: "answer.unknown_choice"}}},
		"UnknownSector": {surveytest.Given("overall", "2", "sector", "sea"), true, "answer.invalid", survey.Fields{"sector": {Key: "answer.unknown_choice"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := surveytest.NewIntake(t)
			d.Current.Latest("tthc-quick").Item("sector").Required = true
			s := d.Submission(tt.given)
			s.Partial = tt.partial
			receipt, err := d.Submit(t.Context(), s)
			if tt.key != "" {
				surveytest.WantError(t, err, survey.Invalid, tt.key)
				if diff := cmp.Diff(tt.fields, survey.FieldsOf(err)); diff != "" {
					t.Errorf("fields (-want +got):\n%s", diff)
				}
				if len(d.Kept) != 0 {
					t.Errorf("%d responses were stored, want none", len(d.Kept))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]survey.Answer{{Item: "overall", Codes: []int{2}}}, receipt.Response.Answers); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

// A paper form belongs to the campaign of its batch and not to the one that is
// open on its day.
func TestSubmitToANamedCampaign(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*surveytest.IntakeFixture, *intake.Submission)
		key    string // of a Closed error
	}{
		"Taken":      {func(*surveytest.IntakeFixture, *intake.Submission) {}, ""},
		"Unknown":    {func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Campaign = "gone" }, "campaign.none"},
		"OtherForms": {func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Campaign = "edu-2026" }, "campaign.none"},
		"TooEarly":   {func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Day = "2025-12-31" }, "campaign.not_yet"},
		"AfterTheEnd": {func(d *surveytest.IntakeFixture, _ *intake.Submission) {
			d.Current.Campaign("tthc-2026").Period.To = "2026-02-28"
		}, "campaign.closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := surveytest.NewIntake(t)
			s := d.Submission(surveytest.Given("overall", "5"))
			s.Campaign, s.Batch, s.By = "tthc-2026", "tthc-2026-001", "lan"
			tt.change(d, &s)
			response, err := d.Prepare(s)
			if tt.key != "" {
				surveytest.WantError(t, err, survey.Closed, tt.key)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if response.Campaign != "tthc-2026" {
				t.Errorf("counts for %q, want tthc-2026", response.Campaign)
			}
			if response.Batch != "tthc-2026-001" {
				t.Errorf("of batch %q, want tthc-2026-001", response.Batch)
			}
			if response.Proof != survey.VerifiedSerial {
				t.Errorf("verified by %q, want by its serial number", response.Proof)
			}
			if response.By != "lan" {
				t.Errorf("keyed in by %q, want lan", response.By)
			}
		})
	}
}

// At a point of paper forms nothing counts but what has a serial number.
func TestSubmitAtAPaperPoint(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	s := d.Submission(surveytest.Given("overall", "5"))
	d.Current.Point(s.Point).Channel = survey.ChannelPaper
	_, err := d.Submit(t.Context(), s)
	surveytest.WantError(t, err, survey.NotFound, "point.paper")
	s.Batch = "tthc-2026-001"
	receipt, err := d.Submit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Response.Channel != survey.ChannelPaper {
		t.Errorf("came in by %q, want %q", receipt.Response.Channel, survey.ChannelPaper)
	}
}

// The same answers under the same id at another time are the same response, in
// whatever campaign they would count now; other answers are not.
func TestCompare(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	stored, err := d.Prepare(d.Submission(surveytest.Given("sector", "land", "overall", "5", "t.comment", "Tốt")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Keep(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change  func(*survey.Response)
		differs bool
		taken   bool // the id is another response's
	}{
		"Same":            {func(*survey.Response) {}, false, false},
		"LaterDay":        {func(r *survey.Response) { r.Day, r.Lang = "2026-03-04", "en" }, false, false},
		"OtherCampaign":   {func(r *survey.Response) { r.Campaign = "tthc-2027" }, false, false},
		"OtherAnswers":    {func(r *survey.Response) { r.Answers = []survey.Answer{{Item: "overall", Codes: []int{1}}} }, true, false},
		"OtherWords":      {func(r *survey.Response) { r.Texts = nil }, true, false},
		"OtherSector":     {func(r *survey.Response) { r.Sector = "other" }, true, false},
		"OtherPoint":      {func(r *survey.Response) { r.Point = "0000000" }, false, true},
		"OtherEverything": {func(r *survey.Response) { r.Campaign, r.Sector = "tthc-2027", "other" }, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := stored
			tt.change(&r)
			differs, err := d.Compare(t.Context(), r)
			switch {
			case tt.taken:
				surveytest.WantError(t, err, survey.Conflict, "response.id_taken")
			case err != nil:
				t.Fatal(err)
			}
			if differs != tt.differs {
				t.Errorf("other answers: %v, want %v", differs, tt.differs)
			}
		})
	}
	unknown := stored
	unknown.ID = "0199b2a4-7c1e-7d3a-9f00-1234567890ac"
	_, err = d.Compare(t.Context(), unknown)
	surveytest.WantError(t, err, survey.NotFound, "")
}

func TestSubmitWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	store := &surveytest.Failing{Store: d.Store}
	d.Store, d.Ledger = store, ledger.New(store, d.Now)
	s := d.Submission(surveytest.Given("overall", "5"))
	store.FailEach(t, func() error { _, err := d.Submit(t.Context(), s); return err })
	if diff := cmp.Diff([]survey.ResponseID{surveytest.ResponseID}, d.Kept); diff != "" {
		t.Errorf("figures counted (-want +got):\n%s", diff)
	}
}
