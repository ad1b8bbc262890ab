package verification

import (
	"strings"
	"time"

	"hailong/survey"
)

// BurstID names what arrived at a point on a day for a campaign, about which is
// decided as a whole: "tthc-2026/HA1L0N3/2026-03-05".
type BurstID string

// NewBurstID names a burst.
func NewBurstID(campaign survey.CampaignID, point survey.PointCode, day survey.Date) BurstID {
	return BurstID(string(campaign) + "/" + string(point) + "/" + string(day))
}

// Parts returns what the name is made of; empty for one that is no name.
func (id BurstID) Parts() (survey.CampaignID, survey.PointCode, survey.Date) {
	parts := strings.Split(string(id), "/")
	if len(parts) != 3 {
		return "", "", ""
	}
	return survey.CampaignID(parts[0]), survey.PointCode(parts[1]), survey.Date(parts[2])
}

// BurstChoice is what becomes of a burst; empty while nobody has decided.
type BurstChoice string

// The choices.
const (
	CountThem BurstChoice = "count"     // they are in figures again
	LeaveOut  BurstChoice = "leave_out" // they stay out
)

// BurstDecision is what people decided about a burst. Its id is the burst's.
type BurstDecision struct {
	ID       BurstID           `bson:"_id" json:"burst"`
	Rev      int64             `bson:"rev" json:"-"`
	Campaign survey.CampaignID `bson:"campaign" json:"campaign"`
	Choice   BurstChoice       `bson:"choice,omitempty" json:"choice,omitempty"`     // in force
	Counted  bool              `bson:"counted,omitempty" json:"counted,omitempty"`   // it was to be counted once
	Since    time.Time         `bson:"since,omitempty" json:"since,omitzero"`        // of Choice
	Proposed *BurstOpinion     `bson:"proposed,omitempty" json:"proposed,omitempty"` // waits for a second person
	Decided  *BurstOpinion     `bson:"decided,omitempty" json:"decided,omitempty"`   // the opinion that put Choice in force
	First    *BurstOpinion     `bson:"first,omitempty" json:"first,omitempty"`       // that Decided agreed with; nil where one person decides
}

// LeavesOut reports whether figures leave the burst out; while nobody has decided
// about it, they do.
func (d *BurstDecision) LeavesOut() bool { return d.Choice != CountThem }

// BurstOpinion is what one person chose, and why.
type BurstOpinion struct {
	Choice    BurstChoice `bson:"choice" json:"choice"`
	By        string      `bson:"by" json:"by"` // as Actor.String writes them
	Reason    string      `bson:"reason" json:"reason"`
	Responses int         `bson:"responses" json:"responses"` // that were held back when they chose
	At        time.Time   `bson:"at" json:"at"`
}
