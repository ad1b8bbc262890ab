package releases

import (
	"slices"
	"sort"
	"time"

	"hailong/survey"
)

// Cohort is responses of a unit and class that entered releases together: those
// received after the cohort before and until Through. Cohorts with the same bond stand
// in a release together, and stand back together.
type Cohort struct {
	Through time.Time `bson:"through" json:"through"`
	Bond    int       `bson:"bond" json:"-"`
	// StandsBack says that the release does not hold it, because a member left.
	StandsBack bool `bson:"back,omitempty" json:"-"`
	// Mixed says that a part of its bond was held by a release without the rest.
	Mixed bool `bson:"mixed,omitempty" json:"-"`
}

// Bounds of the cohorts of a unit and class.
const (
	maxEntered = 16 // that enter at once: what a single response takes with it is a sixteenth of a large intake
	maxCohorts = 48 // in all: more are joined, the smallest first
)

// cohortOf is the cohort that a response belongs to, by when it was received or
// counted again, and whether it ever entered. It is asked of moments until Through.
func (e *Extent) cohortOf(at time.Time) int {
	return sort.Search(len(e.Cohorts), func(i int) bool { return !e.Cohorts[i].Through.Before(at) })
}

// standsBack reports whether the release leaves a cohort out.
func (e *Extent) standsBack(cohort int) bool {
	return cohort < len(e.Cohorts) && e.Cohorts[cohort].StandsBack
}

// putBack has the release leave out a cohort and those of its bond. Others that read
// the extent keep what they read.
func (e *Extent) putBack(cohort int) {
	if len(e.Cohorts) == 0 { // a release of before there were cohorts: all are one
		e.Cohorts = []Cohort{{Through: e.Through}}
	}
	e.Cohorts = slices.Clone(e.Cohorts)
	bond := e.Cohorts[cohort].Bond
	for i := range e.Cohorts {
		if e.Cohorts[i].Bond == bond {
			e.Cohorts[i].StandsBack = true
		}
	}
}

// bind gives the cohorts of some bonds another one, under which all stand.
func (e *Extent) bind(bonds map[int]bool, to int) {
	for i := range e.Cohorts {
		c := &e.Cohorts[i]
		if bonds[c.Bond] || c.Bond == to {
			*c = Cohort{Through: c.Through, Bond: to, Mixed: true}
		}
	}
}

// nextBond is a bond that no cohort has.
func (e *Extent) nextBond() int {
	next := 0
	for _, c := range e.Cohorts {
		next = max(next, c.Bond+1)
	}
	return next
}

// ends are the last moments of the cohorts that responses enter as, the last of them at
// now: each has at least twice few, or all are one. Those of one hour stay together,
// so that the hour alone tells the cohort once the minute is forgotten (package moments).
func ends(times []time.Time, few int, now time.Time) []time.Time {
	slices.SortFunc(times, time.Time.Compare)
	parts := max(1, min(maxEntered, len(times)/(2*few)))
	size, start := len(times)/parts, 0
	var all []time.Time
	for i := 1; i < len(times); i++ {
		_, end := survey.HourEnds(times[i-1])
		if i-start >= size && len(times)-i >= size && times[i].After(end) {
			all, start = append(all, end), i
		}
	}
	return append(all, now)
}

// enter adds the cohorts of responses that enter, each with a bond of its own.
func (e *Extent) enter(times []time.Time, few int, now time.Time) {
	bond := e.nextBond()
	for i, end := range ends(times, few, now) {
		e.Cohorts = append(e.Cohorts, Cohort{Through: end, Bond: bond + i})
	}
}

// join keeps the cohorts few: neighbours with the fewest members become one, which is
// always allowed, because both stood in each release whole or not at all. members is how
// many each has; those of cohorts beyond it are taken for few.
func (e *Extent) join(members []int) {
	members = append(slices.Clone(members), make([]int, max(0, len(e.Cohorts)-len(members)))...)
	for len(e.Cohorts) > maxCohorts {
		least := 0
		for i := range len(e.Cohorts) - 1 {
			if members[i]+members[i+1] < members[least]+members[least+1] {
				least = i
			}
		}
		e.bind(map[int]bool{e.Cohorts[least].Bond: true}, e.Cohorts[least+1].Bond)
		members[least+1] += members[least]
		e.Cohorts = slices.Delete(e.Cohorts, least, least+1)
		members = slices.Delete(members, least, least+1)
	}
}
