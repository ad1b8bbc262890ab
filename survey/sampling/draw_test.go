package sampling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/keys"
	"hailong/survey/people"
	"hailong/survey/sampling"
	"hailong/survey/surveytest"
)

var office = survey.Actor{Login: "lan"}

// sampleTest is the samples of a store, with a campaign "k" that a test may
// change and a clock that it moves.
type sampleTest struct {
	*sampling.Samples
	store    *surveytest.Failing
	keys     *keys.Keys
	log      *audit.Log
	campaign *survey.Campaign
	now      time.Time
}

func newSampleTest(t *testing.T) *sampleTest {
	t.Helper()
	catalog, campaign := frameCatalog()
	f := &sampleTest{
		store: &surveytest.Failing{Store: surveytest.Store(t)}, keys: surveytest.Keys(t), campaign: campaign,
		now: time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone),
	}
	clock := func() time.Time { return f.now }
	f.log = audit.New(f.store, clock)
	f.Samples = sampling.New(survey.NewChanges(f.store, f.log, clock), func() *survey.Catalog { return catalog }, f.keys)
	return f
}

// drawingOf draws so many rows of unit "a" for the sample of a stratum, the
// first with a contact, and so many in reserve.
func drawingOf(stratum string, main, reserve int) sampling.Drawing {
	d := sampling.Drawing{Draw: sampling.Draw{Method: sampling.DrawRandom, Strata: []sampling.DrawnStratum{{Name: stratum, Unit: "a"}}}}
	for i := range main + reserve {
		row := sampling.FrameRow{Place: sampling.Place{Unit: "a"}, Stratum: stratum, Probability: 0.5, List: sampling.MainList, Order: i + 1}
		if i == 0 {
			row.Contact = "Lò Văn A"
		}
		if i >= main {
			row.List, row.Order = sampling.ReserveList, i-main+1
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// draw stores a drawing after what was drawn so far.
func (f *sampleTest) draw(t *testing.T, drawing sampling.Drawing) sampling.Sample {
	t.Helper()
	sample := f.sample(t)
	sample, err := f.StoreDraw(t.Context(), office, "k", sample.Rev, drawing)
	if err != nil {
		t.Fatalf("store a draw: %v", err)
	}
	return sample
}

func (f *sampleTest) sample(t *testing.T) sampling.Sample {
	t.Helper()
	sample, err := f.Sample(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	return sample
}

func (f *sampleTest) row(t *testing.T, number int) sampling.Drawn {
	t.Helper()
	row, err := f.Row(t.Context(), sampling.DrawnID("k", number))
	if err != nil {
		t.Fatalf("row %d: %v", number, err)
	}
	return row
}

func (f *sampleTest) addUser(t *testing.T, login survey.Login, role survey.Role, disabled bool) {
	t.Helper()
	user := people.User{Login: login, Rev: 1, Name: string(login), Grant: survey.Grant{Role: role}, Disabled: disabled}
	if err := (survey.Documents[people.User]{Store: f.store, Collection: survey.Users}).Insert(t.Context(), user); err != nil {
		t.Fatal(err)
	}
}

// actions are what the audit log holds about a sample, oldest first.
func (f *sampleTest) actions(t *testing.T) []string {
	t.Helper()
	var all []string
	err := f.log.Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		all = append(all, string(e.Action)+" "+e.Subject)
		if strings.Contains(e.Before+e.After, "Lò Văn A") {
			t.Errorf("%s holds a name: %s", e.Action, e.After)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestStoreDraw(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	if diff := cmp.Diff(sampling.Sample{ID: "k", KeepDays: sampling.DefaultKeepDays, Next: 1}, f.sample(t)); diff != "" {
		t.Errorf("before anything is drawn (-want +got):\n%s", diff)
	}
	f.draw(t, drawingOf("a", 2, 1))
	sample := f.draw(t, drawingOf("b", 1, 0))
	if diff := cmp.Diff(f.sample(t), sample); diff != "" {
		t.Errorf("stored and returned (-stored +returned):\n%s", diff)
	}
	last := sample.Draws[len(sample.Draws)-1]
	want := sampling.Draw{
		Number: 2, At: f.now.UTC(), By: "lan", Method: sampling.DrawRandom, Strata: []sampling.DrawnStratum{{Name: "b", Unit: "a"}}, First: 4, Rows: 1,
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Errorf("second draw (-want +got):\n%s", diff)
	}
	reserve := sampling.Drawn{
		ID: "k.000003", Rev: 1, Campaign: "k", Draw: 1, Number: 3, Place: sampling.Place{Unit: "a"}, Stratum: "a", Probability: 0.5, Order: 1, Reserve: true,
	}
	if diff := cmp.Diff(reserve, f.row(t, 3)); diff != "" {
		t.Errorf("row of the reserve (-want +got):\n%s", diff)
	}
	for number, want := range map[int]string{1: "Lò Văn A", 2: "", 4: "Lò Văn A"} {
		got, err := f.Contact(t.Context(), &sample, sampling.DrawnID("k", number))
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("contact of row %d is %q, want %q", number, got, want)
		}
	}
	for _, id := range []string{"", "k", "k.1", "k.000009"} {
		_, err := f.Row(t.Context(), id)
		surveytest.WantKind(t, err, survey.NotFound)
	}
	if diff := cmp.Diff([]string{"sample.draw samples/k", "sample.draw samples/k"}, f.actions(t)); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestStoreDrawRefuses(t *testing.T) {
	t.Parallel()
	over := drawingOf("z", 1, 0)
	over.Rows = make([]sampling.FrameRow, sampling.MaxDrawn)
	for name, tt := range map[string]struct {
		change  func(*sampleTest)
		drawing sampling.Drawing
		key     string
		args    []any
	}{
		"NothingDrawn":      {nil, drawingOf("z", 0, 0), "sample.nothing_drawn", nil},
		"TooMany":           {nil, over, "sample.too_many", []any{sampling.MaxDrawn}},
		"StratumDrawn":      {nil, drawingOf("a", 1, 0), "sample.stratum_drawn", []any{"a"}},
		"CampaignClosed":    {func(f *sampleTest) { f.campaign.State = survey.ClosedDown }, drawingOf("z", 1, 0), "sample.campaign_over", nil},
		"CampaignPublished": {func(f *sampleTest) { f.campaign.State = survey.Published }, drawingOf("z", 1, 0), "sample.campaign_over", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newSampleTest(t)
			sample := f.draw(t, drawingOf("a", 1, 0))
			if tt.change != nil {
				tt.change(f)
			}
			_, err := f.StoreDraw(t.Context(), office, "k", sample.Rev, tt.drawing)
			surveytest.WantError(t, err, survey.Invalid, tt.key)
			if diff := cmp.Diff(survey.Fields{"file": {Key: tt.key, Args: tt.args}}, survey.FieldsOf(err)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(sample, f.sample(t)); diff != "" {
				t.Errorf("the sample was changed (-before +after):\n%s", diff)
			}
		})
	}
	t.Run("OldRevision", func(t *testing.T) {
		t.Parallel()
		f := newSampleTest(t)
		f.draw(t, drawingOf("a", 1, 0))
		_, err := f.StoreDraw(t.Context(), office, "k", 0, drawingOf("b", 1, 0))
		surveytest.WantError(t, err, survey.Conflict, "")
	})
	t.Run("NoCampaign", func(t *testing.T) {
		t.Parallel()
		f := newSampleTest(t)
		_, err := f.StoreDraw(t.Context(), office, "gone", 0, drawingOf("b", 1, 0))
		surveytest.WantError(t, err, survey.NotFound, "")
	})
}

// A draw that is discarded takes its rows and contacts along, and its numbers
// are given to nobody again.
func TestDiscardDraw(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.draw(t, drawingOf("a", 2, 1))
	sample := f.draw(t, drawingOf("b", 1, 1))
	surveytest.WantError(t, f.DiscardDraw(t.Context(), office, "k", sample.Rev-1, 2), survey.Conflict, "")
	surveytest.WantError(t, f.DiscardDraw(t.Context(), office, "k", sample.Rev, 3), survey.NotFound, "")
	if err := f.DiscardDraw(t.Context(), office, "k", sample.Rev, 2); err != nil {
		t.Fatal(err)
	}
	rows, err := f.Rows(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[2].Number != 3 {
		t.Errorf("%d rows are left, want the 3 of the first draw", len(rows))
	}
	sample = f.sample(t)
	contacts, err := f.ContactsOf(t.Context(), &sample)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"k.000001": "Lò Văn A"}, contacts); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}
	if sample = f.draw(t, drawingOf("b", 1, 0)); sample.Draws[1].First != 6 {
		t.Errorf("the next row is number %d, want 6", sample.Draws[1].First)
	}
	if _, err := f.RecordVisit(t.Context(), office, "k.000006", 1, sampling.Attempt{Outcome: sampling.Away}); err != nil {
		t.Fatal(err)
	}
	surveytest.WantError(t, f.DiscardDraw(t.Context(), office, "k", sample.Rev, 2), survey.Invalid, "sample.visited")
}

func TestKeepWhatWasDrawn(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	if err := f.KeepWhatWasDrawn(t.Context(), "k"); err != nil {
		t.Errorf("nothing is drawn: error %v, want none", err)
	}
	sample := f.draw(t, drawingOf("a", 1, 0))
	surveytest.WantError(t, f.KeepWhatWasDrawn(t.Context(), "k"), survey.Invalid, "sample.discard_first")
	if err := f.DiscardDraw(t.Context(), office, "k", sample.Rev, 1); err != nil {
		t.Fatal(err)
	}
	if err := f.KeepWhatWasDrawn(t.Context(), "k"); err != nil {
		t.Errorf("the draw is discarded: error %v, want none", err)
	}
}

func TestAssignWork(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.addUser(t, "boa", survey.Surveyor, false)
	f.addUser(t, "viewer", survey.Viewer, false)
	f.addUser(t, "gone", survey.Surveyor, true)
	village := sampling.Place{Unit: "a", Village: "Nậm Củm"}
	for _, login := range []survey.Login{"nobody", "viewer", "gone"} {
		_, err := f.AssignWork(t.Context(), office, "k", 0, []sampling.Assignment{{Place: village, Surveyor: login}})
		surveytest.WantError(t, err, survey.Invalid, "sample.bad_surveyor")
		want := survey.Fields{"work": {Key: "sample.bad_surveyor", Args: []any{string(login)}}}
		if diff := cmp.Diff(want, survey.FieldsOf(err)); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", login, diff)
		}
	}
	work := []sampling.Assignment{{Place: village, Surveyor: "boa"}, {Place: sampling.Place{Unit: "b"}, Surveyor: "boa"}}
	sample, err := f.AssignWork(t.Context(), office, "k", 0, work)
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[sampling.Place]survey.Login{village: "boa", {Unit: "b"}: "boa", {Unit: "a"}: ""} {
		if got := sample.SurveyorOf(place); got != want {
			t.Errorf("%v is visited by %q, want %q", place, got, want)
		}
	}
	_, err = f.AssignWork(t.Context(), office, "k", 0, nil)
	surveytest.WantError(t, err, survey.Conflict, "")
	if diff := cmp.Diff([]string{"sample.assign samples/k"}, f.actions(t)); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestKeepContacts(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	for _, days := range []int{-1, sampling.MaxKeepDays + 1} {
		_, err := f.KeepContacts(t.Context(), office, "k", 0, days)
		surveytest.WantError(t, err, survey.Invalid, "sample.invalid")
		want := survey.Fields{"keep_days": {Key: "plan.bad_number", Args: []any{0, sampling.MaxKeepDays}}}
		if diff := cmp.Diff(want, survey.FieldsOf(err)); diff != "" {
			t.Errorf("%d days: fields (-want +got):\n%s", days, diff)
		}
	}
	for i, days := range []int{0, sampling.MaxKeepDays} {
		sample, err := f.KeepContacts(t.Context(), office, "k", int64(i), days)
		if err != nil {
			t.Fatal(err)
		}
		if sample.KeepDays != days {
			t.Errorf("kept for %d days, want %d", sample.KeepDays, days)
		}
	}
	_, err := f.KeepContacts(t.Context(), office, "k", 1, 10)
	surveytest.WantError(t, err, survey.Conflict, "")
}

func TestEraseOn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		to, shut, want survey.Date
	}{
		"PlannedEnd":  {"2026-06-30", "", "2026-07-11"},
		"ShutEarlier": {"2026-06-30", "2026-05-31", "2026-06-11"},
		"ShutLater":   {"2026-06-30", "2026-08-01", "2026-07-11"},
		"OnlyShut":    {"", "2026-05-31", "2026-06-11"},
		"NoEnd":       {"", "", ""},
	} {
		c := survey.Campaign{Period: survey.Span{To: tt.to}, Shut: tt.shut}
		if got := (&sampling.Sample{KeepDays: 10}).EraseOn(&c); got != tt.want {
			t.Errorf("%s: erased on %q, want %q", name, got, tt.want)
		}
	}
}

// Contacts of a campaign that is gone, or whose time has come, are shown to
// nobody although they are still there.
func TestContactsThatAreDue(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	sample := f.draw(t, drawingOf("a", 1, 0))
	f.now = time.Date(2026, 7, 31, 0, 0, 0, 0, survey.Zone) // 30 days after the end
	got, err := f.Contact(t.Context(), &sample, "k.000001")
	if err != nil {
		t.Fatal(err)
	}
	if got != "" {
		t.Errorf("contact %q is shown after its time", got)
	}
	gone := sampling.Sample{ID: "gone"}
	contacts, err := f.ContactsOf(t.Context(), &gone)
	if err != nil {
		t.Fatal(err)
	}
	if len(contacts) != 0 {
		t.Errorf("contacts %v of no campaign are shown", contacts)
	}
}

// Contacts that could not be erased because the store failed are erased the next
// time.
func TestEraseDueAgain(t *testing.T) {
	t.Parallel()
	f := newSampleTest(t)
	f.draw(t, drawingOf("a", 1, 0))
	f.now = f.now.AddDate(1, 0, 0)
	f.store.FailNext()
	_, err := f.EraseDue(t.Context(), office)
	surveytest.WantKind(t, err, survey.Unavailable)
	erased, err := f.EraseDue(t.Context(), office)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]survey.CampaignID{"k"}, erased); diff != "" {
		t.Errorf("erased (-want +got):\n%s", diff)
	}
	contacts, err := survey.Documents[sampling.Contact]{Store: f.store, Collection: survey.Contacts}.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(contacts) != 0 {
		t.Errorf("%d contacts are left, want none", len(contacts))
	}
}

