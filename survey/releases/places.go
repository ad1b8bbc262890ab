package releases

import (
	"time"

	"hailong/survey"
	"hailong/survey/verification"
)

// Places are those of a release by unit; the zero value holds nothing. They are a copy:
// TakeBack changes them and not the release.
type Places map[survey.UnitID]UnitRelease

// ByUnit is the places of a release by their units.
func (r *Release) ByUnit() Places {
	places := make(Places, len(r.Places))
	for _, p := range r.Places {
		places[p.Unit] = p
	}
	return places
}

// Holds reports whether a response of a unit and class is in the release. One that is
// counted again after it was out of force enters as if it had been received then.
func (p Places) Holds(unit survey.UnitID, class verification.Class, received time.Time, out verification.Exclusion) bool {
	place := p[unit]
	extent := place.Of(class)
	cohort, entered := extent.entered(received, out)
	return entered && !extent.standsBack(cohort)
}

// Waits reports whether a response that is to be counted waits for a later release:
// it is in force, and never entered. One that stands back does not wait.
func (p Places) Waits(unit survey.UnitID, class verification.Class, received time.Time, out verification.Exclusion) bool {
	place := p[unit]
	extent := place.Of(class)
	_, entered := extent.entered(received, out)
	return !entered && !out.Now()
}

// TakeBack has those stand back who entered together with a response that its sender
// took back, and reports whether any of them stood until then. out is when the response
// had been out of force. A mark that a release took notice of changes nothing.
func (p Places) TakeBack(mark survey.TakenBack, out verification.Exclusion) bool {
	if mark.Counted == nil {
		return false
	}
	of := groupOfMark(mark)
	place, known := p[of.unit]
	extent := place.Of(of.class)
	cohort, entered := extent.entered(mark.Counted.Received, out)
	if !known || !entered || extent.standsBack(cohort) {
		return false
	}
	extent.putBack(cohort)
	place.set(of.class, extent)
	p[of.unit] = place
	return true
}

// entered is the cohort of a response that entered the release and was not seen to be
// out of force since; it may stand back all the same.
func (e *Extent) entered(received time.Time, out verification.Exclusion) (cohort int, ok bool) {
	switch {
	case received.After(e.Through):
		return 0, false
	case out.From.IsZero() || out.From.After(e.Corrected): // never out, or nobody was told yet
		return e.cohortOf(received), true
	}
	return e.cohortOf(out.Until), !out.Until.IsZero() && !out.Until.After(e.Through)
}

// Blurred is the moment that may stand in the place of the one at which a response was
// received, so that every release goes on holding it or not: the first of an hour or a
// day, or the last, for what waits and for who entered in the course of it. It lies
// within the cohort; only one that began and ended between first and last has neither.
func (e *Extent) Blurred(received, first, last time.Time) time.Time {
	if received.After(e.Through) {
		return last
	}
	cohort := e.cohortOf(received)
	if cohort == 0 || first.After(e.Cohorts[cohort-1].Through) {
		return first
	}
	if !last.After(e.Cohorts[cohort].Through) {
		return last
	}
	return e.Cohorts[cohort-1].Through.Add(time.Millisecond)
}
