package campaigns_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/campaigns"
)

func TestForesee(t *testing.T) {
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
		want    campaigns.Forecast
		state   survey.CampaignState // empty: open
	}{
		"Done":      {byDay(1), 0, year, campaigns.Forecast{State: "progress.forecast.done"}, ""},
		"NoPace":    {nil, 10, year, campaigns.Forecast{State: "progress.forecast.none", Days: 14}, ""},
		"InTime":    {byDay(10), 95, year, campaigns.Forecast{State: "progress.forecast.by", Pace: 10, Days: 14, On: "2026-03-25"}, ""},
		"TooLate":   {byDay(1), 400, year, campaigns.Forecast{State: "progress.forecast.late", Pace: 1, Days: 14, On: "2027-04-19"}, ""},
		"JustBegun": {byDay(4), 8, survey.Span{From: "2026-03-14", To: "2026-12-31"}, campaigns.Forecast{State: "progress.forecast.by", Pace: 4, Days: 2, On: "2026-03-17"}, ""},
		"NotBegun":  {nil, 8, survey.Span{From: "2026-04-01"}, campaigns.Forecast{State: "progress.forecast.none", Days: -15}, ""},
		"Closed":    {byDay(10), 95, year, campaigns.Forecast{State: "progress.forecast.over"}, survey.ClosedDown},
		"Withdrawn": {byDay(10), 95, year, campaigns.Forecast{State: "progress.forecast.over"}, survey.Withdrawn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			campaign := survey.Campaign{State: survey.Open, Period: tt.period}
			if tt.state != "" {
				campaign.State = tt.state
			}
			if diff := cmp.Diff(tt.want, campaigns.Foresee(tt.byDay, tt.missing, &campaign, today)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