func TestSamplesWhileTheStoreFails(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*testing.T, *sampleTest, int) error{
		"StoreDraw": func(t *testing.T, f *sampleTest, n int) error {
			_, err := f.StoreDraw(t.Context(), office, "k", f.sampleRev(t), drawingOf(strings.Repeat("x", n+1), 2, 1))
			return err
		},
		"AssignWork": func(t *testing.T, f *sampleTest, _ int) error {
			_, err := f.AssignWork(t.Context(), office, "k", survey.AnyRevision, []sampling.Assignment{{Place: sampling.Place{Unit: "a"}, Surveyor: "boa"}})
			return err
		},
		"EraseDue": func(t *testing.T, f *sampleTest, _ int) error {
			f.now = time.Date(2027, 1, 1, 0, 0, 0, 0, survey.Zone)
			_, err := f.EraseDue(t.Context(), office)
			return err
		},
		"KeepWhatWasDrawn": func(t *testing.T, f *sampleTest, _ int) error { return f.KeepWhatWasDrawn(t.Context(), "other") },
		"ContactsOf": func(t *testing.T, f *sampleTest, _ int) error {
			_, err := f.ContactsOf(t.Context(), &sampling.Sample{ID: "k"})
			return err
		},
		"Rows": func(t *testing.T, f *sampleTest, _ int) error {
			_, err := f.Rows(t.Context(), "k")
			return err
		},
		"RecordVisit": func(t *testing.T, f *sampleTest, _ int) error {
			_, err := f.RecordVisit(t.Context(), office, "k.000001", survey.AnyRevision, sampling.Attempt{Outcome: sampling.Away})
			return err
		},
		"CallReserve": func(t *testing.T, f *sampleTest, _ int) error {
			_, err := f.CallReserve(t.Context(), office, "k.000002")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newSampleTest(t)
			f.addUser(t, "boa", survey.Surveyor, false)
			f.draw(t, drawingOf("a", 2, 1))
			if _, err := f.RecordVisit(t.Context(), office, "k.000002", 1, sampling.Attempt{Outcome: sampling.Refused}); err != nil {
				t.Fatal(err)
			}
			n := 0
			f.store.FailEach(t, func() error { n++; return do(t, f, n) })
		})
	}
}

// sampleRev is the revision of the sample, read past the failures.
func (f *sampleTest) sampleRev(t *testing.T) int64 {
	t.Helper()
	sample, err := survey.Documents[sampling.Sample]{Store: f.store.Store, Collection: survey.Samples}.Get(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	return sample.Rev
}
