package intake_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/intake"
	"hailong/survey/ledger"
	"hailong/survey/surveytest"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	s := d.Submission(surveytest.Given("sector", "civil-status", "overall", "2", "wrong", "1", "t.comment", "Chờ lâu"))
	receipt, err := d.Submit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	point := d.Current.Point(s.Point)
	want := survey.Response{
		ID: surveytest.ResponseID, Campaign: "tthc-2026", Form: survey.FormRef{Code: "tthc-quick", Version: 1}, Point: s.Point, Unit: point.Unit,
		Sector: "civil-status", Channel: survey.ChannelQR, Lang: "vi", Day: "2026-03-03",
		Received: time.Date(2026, 3, 2, 20, 0, 0, 1_000_000, time.UTC),
		Answers:  []survey.Answer{{Item: "overall", Codes: []int{2}}, {Item: "wrong", Codes: []int{1}}},
		Texts:    []survey.Words{{Item: "comment", Text: "Chờ lâu"}},
	}
	if diff := cmp.Diff(intake.Receipt{Response: want, Fresh: true}, receipt); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
	stored, err := survey.Documents[survey.Response]{Store: d.Store, Collection: survey.Responses}.Get(t.Context(), surveytest.ResponseID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, stored); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}

	// A retry, in other letters and even with other answers, is the same response.
	s.ID = strings.ToUpper(s.ID)
	s.Given = surveytest.Given("overall", "5")
	receipt, err = d.Submit(t.Context(), s)
	if err != nil || receipt.Fresh || !receipt.Differs || receipt.Response.ID != surveytest.ResponseID {
		t.Errorf("retry: receipt %+v, error %v", receipt, err)
	}
	again, err := survey.Documents[survey.Response]{Store: d.Store, Collection: survey.Responses}.All(t.Context())
	if diff := cmp.Diff([]survey.Response{want}, again); diff != "" || err != nil {
		t.Errorf("stored after the retry (-want +got), error %v:\n%s", err, diff)
	}
	if diff := cmp.Diff([]survey.ResponseID{surveytest.ResponseID}, d.Kept); diff != "" {
		t.Errorf("figures were told of (-want +got):\n%s", diff)
	}
}

