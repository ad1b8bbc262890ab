package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/surveytest"
)

func TestCampaignByState(t *testing.T) {
	t.Parallel()
	edition := []survey.Edition{{Number: 1}, {Number: 2}}
	for state, want := range map[survey.CampaignState]struct{ keying, published bool }{
		survey.Draft: {true, false}, survey.Open: {true, false}, survey.ClosedDown: {true, false},
		survey.Published: {false, true}, survey.Withdrawn: {false, false},
	} {
		c := &survey.Campaign{State: state, Editions: edition}
		if got := c.TakesEntries(); got != want.keying {
			t.Errorf("%s: paper forms are entered: %v, want %v", state, got, want.keying)
		}
		current := c.Current()
		if got := current != nil; got != want.published {
			t.Errorf("%s: an edition is in force: %v, want %v", state, got, want.published)
		}
		if current != nil && current.Number != 2 {
			t.Errorf("%s: edition %d is in force, want the newest", state, current.Number)
		}
	}
	if current := (&survey.Campaign{State: survey.Published}).Current(); current != nil {
		t.Errorf("edition %d of a campaign without one", current.Number)
	}
}

func TestCampaignOffers(t *testing.T) {
	t.Parallel()
	if !(survey.Campaign{}).Offers("hni") {
		t.Error("a campaign that names no language does not offer every one")
	}
	c := survey.Campaign{Langs: []survey.Lang{"vi"}}
	if !c.Offers("vi") {
		t.Error("the only language is not offered")
	}
	if c.Offers("en") {
		t.Error("a language that is not named is offered")
	}
}

func TestCampaignComplete(t *testing.T) {
	t.Parallel()
	c := survey.Campaign{Title: survey.Text{"vi": " Đo lường\u200b 2026 "}, Period: survey.Span{From: "2026-01-01"}}
	c.Complete()
	want := survey.Campaign{
		Title: survey.Text{"vi": "Đo lường 2026"}, Period: survey.Span{From: "2026-01-01"}, Frame: "2026-01-01",
		Langs: []survey.Lang{"vi"}, Method: survey.Method{Version: survey.MethodVersion},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("completed (-want +got):\n%s", diff)
	}
	c.Frame, c.Langs = "2025-07-01", []survey.Lang{"en"}
	before := c
	c.Complete()
	if diff := cmp.Diff(before, c); diff != "" {
		t.Errorf("what was decided is changed (-before +after):\n%s", diff)
	}
}

