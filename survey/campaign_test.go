package survey_test

import (
	"errors"
	"testing"
	"time"

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

// When the figures of a campaign come that publishes by month or quarter.
func TestPeriodsOfARhythm(t *testing.T) {
	t.Parallel()
	year := survey.Span{From: "2026-01-01", To: "2026-12-31"}
	for name, c := range map[string]struct {
		rhythm survey.Rhythm
		period survey.Span
		last   survey.Date // of the edition in force; empty: none
		today  survey.Date
		over   survey.Date // empty: no period is over
		due    bool
		after  survey.Date
	}{
		"Once":                    {survey.Once, year, "", "2026-06-15", "", false, "2026-12-31"},
		"FirstMonth":              {survey.Monthly, year, "", "2026-01-31", "", false, "2026-01-31"},
		"AMonthIsOver":            {survey.Monthly, year, "", "2026-02-01", "2026-01-31", true, "2026-01-31"},
		"AndPublished":            {survey.Monthly, year, "2026-01-31", "2026-02-01", "2026-01-31", false, "2026-02-28"},
		"TheNextOne":              {survey.Monthly, year, "2026-01-31", "2026-03-09", "2026-02-28", true, "2026-02-28"},
		"AQuarterIsOver":          {survey.Quarterly, year, "", "2026-04-01", "2026-03-31", true, "2026-03-31"},
		"WithinAQuarter":          {survey.Quarterly, year, "2026-03-31", "2026-05-31", "2026-03-31", false, "2026-06-30"},
		"TheYearIsOver":           {survey.Quarterly, year, "2026-09-30", "2027-01-01", "2026-12-31", true, "2026-12-31"},
		"EndsWithinAMonth":        {survey.Monthly, survey.Span{From: "2026-03-10", To: "2026-04-20"}, "", "2026-04-02", "2026-03-31", true, "2026-03-31"},
		"TheLastOfIt":             {survey.Monthly, survey.Span{From: "2026-03-10", To: "2026-04-20"}, "2026-03-31", "2026-04-02", "2026-03-31", false, "2026-04-20"},
		"LeapYear":                {survey.Monthly, survey.Span{From: "2028-01-01", To: "2028-12-31"}, "", "2028-03-01", "2028-02-29", true, "2028-02-29"},
		"NotBegun":                {survey.Monthly, year, "", "2025-12-15", "", false, "2026-01-31"},
		"TheMonthBeforeIsNotOver": {survey.Monthly, survey.Span{From: "2026-03-10", To: "2026-12-31"}, "", "2026-03-12", "", false, "2026-03-31"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := survey.Campaign{State: survey.Open, Rhythm: c.rhythm, Period: c.period}
			if c.last != "" {
				k.Editions = []survey.Edition{{Number: 1, Through: c.last}}
			}
			over, ok := k.PeriodOver(c.today)
			if ok != (c.over != "") || ok && over != c.over {
				t.Errorf("the period until %s is over: %v, want %s", over, ok, c.over)
			}
			if _, due := k.EditionDue(c.today); due != c.due {
				t.Errorf("an edition is due: %v, want %v", due, c.due)
			}
			if got := k.ResultsAfter(c.today); got != c.after {
				t.Errorf("results come after %s, want %s", got, c.after)
			}
		})
	}
}

// A campaign of a year that is opened in November has no results of October: nobody can
// have answered then, and its first ones are those of November.
func TestNoPeriodIsOverBeforeACampaignIsOpened(t *testing.T) {
	t.Parallel()
	c := survey.Campaign{State: survey.Open, Rhythm: survey.Monthly, Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}, Opened: "2026-11-28"}
	for today, due := range map[survey.Date]bool{"2026-11-28": false, "2026-11-30": false, "2026-12-01": true} {
		if _, got := c.EditionDue(today); got != due || c.ResultsAfter(today) != "2026-11-30" {
			t.Errorf("on %s: an edition is due: %v, want %v; results come after %s", today, got, due, c.ResultsAfter(today))
		}
	}
}

// An edition by month is in force while the campaign goes on; withdrawn it is not.
func TestCurrentEditionOfARhythm(t *testing.T) {
	t.Parallel()
	c := survey.Campaign{State: survey.Open, Rhythm: survey.Monthly, Editions: []survey.Edition{{Number: 1}, {Number: 2}}}
	if current := c.Current(); current == nil || current.Number != 2 {
		t.Errorf("%+v is in force, want edition 2", current)
	}
	if !c.Allows(survey.StepPublish) || !c.Allows(survey.StepWithdraw) || !c.Allows(survey.StepClose) {
		t.Errorf("%v can be done, want publishing, withdrawing and closing among them", c.Steps())
	}
	c.Editions[1].Withdrawn = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if current := c.Current(); current != nil {
		t.Errorf("%+v is in force, want none", current)
	}
	if c.Allows(survey.StepWithdraw) {
		t.Error("what was withdrawn can be withdrawn")
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
		if current := (&survey.Campaign{State: state, Editions: editions}).Current(); current != nil {
			got = current.Number
		}
		if got != want {
			t.Errorf("of a campaign that is %s edition %d is in force, want %d", state, got, want)
		}
	}
	if current := (&survey.Campaign{State: survey.Published}).Current(); current != nil {
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
