package campaigns

import (
	"math"

	"hailong/survey"
)

// paceDays is how far back the pace is measured.
const paceDays = 14

// Forecast is when a plan is fulfilled if the pace of the last days goes on.
type Forecast struct {
	State ForecastState
	Pace  float64 // responses a day
	Days  int     // that the pace was measured over
	On    survey.Date
}

// ForecastState is what a forecast comes to.
type ForecastState string

// The states.
const (
	Fulfilled     ForecastState = "done" // nothing is missing
	NoForecast    ForecastState = "none" // nothing came lately, or it would take ten years
	PeriodOver    ForecastState = "over" // the campaign was closed before
	FulfilledBy   ForecastState = "by"   // on a day of the period
	FulfilledLate ForecastState = "late" // on a day after it
)

// forecast looks ahead from counts by day. Of a campaign that was closed there is
// nothing to foresee.
func forecast(byDay map[survey.Date]int, missing int, campaign *survey.Campaign, today survey.Date) Forecast {
	period := campaign.Period
	f := Forecast{State: NoForecast}
	switch {
	case missing == 0:
		f.State = Fulfilled
		return f
	case campaign.State != survey.Draft && campaign.State != survey.Open:
		f.State = PeriodOver
		return f
	}
	since := survey.DateOf(today.Time().AddDate(0, 0, 1-paceDays))
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
	f.State = FulfilledBy
	if period.To != "" && f.On > period.To {
		f.State = FulfilledLate
	}
	return f
}
