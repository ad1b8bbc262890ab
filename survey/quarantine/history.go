package quarantine

import (
	"slices"

	"github.com/google/uuid"

	"hailong/survey"
)

// judgedDays is how many days back a day is judged: its transactions may be
// stated after the end of its month. KeptDays are kept in memory, so that what was
// usual before the first of those is known.
const judgedDays = 45

// history is what arrived at the points, in memory. Who uses it holds its lock.
type history struct {
	points map[survey.PointCode]*pointHistory
	kinds  map[kind]*kind
	ofDay  struct { // what is usual elsewhere, as of one day
		day   survey.Date
		kinds map[*kind]*reference
	}
}

type pointHistory struct {
	first survey.Date // on which something arrived
	days  map[survey.Date]*dayArrivals
}

// dayArrivals is what arrived at a point on a day.
type dayArrivals struct {
	arrivals []arrival
	place    map[uuid.UUID]int // of each in arrivals; nil once the day was judged for good, when it pays no longer
	over     int               // hours that were over when it was judged the last time
	changed  bool              // something arrived, or was stated, since then
}

func newHistory() *history {
	return &history{points: map[survey.PointCode]*pointHistory{}, kinds: map[kind]*kind{}}
}

func (h *history) kindOf(r *survey.Response) *kind {
	k := kind{r.Campaign, r.Form, isVerified(r)}
	if h.kinds[k] == nil {
		h.kinds[k] = &k
	}
	return h.kinds[k]
}

// add keeps a response that arrived since a day, once.
func (h *history) add(code survey.PointCode, day survey.Date, a arrival) {
	p := h.points[code]
	if p == nil {
		p = &pointHistory{first: day, days: map[survey.Date]*dayArrivals{}}
		h.points[code] = p
	}
	p.first = min(p.first, day)
	d := p.days[day]
	if d == nil {
		d = &dayArrivals{place: map[uuid.UUID]int{}}
		p.days[day] = d
	}
	if d.find(a.id) >= 0 {
		return
	}
	if d.place != nil {
		d.place[a.id] = len(d.arrivals)
	}
	d.arrivals = append(d.arrivals, a)
	d.changed = true
}

// find returns the place of a response, -1 if it has none.
func (d *dayArrivals) find(id uuid.UUID) int {
	if d.place == nil {
		return slices.IndexFunc(d.arrivals, func(a arrival) bool { return a.id == id })
	}
	if place, known := d.place[id]; known {
		return place
	}
	return -1
}

// forgetOrigins drops where responses of earlier days came from.
func (h *history) forgetOrigins(today survey.Date) {
	for _, p := range h.points {
		for day, d := range p.days {
			if day >= today {
				continue
			}
			for i := range d.arrivals {
				d.arrivals[i].origin = 0
			}
		}
	}
}

// forgetSeconds drops at which second of its hour each arrived: the day was judged for
// good, and a server that is started from now on knows no more either (survey/moments).
func (d *dayArrivals) forgetSeconds() {
	for i := range d.arrivals {
		a := &d.arrivals[i]
		a.second, a.blurred = int32(a.hour()*3600), true //nolint:gosec // at most a day
	}
}

// forget drops what arrived before a day.
func (h *history) forget(before survey.Date) {
	for code, p := range h.points {
		for day := range p.days {
			if day < before {
				delete(p.days, day)
			}
		}
		if len(p.days) == 0 {
			delete(h.points, code)
		}
	}
}