// An id is one response's. What comes under the id of another must not be
// acknowledged, because it is not kept.
func TestSubmitUnderATakenID(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	first := d.Submission(surveytest.Given("sector", "land", "overall", "5"))
	if _, err := d.Submit(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if receipt, err := d.Submit(t.Context(), first); err != nil || receipt.Fresh || receipt.Differs {
		t.Errorf("sent twice: %+v, %v", receipt, err)
	}
	elsewhere := first
	elsewhere.Point = d.At("tthc-quick", "land")
	elsewhere.Given = surveytest.Given("overall", "5")
	if elsewhere.Point == "" {
		t.Fatal("no point fixes the sector")
	}
	if receipt, err := d.Submit(t.Context(), elsewhere); !survey.Is(err, survey.Conflict) {
		t.Errorf("at another point: %+v, %v", receipt, err)
	}
	if n := len(d.Kept); n != 1 {
		t.Errorf("%d responses were counted", n)
	}
}

func TestSubmitAtAPointWithASector(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	s := d.Submission(surveytest.Given("sector", "education", "overall", "5", "wrong", "1"))
	s.Point = d.At("tthc-quick", survey.LandSector)
	receipt, err := d.Submit(t.Context(), s)
	if err != nil || receipt.Response.Sector != survey.LandSector || len(receipt.Response.Answers) != 1 {
		t.Errorf("receipt %+v, error %v", receipt, err)
	}
}

func TestSubmitOnAnOlderVersion(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	v2 := *d.Current.Latest("tthc-quick")
	v2.Version = 2
	d.Current.Questionnaires = append(d.Current.Questionnaires, v2)
	d.Current.Campaigns[2].Forms[0].Version = 2
	d.Current.Index()
	s := d.Submission(surveytest.Given("overall", "5"))
	s.Form = survey.FormRef{Code: "tthc-quick", Version: 1}
	receipt, err := d.Submit(t.Context(), s)
	if err != nil || receipt.Response.Form.Version != 1 {
		t.Errorf("receipt %+v, error %v", receipt, err)
	}
}

func TestLanguageNeverLosesAResponse(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	s := d.Submission(surveytest.Given("overall", "5"))
	s.Lang = "<script>"
	receipt, err := d.Submit(t.Context(), s)
	if err != nil || receipt.Response.Lang != "" {
		t.Errorf("receipt %+v, error %v", receipt, err)
	}
}

func TestSubmitRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*surveytest.IntakeFixture, *intake.Submission)
		kind   survey.Kind
		key    string
	}{
		{"NoID", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.ID = "" }, survey.Invalid, "response.bad_id"},
		{"UnknownPoint", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Point = "0000000" }, survey.NotFound, "point.unknown"},
		{"PointOutOfUse", func(d *surveytest.IntakeFixture, s *intake.Submission) { d.Current.Point(s.Point).Off = true }, survey.NotFound, "point.unknown"},
		{"Tomorrow", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Day = "2026-03-04" }, survey.Invalid, "response.bad_day"},
		{"NoDay", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Day = "2026-02-30" }, survey.Invalid, "response.bad_day"},
		{"BeforeTheCampaign", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Day = "2025-12-31" }, survey.Closed, "campaign.not_yet"},
		{"UnknownVersion", func(_ *surveytest.IntakeFixture, s *intake.Submission) {
			s.Form = survey.FormRef{Code: "tthc-quick", Version: 9}
		}, survey.Invalid, "response.unknown_form"},
		{"UnknownSector", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Sector = "sea" }, survey.Invalid, "response.unknown_sector"},
		{"UnknownChannel", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Channel = "pigeon" }, survey.Invalid, "answer.unknown_choice"},
		{"BadAnswer", func(_ *surveytest.IntakeFixture, s *intake.Submission) { s.Given = surveytest.Given("overall", "6") }, survey.Invalid, "answer.invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := surveytest.NewIntake(t)
			s := d.Submission(surveytest.Given("overall", "5"))
			test.change(d, &s)
			_, err := d.Submit(t.Context(), s)
			var e *survey.Error
			if !errors.As(err, &e) || e.Kind != test.kind || e.Key != test.key {
				t.Errorf("error %v, want %s: %s", err, test.kind, test.key)
			}
			err = d.Store.Scan(t.Context(), survey.Responses, "", "", func(bson.Raw) error { return errors.New("a response") })
			if err != nil || len(d.Kept) > 0 {
				t.Errorf("a refused response was stored: %v", err)
			}
		})
	}
}

// Of a person who walked away what was answered is kept, unless something in it
// is wrong.
func TestPartialResponses(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	requireItem(t, d.Current.Latest("tthc-quick"), "sector") // beside overall
	for name, c := range map[string]struct {
		given   survey.Given
		partial bool
		key     string // of the error, empty: it is kept
	}{
		"OneOfTwo":    {surveytest.Given("overall", "3"), true, ""},
		"NotPartial":  {surveytest.Given("overall", "3"), false, "answer.invalid"},
		"AlsoWrong":   {surveytest.Given("overall", "3", "wrong", "99"), true, "answer.invalid"},
		"OnlyWrong":   {surveytest.Given("overall", "3", "sector", "land", "wrong", "99"), true, "answer.invalid"},
		"NoAnswer":    {surveytest.Given("t.comment", "x"), true, "answer.invalid"},
		"Whole":       {surveytest.Given("overall", "3", "sector", "land"), true, ""},
		"UnknownCode": {surveytest.Given("overall", "7", "sector", "land"), true, "answer.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := d.Submission(c.given)
			s.Partial = c.partial
			_, err := d.Prepare(s)
			var got *survey.Error
			switch errors.As(err, &got); {
			case c.key == "" && err != nil:
				t.Errorf("error %v, want none", err)
			case c.key != "" && (got == nil || got.Kind != survey.Invalid || got.Key != c.key):
				t.Errorf("error %v, want invalid %s", err, c.key)
			}
		})
	}
}

// requireItem makes a question of a form one that has to be answered.
func requireItem(t *testing.T, form *survey.Questionnaire, code string) {
	t.Helper()
	for i := range form.Sections {
		for k := range form.Sections[i].Items {
			if item := &form.Sections[i].Items[k]; item.Code == code {
				item.Required = true
				return
			}
		}
	}
	t.Fatalf("the form has no item %s", code)
}

