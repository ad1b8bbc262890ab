package quarantine

import (
	"testing"

	"github.com/google/uuid"

	"hailong/survey"
)

// hourly is a point at which so many came in one hour of each day before a day.
func hourly(day survey.Date, days, hour, n int) *pointHistory {
	h := newHistory()
	for ago := 1; ago <= days; ago++ {
		for range n {
			h.add("P", survey.DateOf(day.Time().AddDate(0, 0, -ago)), arrival{id: uuid.New(), second: int32(hour * 3600)}) //nolint:gosec // of a day
		}
	}
	if p := h.points["P"]; p != nil {
		return p
	}
	return &pointHistory{first: day, days: map[survey.Date]*dayArrivals{}}
}

// What a point can serve follows from its past: of that hour of the weekday and its
// neighbours, and of its days; a point without one may be a busy one.
func TestLimits(t *testing.T) {
	t.Parallel()
	const day = survey.Date("2026-03-30")
	unknown := func(survey.Date) (int, bool) { return 0, false }
	for name, tt := range map[string]struct {
		days, hour, n             int
		of, before, after, beyond int // capacity of that hour and others
		day                       int
	}{
		"FirstDay":   {0, 9, 0, 20, 20, 20, 20, 200},
		"SecondDay":  {1, 9, 10, 24, 24, 24, 24, 100}, // any hour: of 24 one has ten
		"EightWeeks": {56, 9, 30, 90, 90, 90, 20, 100},
		"FirstHour":  {56, 0, 30, 90, 90, 90, 20, 100},
		"LastHour":   {56, 23, 30, 90, 90, 90, 20, 100},
	} {
		l := hourly(day, tt.days, tt.hour, tt.n).limits(day, unknown)
		got := []int{l.hour[tt.hour], l.hour[max(0, tt.hour-1)], l.hour[min(23, tt.hour+1)], l.hour[(tt.hour+12)%24], l.day}
		for i, want := range []int{tt.of, tt.before, tt.after, tt.beyond, tt.day} {
			if got[i] != want {
				t.Errorf("%s: %v, want %d in place %d", name, got, want, i)
			}
		}
	}
}
