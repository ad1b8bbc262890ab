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

// limits is what a point can serve on a day. stated tells of its transactions.
func (p *pointHistory) limits(day survey.Date, stated func(survey.Date) (int, bool)) limits {
	var sameHour [24][]int
	var days, hours []int
	var transactions []float64
	weeks := 0
	midnight := day.Time()
	p.past(day, func(ago int, d *dayArrivals) {
		var byHour [24]int
		total := 0
		if d != nil {
			byHour, total = d.unverified()
		}
		days, hours = append(days, total), append(hours, byHour[:]...)
		if ago%7 == 0 {
			for h := range byHour {
				sameHour[h] = append(sameHour[h], byHour[max(0, h-1):min(24, h+2)]...)
			}
			weeks++
		}
		if n, known := stated(survey.DateOf(midnight.AddDate(0, 0, -ago))); known && n > 0 {
			transactions = append(transactions, float64(n))
		}
	})
	fewDay := leastDay
	if len(days) == 0 {
		fewDay = leastFirstDay
	}
	l := limits{stated: -1, day: quality.Capacity(days, fewDay)}
	for h := range l.hour {
		past := sameHour[h]
		if weeks < leastWeeks {
			past = hours // a new point: any of its hours
		}
		l.hour[h] = quality.Capacity(past, leastHour)
	}
	today, known := stated(day)
	if !known {
		return l
	}
	l.stated = today
	// Without a past to compare it with, a stated number is the capacity. With
	// one, a point that serves 500 people and hears from 50 does not take 450
	// strangers.
	served := func(int) int { return today }
	if slices.Sort(transactions); len(transactions) >= leastStated {
		busier := math.Max(1, float64(today)/analysis.Quantile(transactions, 0.5))
		served = func(capacity int) int { return min(today, int(busier*float64(capacity))) }
	}
	for h := range l.hour {
		l.hour[h] = max(leastHour, served(l.hour[h]))
	}
	l.day = max(leastHour, served(l.day))
	return l
}

// leastStated is how many days with transactions tell what is usual.
const leastStated = 5

// unverified counts the unverified responses in force that arrived on a day.
func (d *dayArrivals) unverified() (byHour [24]int, total int) {
	for i := range d.arrivals {
		if a := &d.arrivals[i]; !a.verified && !a.held {
			byHour[a.hour()]++
			total++
		}
	}
	return byHour, total
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
// of a past, else the largest of any point and of the campaign.
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
		return h.elsewhere(k, answers, day)
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
