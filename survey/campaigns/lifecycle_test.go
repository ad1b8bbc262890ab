package campaigns_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/surveytest"
)

// service is the campaigns of a store after its first start, at a time that a
// test can set.
type service struct {
	*campaigns.Campaigns
	t     *testing.T
	store survey.Store
	log   *audit.Log
	now   time.Time
}

func newService(t *testing.T) *service {
	t.Helper()
	store, _ := surveytest.FirstStart(t, "2026-03-05")
	s := &service{t: t, store: store}
	s.setDay("2026-03-05")
	now := func() time.Time { return s.now }
	s.log = audit.New(store, now)
	s.Campaigns = campaigns.New(survey.NewChanges(store, s.log, now), func() *survey.Catalog { return surveytest.Loaded(t, store) })
	return s
}

// setDay sets the clock to nine o'clock of a day.
func (s *service) setDay(day survey.Date) { s.now = day.Time().Add(9 * time.Hour) }

func (s *service) table() survey.Documents[survey.Campaign] {
	return survey.Documents[survey.Campaign]{Store: s.store, Collection: survey.Campaigns}
}

// stored returns a campaign as the store has it.
func (s *service) stored(id survey.CampaignID) survey.Campaign {
	s.t.Helper()
	c, err := s.table().Get(s.t.Context(), string(id))
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// keep stores a campaign as it is, without any check.
func (s *service) keep(c survey.Campaign) survey.Campaign {
	s.t.Helper()
	if c.Rev == 0 {
		c.Rev = 1
	}
	if err := s.table().Insert(s.t.Context(), c); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// actions lists what the audit log holds, the oldest first.
func (s *service) actions() []survey.Action {
	s.t.Helper()
	var actions []survey.Action
	if err := s.log.Each(s.t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return actions
}

// yearOf2027 is a campaign about procedures in 2027 that keeps every rule.
func yearOf2027() survey.Campaign {
	return survey.Campaign{
		Title: survey.Text{"vi": "Khảo sát năm 2027", "en": "Survey of 2027"}, Family: survey.Procedures,
		Forms:  []survey.FormRef{{Code: "tthc-quick", Version: 1}},
		Period: survey.Span{From: "2027-01-01", To: "2027-12-31"},
		Method: survey.Method{Formula: survey.Top2, Pooling: survey.PoolOverall, Confidence: 0.95, MinN: 30},
	}
}

// draft stores the campaign of 2027 as a draft.
func (s *service) draft() survey.Campaign {
	s.t.Helper()
	c, err := s.Draft(s.t.Context(), manager, yearOf2027())
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func TestDraft(t *testing.T) {
	t.Parallel()
	s := newService(t)
	given := yearOf2027()
	given.State, given.Shut, given.Editions = survey.Published, "2027-06-01", []survey.Edition{{Number: 1}}
	given.Title["vi"] = "  Khảo sát năm 2027 "
	got, err := s.Draft(t.Context(), manager, given)
	if err != nil {
		t.Fatal(err)
	}
	want := yearOf2027()
	want.ID, want.Rev, want.State = "tthc-2027", 1, survey.Draft
	want.Frame, want.Langs, want.Method.Version = "2027-01-01", []survey.Lang{"vi"}, survey.MethodVersion
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("returned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, s.stored("tthc-2027")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]survey.Action{"campaign.create"}, s.actions()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// A year's second campaign gets a number, whatever the others are.
func TestDraftsOfOneYear(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, want := range []survey.CampaignID{"tthc-2027", "tthc-2027-2", "tthc-2027-3"} {
		if got := s.draft().ID; got != want {
			t.Errorf("id %s, want %s", got, want)
		}
	}
	if err := s.Discard(t.Context(), manager, "tthc-2027-2", 1); err != nil {
		t.Fatal(err)
	}
	if got := s.draft().ID; got != "tthc-2027-2" {
		t.Errorf("after a draft was discarded: id %s, want its own", got)
	}
}

// A button that is pressed twice makes one draft; another title or page makes
// another one.
func TestDraftPressedTwice(t *testing.T) {
	t.Parallel()
	s := newService(t)
	press := func(page, title string) survey.CampaignID {
		t.Helper()
		c := yearOf2027()
		c.IdempotencyKey, c.Title["vi"] = page, title
		made, err := s.Draft(t.Context(), manager, c)
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	for _, test := range []struct {
		page, title string
		want        survey.CampaignID
	}{
		{"page-1", "Khảo sát", "tthc-2027"},
		{"page-1", "Khảo sát", "tthc-2027"},
		{"page-1", "Khảo sát lại", "tthc-2027-2"},
		{"page-2", "Khảo sát", "tthc-2027-3"},
		{"page-2", "Khảo sát", "tthc-2027-3"},
		{"", "Khảo sát", "tthc-2027-4"},
		{"", "Khảo sát", "tthc-2027-5"},
	} {
		if got := press(test.page, test.title); got != test.want {
			t.Errorf("%q on %q is %s, want %s", test.title, test.page, got, test.want)
		}
	}
}

func TestDraftThatBreaksARule(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for name, tt := range map[string]struct {
		change     func(*survey.Campaign)
		field, key string
	}{
		"ShortTitle":       {func(c *survey.Campaign) { c.Title = survey.Text{"vi": " ABCD ", "en": "Survey of 2027"} }, "title", "campaign.bad_title"},
		"NoForm":           {func(c *survey.Campaign) { c.Forms = nil }, "forms", "campaign.no_form"},
		"FormOfNoVersion":  {func(c *survey.Campaign) { c.Forms[0].Version = 99 }, "forms", "campaign.form_of_other_family"},
		"FormOfOthers":     {func(c *survey.Campaign) { c.Forms[0] = survey.FormRef{Code: "sipas-resident", Version: 1} }, "forms", "campaign.form_of_other_family"},
		"FormTwice":        {func(c *survey.Campaign) { c.Forms = append(c.Forms, c.Forms[0]) }, "forms", "campaign.form_twice"},
		"NoFirstDay":       {func(c *survey.Campaign) { c.Period.From, c.Frame = "", "2027-01-01" }, "from", "campaign.bad_day"},
		"LastDayIsNone":    {func(c *survey.Campaign) { c.Period.To = "2027-02-30" }, "to", "campaign.bad_day"},
		"EndsBeforeItself": {func(c *survey.Campaign) { c.Period.To = "2026-12-31" }, "to", "campaign.ends_before"},
		"FrameIsNoDay":     {func(c *survey.Campaign) { c.Frame = "2027" }, "frame", "campaign.bad_day"},
		"UnknownUnit":      {func(c *survey.Campaign) { c.Units = []survey.UnitID{"xa-mu-ca", "none"} }, "units", "campaign.unknown_unit"},
		"LanguageTwice":    {func(c *survey.Campaign) { c.Langs = []survey.Lang{"vi", "vi"} }, "langs", "campaign.bad_choice"},
		"NoLanguage":       {func(c *survey.Campaign) { c.Langs = []survey.Lang{"?"} }, "langs", "campaign.bad_choice"},
		"TargetOfOthers":   {func(c *survey.Campaign) { c.Targets = []survey.TargetCode{"EDU"} }, "targets", "campaign.target_of_other_family"},
		"Formula":          {func(c *survey.Campaign) { c.Method.Formula = "best" }, "formula", "campaign.bad_choice"},
		"Pooling":          {func(c *survey.Campaign) { c.Method.Pooling = "" }, "pooling", "campaign.bad_choice"},
		"Confidence":       {func(c *survey.Campaign) { c.Method.Confidence = 0.7999 }, "confidence", "campaign.bad_confidence"},
		"FewRespondents":   {func(c *survey.Campaign) { c.Method.MinN = 4 }, "min_n", "campaign.bad_min_n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := yearOf2027()
			tt.change(&c)
			_, err := s.Draft(t.Context(), manager, c)
			surveytest.WantError(t, err, survey.Invalid, "campaign.invalid")
			surveytest.WantField(t, err, tt.field, tt.key)
			if n := len(survey.FieldsOf(err)); n != 1 {
				t.Errorf("%d fields are wrong, want 1: %v", n, err)
			}
		})
	}
	c := yearOf2027()
	c.Family = "health" // which no form is of
	_, err := s.Draft(t.Context(), manager, c)
	surveytest.WantField(t, err, "family", "campaign.bad_family")
	surveytest.WantField(t, err, "forms", "campaign.form_of_other_family")
}

func TestEditDraft(t *testing.T) {
	t.Parallel()
	s := newService(t)
	given := yearOf2027()
	given.IdempotencyKey, given.Demo = "page-1", true
	c, err := s.Draft(t.Context(), manager, given)
	if err != nil {
		t.Fatal(err)
	}
	edited := survey.Campaign{
		ID: c.ID, Title: survey.Text{"vi": "Hài lòng của cư dân"}, Family: survey.Residents, State: survey.Published,
		Forms: []survey.FormRef{{Code: "sipas-resident", Version: 1}}, Units: []survey.UnitID{"xa-mu-ca"},
		Period: survey.Span{From: "2027-05-01", To: "2027-05-31"}, Langs: []survey.Lang{"en", "vi"},
		Method: survey.Method{Formula: survey.Mean100, Pooling: survey.PoolFactors, Confidence: 0.9, MinN: 50},
	}
	got, err := s.Edit(t.Context(), manager, c.Rev, edited)
	if err != nil {
		t.Fatal(err)
	}
	want := edited
	want.Rev, want.State, want.IdempotencyKey, want.Demo = 2, survey.Draft, "page-1", true
	want.Frame, want.Method.Version = "2027-05-01", survey.MethodVersion
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a draft is changed in everything (-want +got):\n%s", diff)
	}

	edited.Forms = nil
	_, err = s.Edit(t.Context(), manager, got.Rev, edited)
	surveytest.WantError(t, err, survey.Invalid, "campaign.invalid")
	surveytest.WantField(t, err, "forms", "campaign.no_form")
	_, err = s.Edit(t.Context(), manager, c.Rev, edited)
	surveytest.WantError(t, err, survey.Conflict, "")
	edited.ID = "none"
	_, err = s.Edit(t.Context(), manager, 1, edited)
	surveytest.WantError(t, err, survey.NotFound, "")
	if diff := cmp.Diff(want, s.stored(c.ID)); diff != "" {
		t.Errorf("a refused edit is stored (-want +got):\n%s", diff)
	}
}

// Of an open campaign only the title and the last day can be changed.
func TestEditOpenCampaign(t *testing.T) {
	t.Parallel()
	s := newService(t)
	before := s.stored("tthc-2026")
	edited := yearOf2027()
	edited.ID, edited.Title, edited.Period = before.ID, survey.Text{"vi": " Khảo sát đổi tên "}, survey.Span{From: "2026-02-01", To: "2026-11-30"}
	edited.Rhythm = survey.Quarterly
	edited.Method.Formula, edited.Family, edited.Units = survey.Mean0, survey.Education, []survey.UnitID{"xa-mu-ca"}
	got, err := s.Edit(t.Context(), manager, before.Rev, edited)
	if err != nil {
		t.Fatal(err)
	}
	want := before
	want.Rev, want.Title, want.Period.To = before.Rev+1, survey.Text{"vi": "Khảo sát đổi tên"}, "2026-11-30"
	want.Rhythm = survey.Quarterly
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	for day, ok := range map[survey.Date]bool{"2026-03-04": false, "2026-03-05": true} { // today is the earliest last day
		edited.Period.To = day
		got, err := s.Edit(t.Context(), manager, s.stored(before.ID).Rev, edited)
		if !ok {
			surveytest.WantError(t, err, survey.Invalid, "campaign.is_over")
			surveytest.WantField(t, err, "to", "campaign.is_over")
			continue
		}
		if err != nil {
			t.Errorf("the last day becomes %s: %v", day, err)
		} else if got.Period.To != day {
			t.Errorf("the last day is %s, want %s", got.Period.To, day)
		}
	}
	edited.Title = survey.Text{"vi": "?"}
	edited.Period.To = "2026-12-31"
	_, err = s.Edit(t.Context(), manager, s.stored(before.ID).Rev, edited)
	surveytest.WantField(t, err, "title", "campaign.bad_title")
}

// step is something that can be done to a campaign.
type step struct {
	name string
	do   func(s *service, c survey.Campaign) error
}

var steps = []step{
	{name: "edit", do: func(s *service, c survey.Campaign) error {
		_, err := s.Edit(s.t.Context(), manager, c.Rev, c)
		return err
	}},
	{name: "discard", do: func(s *service, c survey.Campaign) error { return s.Discard(s.t.Context(), manager, c.ID, c.Rev) }},
	{name: "open", do: func(s *service, c survey.Campaign) error {
		_, err := s.Open(s.t.Context(), manager, c.ID, c.Rev)
		return err
	}},
	{name: "close", do: func(s *service, c survey.Campaign) error {
		_, err := s.Close(s.t.Context(), manager, c.ID, c.Rev)
		return err
	}},
	{name: "reopen", do: func(s *service, c survey.Campaign) error {
		_, err := s.Reopen(s.t.Context(), manager, c.ID, c.Rev)
		return err
	}},
	{name: "publish", do: func(s *service, c survey.Campaign) error {
		_, err := s.Publish(s.t.Context(), manager, c.ID, c.Rev, rateOf(0.9))
		return err
	}},
	{name: "withdraw", do: func(s *service, c survey.Campaign) error {
		_, err := s.Withdraw(s.t.Context(), manager, c.ID, c.Rev, "A commune was missing.")
		return err
	}},
}

// What can be done to a campaign follows from its state. What cannot is a
// conflict, and leaves the campaign as it is.
func TestStepsOfEachState(t *testing.T) {
	t.Parallel()
	for state, tt := range map[survey.CampaignState]struct {
		allowed []string
		leadTo  []survey.CampaignState // empty: the campaign is gone
	}{
		survey.Draft:      {[]string{"edit", "discard", "open"}, []survey.CampaignState{survey.Draft, "", survey.Open}},
		survey.Open:       {[]string{"edit", "close"}, []survey.CampaignState{survey.Open, survey.ClosedDown}},
		survey.ClosedDown: {[]string{"reopen", "publish"}, []survey.CampaignState{survey.Open, survey.Published}},
		survey.Published:  {[]string{"withdraw"}, []survey.CampaignState{survey.Withdrawn}},
		survey.Withdrawn:  {[]string{"publish"}, []survey.CampaignState{survey.Published}},
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			for i, step := range steps {
				c := yearOf2027()
				c.ID, c.State = survey.CampaignID(step.name), state
				// No two are of the same days, or they could not be open together.
				year := survey.Date("20" + string(rune('3'+i)) + "7")
				c.Period = survey.Span{From: year + "-01-01", To: year + "-12-31"}
				if state == survey.Published || state == survey.Withdrawn {
					c.Editions = []survey.Edition{{Number: 1}}
				}
				c.Complete()
				c = s.keep(c)
				err := step.do(s, c)
				at := slices.Index(tt.allowed, step.name)
				if at < 0 {
					t.Run(step.name, func(t *testing.T) { surveytest.WantError(t, err, survey.Conflict, "campaign.wrong_state") })
					if diff := cmp.Diff(c, s.stored(c.ID)); diff != "" {
						t.Errorf("%s is refused and stored all the same (-before +after):\n%s", step.name, diff)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s is refused: %v", step.name, err)
					continue
				}
				if tt.leadTo[at] == "" {
					_, err := s.table().Get(t.Context(), string(c.ID))
					surveytest.WantError(t, err, survey.NotFound, "")
				} else if got := s.stored(c.ID).State; got != tt.leadTo[at] {
					t.Errorf("%s leads to %s, want %s", step.name, got, tt.leadTo[at])
				}
			}
		})
	}
}

// Whoever saw an older revision, or a campaign that never was, changes nothing.
func TestStepsOfAnOldRevision(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for i, state := range []survey.CampaignState{
		survey.Draft, survey.Draft, survey.Draft, survey.Open, survey.ClosedDown, survey.ClosedDown, survey.Published,
	} {
		c := yearOf2027()
		c.ID, c.State, c.Rev, c.Editions = survey.CampaignID(steps[i].name), state, 3, []survey.Edition{{Number: 1}}
		c.Complete()
		c = s.keep(c)
		seen := c
		seen.Rev = 2
		t.Run(steps[i].name, func(t *testing.T) {
			surveytest.WantError(t, steps[i].do(s, seen), survey.Conflict, "")
			seen.ID = "none"
			surveytest.WantError(t, steps[i].do(s, seen), survey.NotFound, "")
		})
		if diff := cmp.Diff(c, s.stored(c.ID)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", steps[i].name, diff)
		}
	}
	if actions := s.actions(); len(actions) != 0 {
		t.Errorf("the audit log holds %v, want nothing", actions)
	}
}

// From draft to withdrawal and once more, each step is recorded.
func TestCampaignFromDraftToWithdrawal(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := s.draft()
	for i, test := range []struct {
		day   survey.Date
		step  string
		state survey.CampaignState
		shut  survey.Date
	}{
		{"2026-03-05", "open", survey.Open, ""},
		{"2027-06-01", "close", survey.ClosedDown, "2027-06-01"},
		{"2027-06-02", "reopen", survey.Open, ""},
		{"2028-01-09", "close", survey.ClosedDown, "2028-01-01"},
		{"2028-01-10", "publish", survey.Published, "2028-01-01"},
		{"2028-01-11", "withdraw", survey.Withdrawn, "2028-01-01"},
		{"2028-01-12", "publish", survey.Published, "2028-01-01"},
	} {
		s.setDay(test.day)
		at := slices.IndexFunc(steps, func(one step) bool { return one.name == test.step })
		if err := steps[at].do(s, c); err != nil {
			t.Fatalf("%s: %v", test.step, err)
		}
		c = s.stored(c.ID)
		if c.State != test.state {
			t.Errorf("after %s it is %s, want %s", test.step, c.State, test.state)
		}
		if c.Shut != test.shut {
			t.Errorf("after %s it is shut from %q, want %q", test.step, c.Shut, test.shut)
		}
		if want := int64(i + 2); c.Rev != want {
			t.Errorf("after %s it has revision %d, want %d", test.step, c.Rev, want)
		}
	}
	want := []survey.Action{
		"campaign.create", "campaign.open", "campaign.close", "campaign.reopen", "campaign.close", "campaign.publish", "campaign.withdraw", "campaign.publish",
	}
	if diff := cmp.Diff(want, s.actions()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// What was answered before the day of closing is taken however late it comes;
// of a campaign that is over that is the whole period.
func TestDayOfClosing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ to, today, shut survey.Date }{
		"AheadOfThePlan":  {"2027-12-31", "2027-06-01", "2027-06-01"},
		"OnTheLastDay":    {"2027-12-31", "2027-12-31", "2027-12-31"},
		"OnTheDayAfter":   {"2027-12-31", "2028-01-01", "2028-01-01"},
		"LongAfter":       {"2027-12-31", "2028-06-01", "2028-01-01"},
		"WithoutALastDay": {"", "2028-06-01", "2028-06-01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			c := yearOf2027()
			c.ID, c.State, c.Period.To = "tthc-2027", survey.Open, tt.to
			c = s.keep(c)
			s.setDay(tt.today)
			got, err := s.Close(t.Context(), manager, c.ID, c.Rev)
			if err != nil {
				t.Fatal(err)
			}
			if got.Shut != tt.shut {
				t.Errorf("shut from %s, want %s", got.Shut, tt.shut)
			}
		})
	}
}

// Who keeps something of a campaign can hold it back from being discarded.
func TestDiscardIsGuarded(t *testing.T) {
	t.Parallel()
	s := newService(t)
	c := s.draft()
	held := true
	var asked []survey.CampaignID
	s.GuardDiscard(func(_ context.Context, id survey.CampaignID) error {
		asked = append(asked, id)
		return nil
	})
	s.GuardDiscard(func(context.Context, survey.CampaignID) error {
		if held {
			return &survey.Error{Kind: survey.Conflict, Op: "discard campaign", Key: "sample.still_there"}
		}
		return nil
	})
	surveytest.WantError(t, s.Discard(t.Context(), manager, c.ID, c.Rev), survey.Conflict, "sample.still_there")
	if diff := cmp.Diff(c, s.stored(c.ID)); diff != "" {
		t.Errorf("a draft that is held back was changed (-before +after):\n%s", diff)
	}
	held = false
	if err := s.Discard(t.Context(), manager, c.ID, c.Rev); err != nil {
		t.Fatal(err)
	}
	_, err := s.table().Get(t.Context(), string(c.ID))
	surveytest.WantError(t, err, survey.NotFound, "")
	if diff := cmp.Diff([]survey.CampaignID{c.ID, c.ID}, asked); diff != "" {
		t.Errorf("the first guard was asked of (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]survey.Action{"campaign.create", "campaign.discard"}, s.actions()); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestOpenWhatIsNotReady(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change     func(*survey.Campaign)
		field, key string
		sentence   string
	}{
		"Over":         {func(c *survey.Campaign) { c.Period = survey.Span{From: "2025-01-01", To: "2026-03-04"} }, "to", "campaign.is_over", "campaign.is_over"},
		"Untranslated": {func(c *survey.Campaign) { c.Langs = []survey.Lang{"vi", "hni"} }, "langs", "campaign.untranslated", "campaign.untranslated"},
		"Overlaps":     {func(c *survey.Campaign) { c.Period = survey.Span{From: "2026-12-31", To: "2027-12-31"} }, "from", "campaign.overlaps", "campaign.overlaps"},
		"UnitIsGone":   {func(c *survey.Campaign) { c.Units = []survey.UnitID{"none"} }, "units", "campaign.unknown_unit", "campaign.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			c := yearOf2027()
			c.ID, c.State = "tthc-2027", survey.Draft
			tt.change(&c)
			c.Complete()
			c = s.keep(c)
			_, err := s.Open(t.Context(), manager, c.ID, c.Rev)
			surveytest.WantError(t, err, survey.Invalid, tt.sentence)
			surveytest.WantField(t, err, tt.field, tt.key)
			if got := s.stored(c.ID).State; got != survey.Draft {
				t.Errorf("it is %s, want a draft still", got)
			}
		})
	}
}

// A campaign is not opened again while another one asks the same people.
func TestReopenBesideAnother(t *testing.T) {
	t.Parallel()
	s := newService(t)
	closed, err := s.Close(t.Context(), manager, "tthc-2026", 1)
	if err != nil {
		t.Fatal(err)
	}
	c := yearOf2027()
	c.Period.From = "2026-07-01"
	next, err := s.Draft(t.Context(), manager, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(t.Context(), manager, next.ID, next.Rev); err != nil {
		t.Fatalf("beside a closed campaign: %v", err)
	}
	_, err = s.Reopen(t.Context(), manager, closed.ID, closed.Rev)
	surveytest.WantError(t, err, survey.Invalid, "campaign.overlaps")
	surveytest.WantField(t, err, "from", "campaign.overlaps")
}

// Two campaigns overlap if a response could belong to either: they ask the same
// form of the same unit on the same day.
func TestOverlap(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return survey.Date("2026-03-05").Time() }
	for name, tt := range map[string]struct {
		other    func(*survey.Campaign)
		mine     func(*survey.Campaign)
		overlaps bool
	}{
		"SameInAll":              {nil, nil, true},
		"OtherVersionOfTheForm":  {nil, func(k *survey.Campaign) { k.Forms[0].Version = 2 }, true},
		"OtherForm":              {nil, func(k *survey.Campaign) { k.Forms[0].Code = "b" }, false},
		"BeginsOnItsLastDay":     {nil, func(k *survey.Campaign) { k.Period = survey.Span{From: "2026-12-31", To: "2027-06-30"} }, true},
		"BeginsTheDayAfter":      {nil, func(k *survey.Campaign) { k.Period = survey.Span{From: "2027-01-01", To: "2027-06-30"} }, false},
		"EndsOnItsFirstDay":      {nil, func(k *survey.Campaign) { k.Period = survey.Span{From: "2026-01-01", To: "2026-03-05"} }, true},
		"EndsTheDayBefore":       {func(k *survey.Campaign) { k.Period.From = "2026-03-06" }, func(k *survey.Campaign) { k.Period = survey.Span{From: "2026-01-01", To: "2026-03-05"} }, false},
		"OtherHasNoEnd":          {func(k *survey.Campaign) { k.Period.To = "" }, func(k *survey.Campaign) { k.Period = survey.Span{From: "2030-01-01", To: "2030-06-30"} }, true},
		"OtherUnits":             {nil, func(k *survey.Campaign) { k.Units = []survey.UnitID{"split"} }, false},
		"UnitBelow":              {nil, func(k *survey.Campaign) { k.Units = []survey.UnitID{"school"} }, true},
		"UnitAbove":              {nil, func(k *survey.Campaign) { k.Units = []survey.UnitID{"area"} }, true},
		"UnitThatBecameOneOfIts": {nil, func(k *survey.Campaign) { k.Units = []survey.UnitID{"town"} }, true},
		"EveryUnit":              {nil, func(k *survey.Campaign) { k.Units = nil }, true},
		"OtherAsksEveryUnit":     {func(k *survey.Campaign) { k.Units = nil }, func(k *survey.Campaign) { k.Units = []survey.UnitID{"split"} }, true},
		"OtherIsADraft":          {func(k *survey.Campaign) { k.State = survey.Draft }, nil, false},
		"OtherIsClosed":          {func(k *survey.Campaign) { k.State = survey.ClosedDown }, nil, false},
		"Itself":                 {func(k *survey.Campaign) { k.ID = "mine" }, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			same := func(*survey.Campaign) {}
			if tt.other == nil {
				tt.other = same
			}
			c, other := yearly(tt.other)
			mine := survey.Campaign{
				ID: "mine", Forms: []survey.FormRef{{Code: "a", Version: 1}}, Units: []survey.UnitID{"merged", "same"},
				Period: survey.Span{From: "2026-06-01", To: "2026-06-30"}, State: survey.Draft,
			}
			if tt.mine != nil {
				tt.mine(&mine)
			}
			f := campaigns.New(&survey.Changes{Now: now}, func() *survey.Catalog { return c })
			err := f.Openable(&mine)
			if !tt.overlaps {
				if err != nil {
					t.Errorf("%v, want no error", err)
				}
				return
			}
			surveytest.WantError(t, err, survey.Invalid, "campaign.overlaps")
			surveytest.WantField(t, err, "from", "campaign.overlaps")
			var e *survey.Error
			if errors.As(err, &e) {
				if diff := cmp.Diff([]any{other.Title}, e.Args); diff != "" {
					t.Errorf("the sentence names (-want +got):\n%s", diff)
				}
			}
		})
	}
}
