package survey

import (
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// TakenBack is what is left of a response that its sender took back: that there was
// one. It stands in the place of the response, under its id, so that the same
// response cannot come again; and in a collection of its own, by which other
// processes learn of it. Package takeback says why this is allowed.
//
// Whoever reads responses passes it over. A published figure stays as it is; every
// edition made later leaves the response out.
type TakenBack struct {
	ID       ResponseID `bson:"_id"`
	Rev      int64      `bson:"rev"`
	Campaign CampaignID `bson:"campaign"`
	Day      Date       `bson:"day"`
	Mark     bool       `bson:"taken_back"` // always true

	// Counted is what a release needs until it has taken notice (survey/releases). Only the
	// mark in the place of the response has it, so that whoever reads responses finds
	// either the response or this; the next release that is cut drops it.
	Counted *TakenBackCount `bson:"counted,omitempty"`
}

// TakenBackCount is where a response counted that was taken back.
type TakenBackCount struct {
	Unit     UnitID    `bson:"unit"`
	Verified bool      `bson:"verified"` // its class
	Received time.Time `bson:"received"`
}

// Bare is the mark without what a release needs.
func (m TakenBack) Bare() TakenBack {
	m.Counted = nil
	return m
}

// takenBackField is the field by which what is left of a response is told from one.
const takenBackField = "taken_back"

// IsTakenBack reports whether a stored document of Responses is what is left of one.
func IsTakenBack(doc bson.Raw) bool {
	gone, ok := doc.Lookup(takenBackField).BooleanOK()
	return ok && gone
}
