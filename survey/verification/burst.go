package verification

import (
	"context"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// BurstID names what arrived at a point on a day for a campaign:
// "tthc-2026/HA1L0N3/2026-03-05".
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

// DecisionID names what is decided about: what is held of a burst for one sign,
// "tthc-2026/HA1L0N3/2026-03-05/alike". Older versions decided about bursts as a
// whole, under the name of the burst.
type DecisionID string

// NewDecisionID names what is held of a burst for a sign.
func NewDecisionID(burst BurstID, sign SuspectSign) DecisionID {
	return DecisionID(string(burst) + "/" + string(sign))
}

// BurstChoice is what becomes of it; empty while nobody has decided.
type BurstChoice string

// The choices.
const (
	CountThem BurstChoice = "count"     // they are in figures again
	LeaveOut  BurstChoice = "leave_out" // they stay out
)

// BurstDecision is what people decided about what is held of a burst for a sign, or
// about a burst as a whole.
type BurstDecision struct {
	ID       DecisionID        `bson:"_id" json:"burst"`
	Rev      int64             `bson:"rev" json:"-"`
	Campaign survey.CampaignID `bson:"campaign" json:"campaign"`
	Choice   BurstChoice       `bson:"choice,omitempty" json:"choice,omitempty"`     // in force
	Counted  bool              `bson:"counted,omitempty" json:"counted,omitempty"`   // it was to be counted once
	Since    time.Time         `bson:"since,omitempty" json:"since,omitzero"`        // of Choice
	Proposed *BurstOpinion     `bson:"proposed,omitempty" json:"proposed,omitempty"` // waits for a second person
	Decided  *BurstOpinion     `bson:"decided,omitempty" json:"decided,omitempty"`   // the opinion that put Choice in force
	First    *BurstOpinion     `bson:"first,omitempty" json:"first,omitempty"`       // that Decided agreed with; nil where one person decides
}

// LeavesOut reports whether figures leave out what is decided about; while nobody has decided
// about it, they do.
func (d *BurstDecision) LeavesOut() bool { return d.Choice != CountThem }

// Decisions are what was decided, by what it is about.
type Decisions map[DecisionID]BurstDecision

// DecisionsOf returns the decisions about a campaign; all of the store for an empty one.
func DecisionsOf(ctx context.Context, store survey.Store, campaign survey.CampaignID) (Decisions, error) {
	all := Decisions{}
	table := survey.Documents[BurstDecision]{Store: store, Collection: survey.BurstDecisions}
	from, to := campaignRange(campaign)
	err := store.Scan(ctx, survey.BurstDecisions, from, to, func(doc bson.Raw) error {
		var d BurstDecision
		if err := table.Decode(doc, &d); err != nil {
			return err
		}
		all[d.ID] = d
		return nil
	})
	return all, err
}

// Of returns what stands about those held of a burst for a sign: what was decided about
// them, else what an older version decided about the burst as a whole. The result has
// revision 0 where there is no document about the sign yet. What an older version
// decided says nothing about misuse or clocks, of which it did not know.
func (ds Decisions) Of(burst BurstID, sign SuspectSign) BurstDecision {
	id := NewDecisionID(burst, sign)
	if d, made := ds[id]; made {
		return d
	}
	if whole, made := ds[DecisionID(burst)]; made && !sign.Apart() {
		whole.ID, whole.Rev = id, 0
		return whole
	}
	return BurstDecision{ID: id}
}

// BurstOpinion is what one person chose, and why.
type BurstOpinion struct {
	Choice    BurstChoice `bson:"choice" json:"choice"`
	By        string      `bson:"by" json:"by"` // as Actor.String writes them
	Reason    string      `bson:"reason" json:"reason"`
	Responses int         `bson:"responses" json:"responses"` // that were held back when they chose; 0: so few that their number is not told
	At        time.Time   `bson:"at" json:"at"`
}
