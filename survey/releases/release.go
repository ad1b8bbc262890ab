package releases

import (
	"time"

	"hailong/survey"
	"hailong/survey/verification"
)

// Release says which responses of a campaign its figures are made of.
type Release struct {
	ID     survey.CampaignID `bson:"_id" json:"campaign"`
	Rev    int64             `bson:"rev" json:"-"`
	Number int               `bson:"number" json:"number"` // from 1
	At     time.Time         `bson:"at" json:"at"`
	By     string            `bson:"by" json:"by"` // as Actor.String writes them
	Places []UnitRelease     `bson:"places" json:"places"`
}

// UnitRelease is how far the release goes in one unit, that of the points where
// citizens answer. Read it by Of.
type UnitRelease struct {
	Unit      survey.UnitID `bson:"unit" json:"unit"`
	Through   time.Time     `bson:"through" json:"through"`     // open responses received until then are in
	Corrected time.Time     `bson:"corrected" json:"corrected"` // of them, those voided until then are out
	Cohorts   []Cohort      `bson:"cohorts,omitempty" json:"-"` // of them, by Through
	// Verified is the same of the verified responses. A release that was cut before the
	// classes entered by themselves has none: it holds both through the same moment.
	Verified *Extent `bson:"verified,omitempty" json:"verified,omitempty"`
}

// Extent is how far a release goes in one class of the responses of a unit.
type Extent struct {
	Through   time.Time `bson:"through" json:"through"`
	Corrected time.Time `bson:"corrected" json:"corrected"`
	// Cohorts are what entered; the last is through Through. A release that was cut before
	// there were cohorts has none: all that it holds are one.
	Cohorts []Cohort `bson:"cohorts,omitempty" json:"-"`
}

// Of is how far the release goes in a class of the unit's responses.
func (u *UnitRelease) Of(class verification.Class) Extent {
	if class == verification.Verified && u.Verified != nil {
		return *u.Verified
	}
	return Extent{u.Through, u.Corrected, u.Cohorts}
}

// set moves a class of the unit to another extent; the other class stays where it is.
func (u *UnitRelease) set(class verification.Class, to Extent) {
	verified := u.Of(verification.Verified)
	if class == verification.Verified {
		verified = to
	} else {
		u.Through, u.Corrected, u.Cohorts = to.Through, to.Corrected, to.Cohorts
	}
	u.Verified = &verified // another one: releases that were read before share the old
}

// FewestNew is how many new responses of a unit and class may enter a release
// together, at the least. For schools it is higher: parents of a class know each other.
func FewestNew(family survey.Family) int {
	if family == survey.Education {
		return 10
	}
	return 5
}

// WaitingResponses is how many responses of a unit wait for a later release, by class.
type WaitingResponses struct{ Open, Verified int }

// Add counts one more response of a class.
func (w *WaitingResponses) Add(class verification.Class) { w.AddN(class, 1) }

// AddN counts n more responses of a class.
func (w *WaitingResponses) AddN(class verification.Class, n int) {
	if class == verification.Verified {
		w.Verified += n
	} else {
		w.Open += n
	}
}

// Total is how many wait, of both classes.
func (w WaitingResponses) Total() int { return w.Open + w.Verified }

// Enter reports whether some of them enter the next release, where fewest must. It is
// all that may be shown of the classes of those who wait: by their numbers whoever
// looks before and after a citizen learns whether that one used a one-time code.
func (w WaitingResponses) Enter(fewest int) bool { return max(w.Open, w.Verified) >= fewest }