func TestSamePress(t *testing.T) {
	t.Parallel()
	base := survey.Campaign{IdempotencyKey: "page", Title: survey.Text{"vi": "x"}, Period: survey.Span{From: "2026-01-01"}}
	for name, tt := range map[string]struct {
		change func(*survey.Campaign)
		want   bool
	}{
		"Same":        {func(*survey.Campaign) {}, true},
		"OtherPage":   {func(c *survey.Campaign) { c.IdempotencyKey = "another" }, false},
		"OtherTitle":  {func(c *survey.Campaign) { c.Title = survey.Text{"vi": "y"} }, false},
		"OtherPeriod": {func(c *survey.Campaign) { c.Period.To = "2026-12-31" }, false},
	} {
		other := base
		tt.change(&other)
		if got := base.SamePress(&other); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if none := (&survey.Campaign{}); none.SamePress(&survey.Campaign{}) {
		t.Error("two campaigns of no page are taken for one")
	}
}

func TestCampaignCheck(t *testing.T) {
	t.Parallel()
	catalog := (&survey.Catalog{
		Units:          []survey.Unit{{ID: "a"}},
		Questionnaires: []survey.Questionnaire{{Code: "q", Version: 1, Family: survey.Procedures}, {Code: "q", Version: 2, Family: survey.Procedures}, {Code: "e", Version: 1, Family: survey.Education}},
		Targets:        []survey.Target{{Code: "TTHC", Family: survey.Procedures}, {Code: "EDU", Family: survey.Education}},
	}).Index()
	good := survey.Campaign{
		Title: survey.Text{"vi": "Đo lường 2026"}, Family: survey.Procedures, Forms: []survey.FormRef{{Code: "q", Version: 2}},
		Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}, Frame: "2026-01-01", Units: []survey.UnitID{"a"}, Langs: []survey.Lang{"vi", "en"},
		Targets: []survey.TargetCode{"TTHC"}, Method: survey.Method{Formula: survey.Top2, Pooling: survey.PoolAnswers, Confidence: 0.95, MinN: 5},
	}
	if err := good.Check(catalog); err != nil {
		t.Fatalf("a good campaign: %v", err)
	}
	long := make([]rune, 201)
	for i := range long {
		long[i] = 'đ'
	}
	for name, tt := range map[string]struct {
		change     func(*survey.Campaign)
		field, key string
	}{
		"ShortTitle":   {func(c *survey.Campaign) { c.Title = survey.Text{"vi": " đo  ", "en": "Measurement"} }, "title", "campaign.bad_title"},
		"LongTitle":    {func(c *survey.Campaign) { c.Title = survey.Text{"vi": string(long)} }, "title", "campaign.bad_title"},
		"NoForm":       {func(c *survey.Campaign) { c.Forms = nil }, "forms", "campaign.no_form"},
		"UnknownForm":  {func(c *survey.Campaign) { c.Forms = []survey.FormRef{{Code: "q", Version: 3}} }, "forms", "campaign.form_of_other_family"},
		"OtherFamily":  {func(c *survey.Campaign) { c.Forms = []survey.FormRef{{Code: "e", Version: 1}} }, "forms", "campaign.form_of_other_family"},
		"FormTwice":    {func(c *survey.Campaign) { c.Forms = append(c.Forms, survey.FormRef{Code: "q", Version: 1}) }, "forms", "campaign.form_twice"},
		"NoBeginning":  {func(c *survey.Campaign) { c.Period.From = "" }, "from", "campaign.bad_day"},
		"NoEnd":        {func(c *survey.Campaign) { c.Period.To = "" }, "to", "campaign.bad_day"},
		"EndsBefore":   {func(c *survey.Campaign) { c.Period.To = "2025-12-31" }, "to", "campaign.ends_before"},
		"NoFrame":      {func(c *survey.Campaign) { c.Frame = "2026-02-30" }, "frame", "campaign.bad_day"},
		"UnknownUnit":  {func(c *survey.Campaign) { c.Units = []survey.UnitID{"a", "z"} }, "units", "campaign.unknown_unit"},
		"LangTwice":    {func(c *survey.Campaign) { c.Langs = []survey.Lang{"vi", "vi"} }, "langs", "campaign.bad_choice"},
		"NoLang":       {func(c *survey.Campaign) { c.Langs = []survey.Lang{"?"} }, "langs", "campaign.bad_choice"},
		"OtherTarget":  {func(c *survey.Campaign) { c.Targets = []survey.TargetCode{"EDU"} }, "targets", "campaign.target_of_other_family"},
		"NoFormula":    {func(c *survey.Campaign) { c.Method.Formula = "" }, "formula", "campaign.bad_choice"},
		"NoPooling":    {func(c *survey.Campaign) { c.Method.Pooling = "" }, "pooling", "campaign.bad_choice"},
		"NoConfidence": {func(c *survey.Campaign) { c.Method.Confidence = 0.79 }, "confidence", "campaign.bad_confidence"},
		"AllSure":      {func(c *survey.Campaign) { c.Method.Confidence = 1 }, "confidence", "campaign.bad_confidence"},
		"FewPeople":    {func(c *survey.Campaign) { c.Method.MinN = 4 }, "min_n", "campaign.bad_min_n"},
		"ManyPeople":   {func(c *survey.Campaign) { c.Method.MinN = 10001 }, "min_n", "campaign.bad_min_n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := good
			tt.change(&c)
			wantFields(t, c.Check(catalog), "campaign.invalid", map[string]string{tt.field: tt.key})
		})
	}
	t.Run("UnknownFamily", func(t *testing.T) {
		t.Parallel()
		c := good
		c.Family = "none"
		wantFields(t, c.Check(catalog), "campaign.invalid", map[string]string{
			"family": "campaign.bad_family", "forms": "campaign.form_of_other_family", "targets": "campaign.target_of_other_family",
		})
	})
}

// wantFields holds an Invalid error to its key and to those of its fields.
func wantFields(t *testing.T, err error, key string, want map[string]string) {
	t.Helper()
	surveytest.WantError(t, err, survey.Invalid, key)
	got := map[string]string{}
	for field, m := range survey.FieldsOf(err) {
		got[field] = m.Key
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}
