package quarantine

import (
	"time"

	"hailong/survey"
)

// KeptDays is for how many days the hour of a response is needed that is judged: as
// long as what was usual before the first day that is judged is learnt from it.
const KeptDays = judgedDays + pastDays

// FirstExactDay is the first day of which the quarantine needs moments of receipt to
// the second: the first that is not over, and settled. Those before it were judged by
// them in a call of Judge that succeeded since.
func FirstExactDay(now time.Time) survey.Date { return survey.DateOf(now.Add(-settleTime)) }

// NeedsHour reports whether the hour in which a response was received is needed, of a
// day before FirstExactDay. Of any other response the day is enough.
func NeedsHour(r *survey.Response, now time.Time) bool {
	return judged(r) && survey.DateOf(r.Received) >= firstDay(now)
}

// firstDay is the first day whose arrivals are kept.
func firstDay(now time.Time) survey.Date { return survey.DateOf(now.AddDate(0, 0, -KeptDays)) }

// blurred reports whether a moment of receipt tells the hour alone. On a day that is not
// over none does, so that nobody who meets the first millisecond of an hour can make it
// seem so.
func blurred(received, now time.Time) bool {
	first, last := survey.HourEnds(received)
	return (received.Equal(first) || received.Equal(last)) && survey.DateOf(received) < FirstExactDay(now)
}
