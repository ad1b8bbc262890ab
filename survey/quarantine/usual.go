package quarantine

import (
	"math"
	"slices"

	"hailong/analysis"
	"hailong/analysis/quality"
	"hailong/survey"
)

// How far back what is usual is looked for.
const (
	pastWeeks = 8
	pastDays  = 7 * pastWeeks
)

// leastWeeks is how many weeks tell what is usual in an hour of theirs.
const leastWeeks = 4

// How many responses a share needs to be believed.
const (
	leastOwn    = 50 // of a point, to stand for itself
	leastOthers = 30 // of another point or the campaign
)

// A share is one of the past; people of another day are not quite like them. Its
// upper bound at this confidence is taken, and half as much again of its odds.
const (
	shareConfidence = 0.98
	shareOdds       = 1.5
)

// past visits the days of a point before a day, as far back as is looked, since
// its first one. It tells how many days ago each was; nothing arrived on a nil
// one.
func (p *pointHistory) past(day survey.Date, visit func(ago int, d *dayArrivals)) {
	midday := day.Time()
	for ago := 1; ago <= pastDays; ago++ {
		before := survey.DateOf(midday.AddDate(0, 0, -ago))
		if before < p.first {
			return
		}
		visit(ago, p.days[before])
	}
}

// leastPast is on how many days something arrived where it is known what is usual.
// A school that is heard of at two meetings a year does not have a past.
const leastPast = 5

// limits is what a point can serve on a day, in the open or the verified queue.
// stated tells of its transactions.
func (p *pointHistory) limits(day survey.Date, verified bool, stated func(survey.Date) (statedDay, bool)) limits {
	var sameHour [24][]int
	var days, hours []int
	weeks, busy := 0, 0
	p.past(day, func(ago int, d *dayArrivals) {
		var byHour [24]int
		total := 0
		if d != nil {
			byHour, total = d.inForce(verified)
		}
		if total > 0 {
			busy++
		}
		days, hours = append(days, total), append(hours, byHour[:]...)
		if ago%7 == 0 {
			for h := range byHour {
				sameHour[h] = append(sameHour[h], byHour[max(0, h-1):min(24, h+2)]...)
			}
			weeks++
		}
	})
	l := limits{stated: -1, past: busy >= leastPast}
	fewHour, fewDay := leastHour, leastDay
	if !l.past {
		fewHour = leastNewHour
	}
	if busy == 0 {
		fewDay = leastNewDay
	}
	l.day = quality.Capacity(days, fewDay)
	for h := range l.hour {
		past := sameHour[h]
		if weeks < leastWeeks {
			past = hours // a new point: any of its hours
		}
		l.hour[h] = quality.Capacity(past, fewHour)
	}
	if today, known := stated(day); known {
		l.raise(p.servedBefore(day, stated), today)
	}
	return l
}

// inForce counts what arrived on a day in a queue and is not held back.
func (d *dayArrivals) inForce(verified bool) (byHour [24]int, total int) {
	for i := range d.arrivals {
		if a := &d.arrivals[i]; a.verified == verified && !a.held {
			byHour[a.hour()]++
			total++
		}
	}
	return byHour, total
}

// timesBusier is how many times as busy as the others a day can be, at most.
const timesBusier = 3

// servedBefore are the transactions of the days before one, rising; of those on
// which anybody was served.
func (p *pointHistory) servedBefore(day survey.Date, stated func(survey.Date) (statedDay, bool)) []int {
	var transactions []int
	midnight := day.Time()
	p.past(day, func(ago int, _ *dayArrivals) {
		if s, known := stated(survey.DateOf(midnight.AddDate(0, 0, -ago))); known && s.number > 0 {
			transactions = append(transactions, s.number)
		}
	})
	slices.Sort(transactions)
	return transactions
}

// raise takes the transactions of a day as what the point can serve, as far as its
// past makes that credible. A point that serves 500 people and hears from 50 does
// not take 450 strangers; and who states 5,000 at a counter of 15 opens it to no
// more than a very busy day: the number counts as three times the busiest usual
// one, and no number makes a capacity more than three times as large. Nor does a number
// that nobody vouches for make it larger at all.
func (l *limits) raise(before []int, stated statedDay) {
	today := stated.number
	busier := float64(timesBusier) // how much busier it is than others is not known
	if most, known := quality.BusyDay(before); known {
		today = min(today, most)
		busier = min(timesBusier, max(1, float64(today)/float64(before[len(before)/2])))
	}
	if !stated.vouched {
		busier = 1
	}
	l.stated = today
	served := func(capacity int) int { return max(leastHour, min(today, int(busier*float64(capacity)))) }
	for h := range l.hour {
		l.hour[h] = served(l.hour[h])
	}
	l.day = served(l.day)
}

// shares are how often answers came in, of one kind.
type shares struct {
	count map[uint64]int
	total int
}

func (s *shares) add(answers uint64) {
	if s.count == nil {
		s.count = map[uint64]int{}
	}
	s.count[answers]++
	s.total++
}

// upper is the most that the share of answers may be.
func (s *shares) upper(answers uint64) float64 {
	high := analysis.Wilson(float64(s.count[answers]), float64(s.total), shareConfidence).High
	odds := shareOdds * high / (1 - high)
	return odds / (1 + odds)
}

// sharesOf are those of a kind at a point in the past of a day.
func (p *pointHistory) sharesOf(k *kind, day survey.Date) shares {
	var s shares
	p.past(day, func(_ int, d *dayArrivals) {
		if d == nil {
			return
		}
		for i := range d.arrivals {
			if a := &d.arrivals[i]; a.kind == k && !a.held {
				s.add(a.answers)
			}
		}
	})
	return s
}

// usual returns the usual shares at a point on a day: its own where it has enough
// of a past, else the largest of any point and of the campaign. Where nothing is
// known of the verified ones yet, those of the open ones stand for them.
func (h *history) usual(code survey.PointCode, day survey.Date) usualShares {
	own := map[*kind]shares{}
	return func(k *kind, answers uint64) float64 {
		s, known := own[k]
		if !known {
			s = h.points[code].sharesOf(k, day)
			own[k] = s
		}
		if s.total >= leastOwn {
			return s.upper(answers)
		}
		share := h.elsewhere(k, answers, day)
		if open := h.kinds[kind{k.campaign, k.form, false}]; share == 1 && k.verified && open != nil {
			return h.elsewhere(open, answers, day)
		}
		return share
	}
}

// elsewhere is the largest usual share at any point; 1 where too little is known.
func (h *history) elsewhere(k *kind, answers uint64, day survey.Date) float64 {
	if h.ofDay.day != day {
		h.ofDay.day, h.ofDay.points = day, map[*kind][]shares{}
	}
	list, known := h.ofDay.points[k]
	if !known {
		all := shares{}
		for _, p := range h.points {
			s := p.sharesOf(k, day)
			for answers, n := range s.count {
				if all.count == nil {
					all.count = map[uint64]int{}
				}
				all.count[answers] += n
			}
			if all.total += s.total; s.total >= leastOthers {
				list = append(list, s)
			}
		}
		if all.total >= leastOwn {
			list = append(list, all)
		}
		h.ofDay.points[k] = list
	}
	if len(list) == 0 {
		return 1
	}
	most := 0.0
	for i := range list {
		most = math.Max(most, list[i].upper(answers))
	}
	return most
}
