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
			h.add("P", survey.DateOf(day.Time().AddDate(0, 0, -ago)), arrival{id: uuid.New(), second: int32(hour * 3600)}) // of a day
		}
	}
	if p := h.points["P"]; p != nil {
		return p
	}
	return &pointHistory{first: day, days: map[survey.Date]*dayArrivals{}}
}

// What a point can serve follows from its past: of that hour of the weekday and its
// neighbours, and of its days, more than a week ago; a point without one may be a busy
// one, whatever came in its last days.
func TestLimits(t *testing.T) {
	t.Parallel()
	const day = survey.Date("2026-03-30")
	for name, tt := range map[string]struct {
		days, hour, n             int
		of, before, after, beyond int // capacity of that hour and others
		day                       int
	}{
		"FirstDay":   {0, 9, 0, 48, 48, 48, 48, 200},
		"SecondDay":  {1, 9, 10, 48, 48, 48, 48, 200}, // any hour may be a busy one
		"SixthDay":   {5, 9, 500, 48, 48, 48, 48, 200},
		"TwelfthDay": {11, 9, 500, 48, 48, 48, 48, 200},
		"Thirteenth": {12, 9, 10, 30, 30, 30, 30, 100}, // any hour: of 120 five have ten
		"Ramped":     {12, 9, 500, 1020, 1020, 1020, 1020, 1100},
		"EightWeeks": {56, 9, 30, 80, 80, 80, 20, 100}, // twice thirty and twenty, where three times would be ninety
		"FirstHour":  {56, 0, 30, 80, 80, 80, 20, 100},
		"LastHour":   {56, 23, 30, 80, 80, 80, 20, 100},
	} {
		l := hourly(day, tt.days, tt.hour, tt.n).limits(day, false, notStated)
		got := []int{l.hour[tt.hour], l.hour[max(0, tt.hour-1)], l.hour[min(23, tt.hour+1)], l.hour[(tt.hour+12)%24], l.day}
		for i, want := range []int{tt.of, tt.before, tt.after, tt.beyond, tt.day} {
			if got[i] != want {
				t.Errorf("%s: %v, want %d in place %d", name, got, want, i)
			}
		}
	}
}

func notStated(survey.Date) (statedDay, bool) { return statedDay{}, false }

// A queue has a past of its own.
func TestLimitsOfTheVerified(t *testing.T) {
	t.Parallel()
	const day = survey.Date("2026-03-30")
	p := hourly(day, 56, 9, 30)
	if l := p.limits(day, true, notStated); l.hour[9] != leastNewHour || l.past {
		t.Errorf("%d verified ones fit in an hour of a point that has heard of open ones alone", l.hour[9])
	}
	for _, d := range p.days {
		for i := range d.arrivals {
			d.arrivals[i].verified = true
		}
	}
	if l := p.limits(day, true, notStated); l.hour[9] != 80 || !l.past {
		t.Errorf("%d verified ones fit in an hour, want 80", l.hour[9])
	}
}

// What is stated for a day makes it three times as busy at most, and never less than it
// is without.
func TestStatedFarAboveThePast(t *testing.T) {
	t.Parallel()
	const day = survey.Date("2026-03-30")
	p := hourly(day, 56, 9, 10)
	for name, tt := range map[string]struct {
		days, usual, today  int // transactions of that many days before, and of the day
		hour, day, verified int
	}{
		"AsUsual":        {56, 15, 15, 30, 100, 15},
		"FarBelow":       {56, 15, 1, 30, 100, 1},
		"Busy":           {56, 100, 150, 45, 150, 150},
		"Market":         {56, 100, 300, 90, 300, 300},
		"FarAbove":       {56, 15, 5000, 45, 100, 45},
		"FarAboveLarge":  {56, 500, 5000, 90, 300, 1500},
		"NobodyStated":   {0, 0, 5000, 90, 300, 5000},
		"FewStated":      {4, 15, 5000, 90, 300, 5000},
		"SoManyAtAnyDay": {56, 5000, 5000, 30, 100, 5000},
	} {
		stated := func(d survey.Date) (statedDay, bool) {
			if d == day {
				return statedDay{tt.today, true}, true
			}
			return statedDay{tt.usual, true}, d >= survey.DateOf(day.Time().AddDate(0, 0, -tt.days))
		}
		l := p.limits(day, false, stated)
		if l.hour[9] != tt.hour || l.day != tt.day || l.stated != tt.verified {
			t.Errorf("%s: %d fit in the hour, %d in the day, of %d transactions; want %d, %d, %d", name, l.hour[9], l.day, l.stated, tt.hour, tt.day, tt.verified)
		}
	}
	// A number that nobody vouches for bounds the proofs and raises nothing.
	alone := func(number int) func(survey.Date) (statedDay, bool) {
		return func(d survey.Date) (statedDay, bool) { return statedDay{number, false}, d == day }
	}
	for number, want := range map[int][3]int{5000: {30, 100, 5000}, 25: {30, 100, 25}} {
		if l := p.limits(day, false, alone(number)); l.hour[9] != want[0] || l.day != want[1] || l.stated != want[2] {
			t.Errorf("%d stated by who makes the proofs: %d fit in the hour, %d in the day, of %d transactions; want %v", number, l.hour[9], l.day, l.stated, want)
		}
	}
	// One planted number does not make an attack of the next one.
	planted := func(d survey.Date) (statedDay, bool) {
		if d >= "2026-03-29" {
			return statedDay{5000, true}, true
		}
		return statedDay{15, true}, true
	}
	if l := p.limits(day, false, planted); l.hour[9] > 90 || l.day > 300 {
		t.Errorf("%d fit in the hour and %d in the day after a planted number", l.hour[9], l.day)
	}
}