func TestLateAnswersCountForTheirDay(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	d.Current.Campaign("tthc-2026").Period.To = "2026-02-28"
	s := d.Submission(surveytest.Given("overall", "5"))
	if _, err := d.Submit(t.Context(), s); !survey.Is(err, survey.Closed) {
		t.Errorf("answered after the end: error %v, want Closed", err)
	}
	s.Day = "2026-02-28" // on paper, in a village without network
	if receipt, err := d.Submit(t.Context(), s); err != nil || receipt.Response.Day != "2026-02-28" {
		t.Errorf("answered in time and entered later: %+v, error %v", receipt, err)
	}
}

func TestKeepManyAtOnce(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	var responses []survey.Response
	for _, id := range []string{surveytest.ResponseID, "0199b2a4-7c1e-7d3a-9f00-1234567890ac", surveytest.ResponseID} {
		s := d.Submission(surveytest.Given("overall", "5"))
		s.ID = id
		r, err := d.Prepare(s)
		if err != nil {
			t.Fatal(err)
		}
		responses = append(responses, r)
	}
	receipts, err := d.Keep(t.Context(), responses...)
	if err != nil {
		t.Fatal(err)
	}
	var fresh []bool
	for _, r := range receipts {
		fresh = append(fresh, r.Fresh)
	}
	if diff := cmp.Diff([]bool{true, true, false}, fresh); diff != "" || len(d.Kept) != 2 {
		t.Errorf("fresh (-want +got), figures told of %d:\n%s", len(d.Kept), diff)
	}
}

func TestAcknowledgedIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hailong.db")
	store, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	in := intake.Intake{Store: store, Ledger: ledger.New(store, time.Now)}
	if _, err := in.Keep(t.Context(), surveytest.Response); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if store, err = bolt.Open(path); err != nil {
		t.Fatal(err)
	}
	got, err := survey.Documents[survey.Response]{Store: store, Collection: survey.Responses}.Get(context.Background(), string(surveytest.Response.ID))
	if diff := cmp.Diff(surveytest.Response, got); diff != "" || err != nil {
		t.Errorf("after reopening (-kept +found), error %v:\n%s", err, diff)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

// A response that was taken back is not stored again, and who sends it once more is
// not asked to do anything.
func TestWhatWasTakenBackIsNotTakenInAgain(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	s := d.Submission(surveytest.Given("overall", "2"))
	if _, err := d.Submit(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	mark := survey.TakenBack{ID: surveytest.ResponseID, Rev: 1, Campaign: "tthc-2026", Day: "2026-03-03", Mark: true}
	if err := (survey.Documents[survey.TakenBack]{Store: d.Store, Collection: survey.Responses}).Replace(t.Context(), 0, mark); err != nil {
		t.Fatal(err)
	}
	receipt, err := d.Submit(t.Context(), s)
	if err != nil || receipt.Fresh || receipt.Differs {
		t.Errorf("receipt %+v, error %v", receipt, err)
	}
	if stored, err := d.Store.Get(t.Context(), survey.Responses, surveytest.ResponseID); err != nil || !survey.IsTakenBack(stored) {
		t.Errorf("it is back: %v", err)
	}
}

// While the clock is known to be wrong, a response is held before it is stored; where it
// cannot be held, nothing is stored and nothing acknowledged.
func TestAWrongClockHoldsBeforeItStores(t *testing.T) {
	t.Parallel()
	d := surveytest.NewIntake(t)
	wrong, held, away := true, []survey.Doubt{}, survey.NewError(survey.Unavailable, "hold", nil)
	refuses := true
	d.DoubtsClock = func() bool { return wrong }
	d.HoldUndated = func(ctx context.Context, rs ...survey.Response) error {
		for _, r := range rs {
			if _, err := d.Store.Get(ctx, survey.Responses, string(r.ID)); !survey.Is(err, survey.NotFound) {
				t.Errorf("%s is stored before it is held, error %v", r.ID, err)
			}
			held = append(held, r.Doubt)
		}
		if refuses {
			return away
		}
		return nil
	}
	s := d.Submission(surveytest.Given("overall", "2"))
	if _, err := d.Submit(t.Context(), s); !survey.Is(err, survey.Unavailable) || len(d.Kept) > 0 {
		t.Errorf("error %v and %v kept, want Unavailable and none", err, d.Kept)
	}
	refuses = false
	if receipt, err := d.Submit(t.Context(), s); err != nil || !receipt.Fresh || receipt.Response.Doubt != survey.DoubtClock {
		t.Errorf("receipt %+v, error %v, want a fresh one in doubt", receipt, err)
	}
	if diff := cmp.Diff([]survey.Doubt{survey.DoubtClock, survey.DoubtClock}, held); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
}
