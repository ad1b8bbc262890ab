package survey

import (
	"context"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// Suspect holds a response back: figures leave it out until people decide about
// its burst. The response itself stays as it was. There is at most one for a
// response; package quarantine writes it by a rule and never changes it: of two
// servers that come to the same suspect the first writes it.
type Suspect struct {
	ID       string      `bson:"_id"` // SuspectID: those of a campaign lie together
	Rev      int64       `bson:"rev"`
	Campaign CampaignID  `bson:"campaign"`
	Response ResponseID  `bson:"response"`
	Burst    BurstID     `bson:"burst"`
	Sign     SuspectSign `bson:"sign"`
	Hour     int         `bson:"hour"` // of the day in Viet Nam, in which it arrived
	At       time.Time   `bson:"at"`   // since when it is held back
}

// SuspectSign is why a response is held back.
type SuspectSign string

// The signs.
const (
	SignCrowd        SuspectSign = "crowd"        // more came in the hour than the point can serve
	SignFullDay      SuspectSign = "full_day"     // more came on the day than the point can serve
	SignAlike        SuspectSign = "alike"        // the same answers came more often than people give them
	SignHurried      SuspectSign = "hurried"      // more were filled in faster than they can be read than people do
	SignFlood        SuspectSign = "flood"        // more came from one network at once than people send
	SignTransactions SuspectSign = "transactions" // more proofs of a transaction came than there were transactions
)

// SuspectSigns in the order they are shown.
var SuspectSigns = []SuspectSign{SignCrowd, SignFullDay, SignAlike, SignHurried, SignFlood, SignTransactions}

// NewSuspect holds a response back, since a time, that arrived in an hour.
func NewSuspect(burst BurstID, response ResponseID, sign SuspectSign, hour int, at time.Time) Suspect {
	campaign, _, _ := burst.Parts()
	return Suspect{
		ID: string(campaign) + "/" + string(response), Rev: 1, Campaign: campaign, Response: response, Burst: burst, Sign: sign, Hour: hour, At: at,
	}
}

// BurstID names what arrived at a point on a day for a campaign, about which is
// decided as a whole: "tthc-2026/HA1L0N3/2026-03-05".
type BurstID string

// NewBurstID names a burst.
func NewBurstID(campaign CampaignID, point PointCode, day Date) BurstID {
	return BurstID(string(campaign) + "/" + string(point) + "/" + string(day))
}

// Parts returns what the name is made of; empty for one that is no name.
func (id BurstID) Parts() (CampaignID, PointCode, Date) {
	parts := strings.Split(string(id), "/")
	if len(parts) != 3 {
		return "", "", ""
	}
	return CampaignID(parts[0]), PointCode(parts[1]), Date(parts[2])
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
	ID       BurstID       `bson:"_id" json:"burst"`
	Rev      int64         `bson:"rev" json:"-"`
	Campaign CampaignID    `bson:"campaign" json:"campaign"`
	Choice   BurstChoice   `bson:"choice,omitempty" json:"choice,omitempty"`     // in force
	Counted  bool          `bson:"counted,omitempty" json:"counted,omitempty"`   // it was to be counted once
	Since    time.Time     `bson:"since,omitempty" json:"since,omitzero"`        // of Choice
	Proposed *BurstOpinion `bson:"proposed,omitempty" json:"proposed,omitempty"` // waits for a second person
	Decided  *BurstOpinion `bson:"decided,omitempty" json:"decided,omitempty"`   // the opinion that put Choice in force
	First    *BurstOpinion `bson:"first,omitempty" json:"first,omitempty"`       // that Decided agreed with; nil where one person decides
}

// BurstOpinion is what one person chose, and why.
type BurstOpinion struct {
	Choice    BurstChoice `bson:"choice" json:"choice"`
	By        string      `bson:"by" json:"by"` // as Actor.String writes them
	Reason    string      `bson:"reason" json:"reason"`
	Responses int         `bson:"responses" json:"responses"` // that were held back when they chose
	At        time.Time   `bson:"at" json:"at"`
}

// exclusion is when a suspect was out of force, given what was decided.
func (d *BurstDecision) exclusion(s *Suspect) Exclusion {
	switch {
	case d.Choice == CountThem:
		return Exclusion{From: s.At, Until: d.Since}
	case d.Choice == LeaveOut && d.Counted: // it was counted again, and is no longer
		return Exclusion{From: d.Since}
	}
	return Exclusion{From: s.At}
}

// suspectExclusions adds when suspects were out of force.
func suspectExclusions(ctx context.Context, store Store, all map[ResponseID]Exclusion) error {
	decisions, err := Documents[BurstDecision]{store, BurstDecisions}.All(ctx)
	if err != nil {
		return err
	}
	byBurst := make(map[BurstID]*BurstDecision, len(decisions))
	for i := range decisions {
		byBurst[decisions[i].ID] = &decisions[i]
	}
	undecided := &BurstDecision{}
	return SuspectsOf(ctx, store, "", func(s Suspect) error {
		d := byBurst[s.Burst]
		if d == nil {
			d = undecided
		}
		out := d.exclusion(&s)
		// What is void as well stays out, since the earlier of both.
		if void, both := all[s.Response]; both {
			if void.From.Before(out.From) || !out.Until.IsZero() && out.Until.Before(void.From) {
				out.From = void.From
			}
			out.Until = time.Time{}
		}
		all[s.Response] = out
		return nil
	})
}

// HeldResponses returns the responses of a campaign that figures leave out: the
// suspects about whose burst nobody has decided, or that are to stay out. All
// campaigns: an empty one.
func HeldResponses(ctx context.Context, store Store, campaign CampaignID) (map[ResponseID]CampaignID, error) {
	counted := map[BurstID]bool{}
	from, to := campaignRange(campaign)
	err := store.Scan(ctx, BurstDecisions, from, to, func(doc bson.Raw) error {
		if DocumentText(doc, "choice") == string(CountThem) {
			counted[BurstID(DocumentText(doc, "_id"))] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	held := map[ResponseID]CampaignID{}
	err = store.Scan(ctx, Suspects, from, to, func(doc bson.Raw) error {
		if !counted[BurstID(DocumentText(doc, "burst"))] {
			held[ResponseID(DocumentText(doc, "response"))] = CampaignID(DocumentText(doc, "campaign"))
		}
		return nil
	})
	return held, err
}

// campaignRange is the range of ids that begin with a campaign and a slash.
func campaignRange(campaign CampaignID) (from, to string) {
	if campaign == "" {
		return "", ""
	}
	return string(campaign) + "/", string(campaign) + "0" // what follows the slash
}

// SuspectsOf visits the suspects of a campaign.
func SuspectsOf(ctx context.Context, store Store, campaign CampaignID, visit func(Suspect) error) error {
	from, to := campaignRange(campaign)
	return store.Scan(ctx, Suspects, from, to, func(doc bson.Raw) error {
		var s Suspect
		if err := (Documents[Suspect]{store, Suspects}).Decode(doc, &s); err != nil {
			return err
		}
		return visit(s)
	})
}
