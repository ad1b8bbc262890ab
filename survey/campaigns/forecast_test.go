package campaigns

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hailong/survey"
)

func TestForecastOfASteadyPace(t *testing.T) {
	t.Parallel()
	const today = survey.Date("2026-03-15")
	year := survey.Span{From: "2026-01-01", To: "2026-12-31"}
	byDay := func(perDay int) map[survey.Date]int {
		m := map[survey.Date]int{}
		for back := range 60 {
			m[survey.DateOf(today.Time().Add(-time.Duration(back)*24*time.Hour))] = perDay
		}
		return m
	}
	for name, tt := range map[string]struct {
		byDay   map[survey.Date]int
		missing int
		period  survey.Span
		want    Forecast
		state   survey.CampaignState // empty: open
	}{
		"Done":      {byDay(1), 0, year, Forecast{State: Fulfilled}, ""},
		"NoPace":    {nil, 10, year, Forecast{State: NoForecast, Days: 14}, ""},
		"InTime":    {byDay(10), 95, year, Forecast{State: FulfilledBy, Pace: 10, Days: 14, On: "2026-03-25"}, ""},
		"TooLate":   {byDay(1), 400, year, Forecast{State: FulfilledLate, Pace: 1, Days: 14, On: "2027-04-19"}, ""},
		"JustBegun": {byDay(4), 8, survey.Span{From: "2026-03-14", To: "2026-12-31"}, Forecast{State: FulfilledBy, Pace: 4, Days: 2, On: "2026-03-17"}, ""},
		"NotBegun":  {nil, 8, survey.Span{From: "2026-04-01"}, Forecast{State: NoForecast, Days: -15}, ""},
		"Closed":    {byDay(10), 95, year, Forecast{State: PeriodOver}, survey.ClosedDown},
		"Withdrawn": {byDay(10), 95, year, Forecast{State: PeriodOver}, survey.Withdrawn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			campaign := survey.Campaign{State: survey.Open, Period: tt.period}
			if tt.state != "" {
				campaign.State = tt.state
			}
			if diff := cmp.Diff(tt.want, forecast(tt.byDay, tt.missing, &campaign, today)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestForecast(t *testing.T) {
	t.Parallel()
	year := survey.Campaign{State: survey.Open, Period: survey.Span{From: "2026-01-01", To: "2026-12-31"}}
	with := func(change func(*survey.Campaign)) *survey.Campaign {
		c := year
		change(&c)
		return &c
	}
	days := map[survey.Date]int{"2026-02-01": 500, "2026-02-19": 7, "2026-03-05": 7, "2026-03-06": 100}
	for name, tt := range map[string]struct {
		byDay    map[survey.Date]int
		missing  int
		campaign *survey.Campaign
		today    survey.Date
		want     Forecast
	}{
		"Done":        {days, 0, &year, "2026-03-05", Forecast{State: Fulfilled}},
		"DoneAndOver": {days, 0, with(func(c *survey.Campaign) { c.State = survey.ClosedDown }), "2026-03-05", Forecast{State: Fulfilled}},
		"Closed":      {days, 1, with(func(c *survey.Campaign) { c.State = survey.ClosedDown }), "2026-03-05", Forecast{State: PeriodOver}},
		"Published":   {days, 1, with(func(c *survey.Campaign) { c.State = survey.Published }), "2026-03-05", Forecast{State: PeriodOver}},
		// 7 responses in the 14 days to 5 March, of which 19 February is not one.
		"InTime": {days, 100, &year, "2026-03-05", Forecast{State: FulfilledBy, Pace: 0.5, Days: 14, On: "2026-09-21"}},
		"RoundedUp": {
			days, 15, with(func(c *survey.Campaign) { c.Period.From = "2026-03-05" }), "2026-03-05",
			Forecast{State: FulfilledBy, Pace: 7, Days: 1, On: "2026-03-08"},
		},
		"OnTheLastDay": {
			days, 100, with(func(c *survey.Campaign) { c.Period.To = "2026-09-21" }), "2026-03-05",
			Forecast{State: FulfilledBy, Pace: 0.5, Days: 14, On: "2026-09-21"},
		},
		"TooLate": {
			days, 100, with(func(c *survey.Campaign) { c.Period.To = "2026-09-20" }), "2026-03-05",
			Forecast{State: FulfilledLate, Pace: 0.5, Days: 14, On: "2026-09-21"},
		},
		"NoLastDay": {
			days, 100, with(func(c *survey.Campaign) { c.Period.To = "" }), "2026-03-05",
			Forecast{State: FulfilledBy, Pace: 0.5, Days: 14, On: "2026-09-21"},
		},
		"JustBegun": {
			days, 14, with(func(c *survey.Campaign) { c.Period.From = "2026-03-05" }), "2026-03-05",
			Forecast{State: FulfilledBy, Pace: 7, Days: 1, On: "2026-03-07"},
		},
		// The pace is that of the period's last days, the forecast is from today.
		"PastItsLastDay": {
			days, 14, with(func(c *survey.Campaign) { c.Period.To = "2026-03-05" }), "2026-03-08",
			Forecast{State: FulfilledLate, Pace: 7.0 / 11, Days: 11, On: "2026-03-30"},
		},
		"NothingCame":  {nil, 14, &year, "2026-03-05", Forecast{State: NoForecast, Days: 14}},
		"TenYearsAway": {days, 1826, &year, "2026-03-05", Forecast{State: NoForecast, Pace: 0.5, Days: 14}},
		"ADraft":       {days, 14, with(func(c *survey.Campaign) { c.State, c.Period.From = survey.Draft, "2026-03-05" }), "2026-03-05", Forecast{State: FulfilledBy, Pace: 7, Days: 1, On: "2026-03-07"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := forecast(tt.byDay, tt.missing, tt.campaign, tt.today)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}

	notBegun := forecast(nil, 14, with(func(c *survey.Campaign) { c.Period.From = "2026-04-01" }), "2026-03-05")
	if notBegun.State != NoForecast {
		t.Errorf("before its first day: %s, want %s", notBegun.State, NoForecast)
	}
}
