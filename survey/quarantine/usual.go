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

// lateDays is after how many days what arrived is learnt from. Whoever sends more every
// day would otherwise make usual today what was an attack yesterday; in a week somebody
// looks at what was held, and at the response rate.
const lateDays = 7

// leastPast is on how many days something arrived where it is known what is usual, of
// those that are learnt from. A school that is heard of at two meetings a year does not
// have a past.
const leastPast = 5

// timesBusiest is how many times as busy as the busiest one an hour or a day is believed
// to be, and as many more as any is (capacity).
const timesBusiest = 2

// limits is what a point can serve on a day, in the open or the verified queue.
// stated tells of its transactions.
func (p *pointHistory) limits(day survey.Date, verified bool, stated func(survey.Date) (statedDay, bool)) limits {
	l := p.learn(day, verified)
	if today, known := stated(day); known {
		l.raise(p.servedBefore(day, stated), today)
	}
	return l
}

// learn is what a point can serve as far as its past tells. Until enough days are
// learnt from it is what a new point can serve, whatever came meanwhile.
func (p *pointHistory) learn(day survey.Date, verified bool) limits {
	var sameHour [24][]int
	var days, hours []int
	weeks, busy := 0, 0
	p.past(day, func(ago int, d *dayArrivals) {
		if ago <= lateDays {
			return
		}
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
	l := limits{stated: -1, past: busy >= leastPast, day: leastNewDay}
	if !l.past {
		for h := range l.hour {
			l.hour[h] = leastNewHour
		}
		return l
	}
	l.day = capacity(days, slices.Max(days), leastDay)
	busiest := slices.Max(hours)
	for h := range l.hour {
		past := sameHour[h]
		if weeks < leastWeeks {
			past = hours // any hour
		}
		l.hour[h] = capacity(past, busiest, leastHour)
	}
	return l
}

// capacity follows from the past of an hour or a day, and grows slowly: it is at most
// twice the busiest one, and as many more as any point can serve.
func capacity(past []int, busiest, least int) int {
	return min(quality.Capacity(past, least), timesBusiest*busiest+least)
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
// that nobody vouches for make it larger at all. No number makes it smaller: whoever
// states one transaction afterwards would have everybody held who answered. How many
// proofs a day has is compared with its number by itself (judgement.transactions).
func (l *limits) raise(before []int, stated statedDay) {
	l.stated = stated.number
	busier := float64(timesBusier) // how much busier it is than others is not known
	if most, known := quality.BusyDay(before); known {
		l.stated = min(l.stated, most)
		busier = min(timesBusier, max(1, float64(l.stated)/float64(before[len(before)/2])))
	}
	if !stated.vouched {
		return
	}
	served := func(capacity int) int { return max(capacity, min(l.stated, int(busier*float64(capacity)))) }
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

func (s *shares) join(o *shares) {
	for answers, n := range o.count {
		if s.count == nil {
			s.count = map[uint64]int{}
		}
		s.count[answers] += n
	}
	s.total += o.total
}

// upper is the most that the share of answers may be.
func (s *shares) upper(answers uint64) float64 {
	high := analysis.Wilson(float64(s.count[answers]), float64(s.total), shareConfidence).High
	odds := shareOdds * high / (1 - high)
	return odds / (1 + odds)
}

// sharesOf are those of a kind at a point in the past of a day, of what arrived more
// than some days before it.
func (p *pointHistory) sharesOf(k *kind, day survey.Date, late int) shares {
	var s shares
	p.past(day, func(ago int, d *dayArrivals) {
		if d == nil || ago <= late {
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
			s = h.points[code].sharesOf(k, day, h.elsewhere(k, day).late)
			own[k] = s
		}
		if s.total >= leastOwn {
			return s.upper(answers)
		}
		share := h.elsewhere(k, day).upper(answers)
		if open := h.kinds[kind{k.campaign, k.form, false}]; share == 1 && k.verified && open != nil {
			return h.elsewhere(open, day).upper(answers)
		}
		return share
	}
}

// reference are the shares of a kind at the points of a campaign, and in all of it,
// where enough is known of them.
type reference struct {
	late   int // days before the day in question that are not learnt from
	shares []shares
}

// upper is the largest usual share anywhere; 1 where too little is known.
func (r *reference) upper(answers uint64) float64 {
	if len(r.shares) == 0 {
		return 1
	}
	most := 0.0
	for i := range r.shares {
		most = math.Max(most, r.shares[i].upper(answers))
	}
	return most
}

// elsewhere is the reference of a kind on a day. In its first weeks a campaign has
// nothing else to learn from than its last days.
func (h *history) elsewhere(k *kind, day survey.Date) *reference {
	if h.ofDay.day != day {
		h.ofDay.day, h.ofDay.kinds = day, map[*kind]*reference{}
	}
	if r, known := h.ofDay.kinds[k]; known {
		return r
	}
	r := &reference{}
	if h.daysOf(k, day) >= leastPast {
		r.late = lateDays
	}
	all := shares{}
	for _, p := range h.points {
		s := p.sharesOf(k, day, r.late)
		all.join(&s)
		if s.total >= leastOthers {
			r.shares = append(r.shares, s)
		}
	}
	if all.total >= leastOwn {
		r.shares = append(r.shares, all)
	}
	h.ofDay.kinds[k] = r
	return r
}

// daysOf is on how many days anything of a kind arrived that is not held, of those
// that are learnt from.
func (h *history) daysOf(k *kind, day survey.Date) int {
	days := map[int]bool{}
	for _, p := range h.points {
		p.past(day, func(ago int, d *dayArrivals) {
			if d != nil && ago > lateDays && !days[ago] {
				days[ago] = slices.ContainsFunc(d.arrivals, func(a arrival) bool { return a.kind == k && !a.held })
			}
		})
	}
	n := 0
	for _, any := range days {
		if any {
			n++
		}
	}
	return n
}
