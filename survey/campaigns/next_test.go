package campaigns_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/surveytest"
)

// yearly is a small catalogue with a campaign of 2026 in two of its units.
func yearly(change ...func(*survey.Campaign)) (*survey.Catalog, *survey.Campaign) {
	c := surveytest.Catalog()
	c.Campaigns = []survey.Campaign{{
		ID: "tthc-2026", Title: survey.Text{"vi": "Đợt 2026", "en": "Survey"}, Family: survey.Procedures, State: survey.Open,
		Forms: []survey.FormRef{{Code: "a", Version: 1}}, Units: []survey.UnitID{"merged", "same"},
		Period: survey.Span{From: "2026-03-05", To: "2026-12-31"}, Frame: "2026-03-05",
		Method:  survey.Method{Formula: survey.Top2, Pooling: survey.PoolOverall, Version: "1", Confidence: 0.9, MinN: 40},
		Targets: []survey.TargetCode{"TTHC"}, Langs: []survey.Lang{"vi", "en"}, Editions: []survey.Edition{{Number: 1}}, Shut: "2026-12-30",
	}}
	for _, f := range change {
		f(&c.Campaigns[0])
	}
	c.Index()
	return c, &c.Campaigns[0]
}

func TestUnfollowedCampaigns(t *testing.T) {
	t.Parallel()
	next := func(change func(*survey.Campaign)) *survey.Campaign {
		c, k := yearly()
		n := campaigns.Next(c, k)
		n.ID, n.State = "tthc-2027", survey.Draft
		change(&n)
		return &n
	}
	same := func(*survey.Campaign) {}
	for name, tt := range map[string]struct {
		on     survey.Date
		change func(*survey.Campaign)
		next   *survey.Campaign
		want   bool
	}{
		"LongBefore":     {"2026-10-31", same, nil, false},
		"SixtyDays":      {"2026-11-01", same, nil, true},
		"LastDay":        {"2026-12-31", same, nil, true},
		"NewYear":        {"2027-01-01", same, nil, true},
		"LongAfter":      {"2027-03-02", same, nil, false},
		"Published":      {"2027-01-01", func(k *survey.Campaign) { k.State = survey.Published }, nil, false},
		"Closed":         {"2026-12-31", func(k *survey.Campaign) { k.State = survey.ClosedDown }, nil, false},
		"Draft":          {"2026-12-31", func(k *survey.Campaign) { k.State = survey.Draft }, nil, false},
		"WithoutEnd":     {"2026-12-31", func(k *survey.Campaign) { k.Period.To = "" }, nil, false},
		"DraftFollows":   {"2026-12-31", same, next(same), false},
		"OtherUnit":      {"2026-12-31", same, next(func(k *survey.Campaign) { k.Units = []survey.UnitID{"split"} }), true},
		"PartOfTheUnits": {"2026-12-31", same, next(func(k *survey.Campaign) { k.Units = []survey.UnitID{"centre"} }), false},
		"OtherForm":      {"2026-12-31", same, next(func(k *survey.Campaign) { k.Forms = []survey.FormRef{{Code: "b", Version: 1}} }), true},
		"NoLonger":       {"2026-12-31", same, next(func(k *survey.Campaign) { k.Period.To = "2026-12-31" }), true},
		"WithdrawnNext":  {"2026-12-31", same, next(func(k *survey.Campaign) { k.State = survey.Withdrawn }), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := yearly(tt.change)
			if tt.next != nil {
				c.Campaigns = append(c.Campaigns, *tt.next)
				c.Index()
			}
			got := false
			for _, k := range campaigns.Unfollowed(c, tt.on) {
				got = got || k.ID == "tthc-2026"
			}
			if got != tt.want {
				t.Errorf("mentioned: %v", got)
			}
		})
	}
}

func TestNextCampaign(t *testing.T) {
	t.Parallel()
	c, k := yearly()
	want := survey.Campaign{
		Title: survey.Text{"vi": "Đợt 2027", "en": "Survey 2027"}, Family: survey.Procedures, Forms: []survey.FormRef{{Code: "a", Version: 2}},
		Units: []survey.UnitID{"merged", "same"}, Period: survey.Span{From: "2027-01-01", To: "2027-12-31"}, Frame: "2027-01-01",
		Method: k.Method, Targets: k.Targets, Langs: k.Langs,
	}
	if diff := cmp.Diff(want, campaigns.Next(c, k)); diff != "" {
		t.Error(diff)
	}

	// A survey of some weeks comes again in the same weeks, and what ended by
	// then is asked through what took its place.
	c, k = yearly(func(k *survey.Campaign) {
		k.Title = survey.Text{"vi": "Năm học 2024–2025"}
		k.Period = survey.Span{From: "2024-09-15", To: "2025-05-15"}
		k.Units = []survey.UnitID{"town", "split", "unknown"}
	})
	next := campaigns.Next(c, k)
	if next.Period != (survey.Span{From: "2025-09-15", To: "2026-05-15"}) || next.Title["vi"] != "Năm học 2025–2026" {
		t.Errorf("%v %q", next.Period, next.Title)
	}
	if diff := cmp.Diff([]survey.UnitID{"merged", "same", "unknown"}, next.Units); diff != "" {
		t.Errorf("units %s", diff)
	}
}

// Preparing twice gives one draft, and nothing is opened.
func TestPrepareNext(t *testing.T) {
	t.Parallel()
	store, c := surveytest.FirstStart(t, "2026-11-05")
	now := func() time.Time { return time.Date(2026, 11, 5, 8, 0, 0, 0, survey.Zone) }
	log := audit.New(store, now)
	f := campaigns.New(survey.NewChanges(store, log, now), func() *survey.Catalog { return c })
	if n := len(campaigns.Unfollowed(c, "2026-11-05")); n != 3 {
		t.Fatalf("%d campaigns end unfollowed", n)
	}
	draft, err := f.PrepareNext(t.Context(), manager, "edu-2026")
	if err != nil {
		t.Fatal(err)
	}
	if draft.ID != "edu-2027" {
		t.Errorf("id %s, want edu-2027", draft.ID)
	}
	if draft.State != survey.Draft {
		t.Errorf("it is %s, want a draft", draft.State)
	}
	if draft.Rev != 1 {
		t.Errorf("revision %d, want 1", draft.Rev)
	}
	if diff := cmp.Diff([]survey.Lang{"vi", "en"}, draft.Langs); diff != "" {
		t.Errorf("a campaign of all languages is followed by one of %s", diff)
	}
	// The catalogue this process holds is older than the draft.
	_, err = f.PrepareNext(t.Context(), manager, "edu-2026")
	surveytest.WantError(t, err, survey.Conflict, "campaign.wrong_state")
	_, err = f.PrepareNext(t.Context(), manager, "edu-2027") // a draft
	surveytest.WantError(t, err, survey.Conflict, "campaign.wrong_state")
	_, err = f.PrepareNext(t.Context(), manager, "none")
	surveytest.WantError(t, err, survey.NotFound, "")
	stored := surveytest.Loaded(t, store)
	if n := len(stored.Campaigns); n != 4 {
		t.Errorf("%d campaigns, want 4", n)
	}
	if n := len(campaigns.Unfollowed(stored, "2026-11-05")); n != 2 {
		t.Errorf("%d unfollowed, want 2", n)
	}
	var actions []survey.Action
	if err := log.Each(t.Context(), audit.EntryFilter{}, func(e audit.ChainedEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]survey.Action{"campaign.create"}, actions); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

var manager = survey.Actor{Login: "boss"}
