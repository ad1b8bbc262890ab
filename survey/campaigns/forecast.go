package campaigns

import (
	"math"

	"hailong/survey"
)

// paceDays is how far back the pace is measured.
const PaceDays = 14

// forecast is when a plan is fulfilled if the pace of the last days goes on.
type Forecast struct {
	State string  // a key: "progress.forecast." and done, none, by, late
	Pace  float64 // responses a day
	Days  int     // that the pace was measured over
	On    survey.Date
}

// foresee looks ahead from counts by day. Of a campaign that was closed there is
// nothing to foresee.
func Foresee(byDay map[survey.Date]int, missing int, campaign *survey.Campaign, today survey.Date) Forecast {
	period := campaign.Period
	f := Forecast{State: "progress.forecast.none"}
	switch {
	case missing == 0:
		f.State = "progress.forecast.done"
		return f
	case campaign.State != survey.Draft && campaign.State != survey.Open:
		f.State = "progress.forecast.over"
		return f
	}
	since := survey.DateOf(today.Time().AddDate(0, 0, 1-PaceDays))
	since = max(since, period.From)
	last := today
	if period.To != "" {
		last = min(today, period.To)
	}
	f.Days = int(last.Time().Sub(since.Time()).Hours()/24+0.5) + 1
	n := 0
	for day, count := range byDay {
		if day >= since && day <= last {
			n += count
		}
	}
	if f.Days < 1 || n == 0 {
		return f
	}
	f.Pace = float64(n) / float64(f.Days)
	days := math.Ceil(float64(missing) / f.Pace)
	if days > 3650 {
		return f
	}
	f.On = survey.DateOf(today.Time().AddDate(0, 0, int(days)))
	f.State = "progress.forecast.by"
	if period.To != "" && f.On > period.To {
		f.State = "progress.forecast.late"
	}
	return f
}
