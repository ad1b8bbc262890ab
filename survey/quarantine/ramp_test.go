package quarantine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"hailong/survey"
)

// ramp is somebody who sends a few times as many on each day as on the day before, at a
// counter of which nobody has heard, so that yesterday's number is usual today.
type ramp struct {
	times float64 // as many as the day before
	days  int
	from  int // day of the simulation; 0: the campaign is as new as the counter
}

// rampHour is an hour of a ramp.
type rampHour struct {
	day  survey.Date
	hour int
}

// first of the ramp and most are how many are sent in each of its hours.
const (
	firstOfRamp = 48
	mostOfRamp  = 1500
)

var hoursOfRamp = []int{9, 10, 14, 15}

// ramp lets an attacker come on several days.
func (p *people) ramp(a attack) {
	for day := range a.ramp.days {
		date := survey.DateOf(simulationStart.Time().AddDate(0, 0, a.ramp.from+day))
		n := int(min(mostOfRamp, firstOfRamp*math.Pow(a.ramp.times, float64(day))))
		for _, hour := range hoursOfRamp {
			for range n {
				p.add(p.attacker(a), newOffice, date, hour)
			}
		}
	}
}

// ramps are those of the table.
func ramps() []attack {
	var list []attack
	for by, name := range []string{byForm: "open", byKiosk: "copied cookie"} {
		for _, times := range []float64{1, 2, 3} {
			list = append(list, attack{name: fmt.Sprintf("48 an hour and ×%g a day, %s, varied", times, name), by: way(by), varied: true, ramp: ramp{times, 14, 28}})
		}
		list = append(list,
			attack{name: "48 an hour and ×3 a day, " + name + ", perfect", by: way(by), ramp: ramp{3, 14, 28}},
			attack{name: "48 an hour and ×3 a day, " + name + ", varied, first days of a campaign", by: way(by), varied: true, ramp: ramp{3, 14, 0}})
	}
	return list
}

// Whoever sends more every day counts for no more than a new counter can serve, until
// its first days are long enough ago; and who outdoes it far, for nearly nothing.
func TestRamp(t *testing.T) {
	t.Parallel()
	for _, a := range ramps() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			o := simulate(a, true, 3, 1)
			days := map[survey.Date]int{}
			for at, n := range o.counted {
				days[at.day] += n
				if anHour, _ := a.ramp.most(at.day); n > anHour {
					t.Errorf("%d count on %s at %d o'clock, want at most %d", n, at.day, at.hour, anHour)
				}
			}
			for day, n := range days {
				if _, aDay := a.ramp.most(day); n > aDay {
					t.Errorf("%d count on %s, want at most %d", n, day, aDay)
				}
			}
			if a.ramp.times >= 2 && o.moved() > 1 {
				t.Errorf("the figure moved by %.2f points, want at most 1", o.moved())
			}
			if o.attackers < 14*4*firstOfRamp || len(days) == 0 {
				t.Errorf("%d were sent and count on %d days: the scenario is not what it should be", o.attackers, len(days))
			}
		})
	}
}

// most is how many of a ramp may count in an hour and on a day. From the thirteenth day
// on five days are learnt from.
func (r ramp) most(day survey.Date) (anHour, aDay int) {
	if day < survey.DateOf(simulationStart.Time().AddDate(0, 0, r.from+lateDays+leastPast)) {
		return leastNewHour, leastNewDay
	}
	return timesBusiest*leastNewHour + leastHour, timesBusiest*leastNewDay + leastDay
}

// However it was sent, what counts at a point grows from one week to the next by no more
// than its rule says.
func TestCapacityGrowsSlowly(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 10)) // a seed
	for range 20 {
		p := &pointHistory{first: simulationStart, days: map[survey.Date]*dayArrivals{}}
		mostHour, mostDay := leastNewHour, leastNewDay
		for ago := range 40 {
			day := survey.DateOf(simulationStart.Time().AddDate(0, 0, ago))
			l := p.limits(day, false, notStated)
			if ago > 0 && ago%(lateDays+1) == 0 {
				mostHour, mostDay = timesBusiest*mostHour+leastHour, timesBusiest*mostDay+leastDay
			}
			d := &dayArrivals{}
			left := l.day
			for hour := range 24 {
				if l.hour[hour] > mostHour || l.day > mostDay {
					t.Fatalf("%d fit in an hour and %d in day %d, want at most %d and %d", l.hour[hour], l.day, ago, mostHour, mostDay)
				}
				for range min(left, random.IntN(l.hour[hour]+1)) {
					d.arrivals = append(d.arrivals, arrival{second: int32(hour * 3600)}) // of a day
					left--
				}
			}
			p.days[day] = d
		}
		if l := p.limits(survey.DateOf(simulationStart.Time().AddDate(0, 0, 40)), false, notStated); l.day <= leastNewDay {
			t.Errorf("%d fit in a day after weeks of more and more: nothing is learnt", l.day)
		}
	}
}
