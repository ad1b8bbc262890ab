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
// citizens answer.
type UnitRelease struct {
	Unit      survey.UnitID `bson:"unit" json:"unit"`
	Through   time.Time     `bson:"through" json:"through"`     // responses received until then are in
	Corrected time.Time     `bson:"corrected" json:"corrected"` // of them, those voided until then are out
}

// FewestNew is how many new responses of a unit may enter a release together, at
// the least. For schools it is higher: parents of a class know each other.
func FewestNew(family survey.Family) int {
	if family == survey.Education {
		return 10
	}
	return 5
}

// Places are those of a release by unit; the zero value holds nothing.
type Places map[survey.UnitID]UnitRelease

// ByUnit is the places of a release by their units.
func (r *Release) ByUnit() Places {
	places := make(Places, len(r.Places))
	for _, p := range r.Places {
		places[p.Unit] = p
	}
	return places
}

// Holds reports whether a response of a unit is in the release. One that is counted
// again after it was out of force enters as if it had been received then.
func (p Places) Holds(unit survey.UnitID, received time.Time, out verification.Exclusion) bool {
	place, known := p[unit]
	switch {
	case !known || received.After(place.Through):
		return false
	case out.From.IsZero() || out.From.After(place.Corrected): // never out, or nobody was told yet
		return true
	}
	return !out.Until.IsZero() && !out.Until.After(place.Through)
}
