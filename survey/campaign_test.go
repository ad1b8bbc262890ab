package survey_test

import (
	"errors"
	"testing"

	"hailong/survey"
)

// Which days' answers a campaign takes follows from its state, its period and
// the day of its closing, which is the first that it takes no more.
func TestCampaignTakes(t *testing.T) {
	t.Parallel()
	year := survey.Span{From: "2026-01-01", To: "2026-12-31"}
	for name, tt := range map[string]struct {
		campaign survey.Campaign
		on       survey.Date
		want     string // key with arguments; empty: it is taken
	}{
		"Open":                     {survey.Campaign{State: survey.Open, Period: year}, "2026-05-01", ""},
		"OpenOnItsFirstDay":        {survey.Campaign{State: survey.Open, Period: year}, "2026-01-01", ""},
		"OpenOnItsLastDay":         {survey.Campaign{State: survey.Open, Period: year}, "2026-12-31", ""},
		"OpenBeforeItsFirstDay":    {survey.Campaign{State: survey.Open, Period: year}, "2025-12-31", "campaign.not_yet[2026-01-01]"},
		"OpenAfterItsLastDay":      {survey.Campaign{State: survey.Open, Period: year}, "2027-01-01", "campaign.closed[2026-12-31]"},
		"OpenForEver":              {survey.Campaign{State: survey.Open}, "2099-01-01", ""},
		"Draft":                    {survey.Campaign{State: survey.Draft, Period: year}, "2026-05-01", "campaign.not_yet[2026-01-01]"},
		"BeforeTheDayOfClosing":    {survey.Campaign{State: survey.ClosedDown, Period: year, Shut: "2026-05-01"}, "2026-04-30", ""},
		"OnTheDayOfClosing":        {survey.Campaign{State: survey.ClosedDown, Period: year, Shut: "2026-05-01"}, "2026-05-01", "campaign.shut[2026-05-01]"},
		"AfterTheDayOfClosing":     {survey.Campaign{State: survey.ClosedDown, Period: year, Shut: "2026-05-01"}, "2026-05-02", "campaign.shut[2026-05-01]"},
		"ClosedWhenItWasOver":      {survey.Campaign{State: survey.ClosedDown, Period: year, Shut: "2027-01-01"}, "2026-12-31", ""},
		"AfterItWasOver":           {survey.Campaign{State: survey.ClosedDown, Period: year, Shut: "2027-01-01"}, "2027-01-01", "campaign.closed[2026-12-31]"},
		"ClosedBeforeItsFirstDay":  {survey.Campaign{State: survey.ClosedDown, Period: year, Shut: "2026-05-01"}, "2025-12-31", "campaign.outside[2026-01-01 2026-12-31]"},
		"PublishedBeforeTheClose":  {survey.Campaign{State: survey.Published, Period: year, Shut: "2026-05-01"}, "2026-04-30", ""},
		"WithdrawnAfterTheClose":   {survey.Campaign{State: survey.Withdrawn, Period: year, Shut: "2026-05-01"}, "2026-05-01", "campaign.shut[2026-05-01]"},
		"ClosedOnADayNobodyWrote":  {survey.Campaign{State: survey.ClosedDown, Period: year}, "2026-05-01", "campaign.shut_undated"},
		"ClosedThenOverAndUndated": {survey.Campaign{State: survey.ClosedDown, Period: year}, "2027-05-01", "campaign.closed[2026-12-31]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.campaign.Takes(tt.on)
			if tt.want == "" {
				if err != nil {
					t.Errorf("%s: %v, want it taken", tt.on, err)
				}
				return
			}
			var e *survey.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s: error %v, want %s", tt.on, err, tt.want)
			}
			if e.Kind != survey.Closed {
				t.Errorf("%s: error of kind %s, want %s", tt.on, e.Kind, survey.Closed)
			}
			if got := (survey.Message{Key: e.Key, Args: e.Args}).String(); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.on, got, tt.want)
			}
		})
	}
}

// Only a published campaign has an edition in force: its newest.
func TestCurrentEdition(t *testing.T) {
	t.Parallel()
	editions := []survey.Edition{{Number: 1}, {Number: 2}}
	for state, want := range map[survey.CampaignState]int{
		survey.Draft: 0, survey.Open: 0, survey.ClosedDown: 0, survey.Published: 2, survey.Withdrawn: 0,
	} {
		got := 0
		if current := (survey.Campaign{State: state, Editions: editions}).Current(); current != nil {
			got = current.Number
		}
		if got != want {
			t.Errorf("of a campaign that is %s edition %d is in force, want %d", state, got, want)
		}
	}
	if current := (survey.Campaign{State: survey.Published}).Current(); current != nil {
		t.Errorf("without an edition %+v is in force", current)
	}
}

func TestCampaignMeasures(t *testing.T) {
	t.Parallel()
	land := &survey.Target{Code: "tthc.land", Family: survey.Procedures}
	all := &survey.Target{Code: "tthc.all", Family: survey.Procedures}
	schools := &survey.Target{Code: "edu", Family: survey.Education}
	for _, test := range []struct {
		name  string
		named []survey.TargetCode
		want  map[*survey.Target]bool
	}{
		{"NamesNone", nil, map[*survey.Target]bool{land: true, all: true, schools: false}},
		{"NamesOne", []survey.TargetCode{"tthc.land"}, map[*survey.Target]bool{land: true, all: false, schools: false}},
		{"NamesOneOfAnotherFamily", []survey.TargetCode{"edu"}, map[*survey.Target]bool{land: false, all: false, schools: false}},
	} {
		campaign := &survey.Campaign{Family: survey.Procedures, Targets: test.named}
		for target, want := range test.want {
			if got := campaign.Measures(target); got != want {
				t.Errorf("%s: measures %s: %t, want %t", test.name, target.Code, got, want)
			}
		}
	}
}
