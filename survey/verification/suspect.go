package verification

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Suspect holds a response back: figures leave it out until people decide about
// those of its burst and sign. The response itself stays as it was. A rule holds a
// response once, misuse of what verified it once more, and a wrong clock too, because
// these are other questions than the rule's. Package quarantine writes it and never changes it: of two
// servers that come to the same suspect the first writes it.
type Suspect struct {
	ID       string            `bson:"_id"` // SuspectID: those of a campaign lie together
	Rev      int64             `bson:"rev"`
	Campaign survey.CampaignID `bson:"campaign"`
	Response survey.ResponseID `bson:"response"`
	Burst    BurstID           `bson:"burst"`
	Sign     SuspectSign       `bson:"sign"`
	Hour     int               `bson:"hour"` // of the day in Viet Nam, in which it arrived
	At       time.Time         `bson:"at"`   // since when it is held back
	// Cluster says that it was found in a cluster within its hour. Whoever judges the day
	// again cannot find that, because seconds are kept no longer.
	Cluster bool `bson:"cluster,omitempty"`
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

	// It is dated by a clock that was known to be wrong.
	SignClock SuspectSign = "clock"

	// People say that what verified it was misused at its point on that day.
	SignMisusedDevice SuspectSign = "misused_device"
	SignMisusedScreen SuspectSign = "misused_screen"
	SignMisusedSlip   SuspectSign = "misused_slip"
)

// SuspectSigns in the order they are shown.
var SuspectSigns = []SuspectSign{SignCrowd, SignFullDay, SignAlike, SignHurried, SignFlood, SignTransactions, SignClock, SignMisusedDevice, SignMisusedScreen, SignMisusedSlip}

// MisuseSign is the sign of responses whose proof was misused; empty for a proof that
// is looked after in another way: paper forms are re-checked.
func MisuseSign(proof survey.Proof) SuspectSign {
	switch proof {
	case survey.VerifiedDevice:
		return SignMisusedDevice
	case survey.VerifiedScreen:
		return SignMisusedScreen
	case survey.VerifiedSlip:
		return SignMisusedSlip
	case survey.Unverified, survey.VerifiedSerial:
	}
	return ""
}

// Misuse reports whether people said so, and no rule.
func (s SuspectSign) Misuse() bool {
	return s == SignMisusedDevice || s == SignMisusedScreen || s == SignMisusedSlip
}

// Apart reports whether the sign asks another question than the rules do, about which is
// decided whatever was decided about them: misuse, and the clock.
func (s SuspectSign) Apart() bool { return s == SignClock || s.Misuse() }

// NewSuspect holds a response back, since a time, that arrived in an hour.
func NewSuspect(burst BurstID, response survey.ResponseID, sign SuspectSign, hour int, at time.Time) Suspect {
	campaign, _, _ := burst.Parts()
	id := string(campaign) + "/" + string(response)
	switch {
	case sign == SignClock:
		id += "/clock"
	case sign.Misuse():
		id += "/misuse"
	}
	return Suspect{
		ID: id, Rev: 1, Campaign: campaign, Response: response, Burst: burst, Sign: sign, Hour: hour, At: at,
	}
}

// campaignRange is the range of ids that begin with a campaign and a slash.
func campaignRange(campaign survey.CampaignID) (from, to string) {
	if campaign == "" {
		return "", ""
	}
	return string(campaign) + "/", string(campaign) + "0" // what follows the slash
}

// SuspectsOf visits the suspects of a campaign.
func SuspectsOf(ctx context.Context, store survey.Store, campaign survey.CampaignID, visit func(Suspect) error) error {
	from, to := campaignRange(campaign)
	return store.Scan(ctx, survey.Suspects, from, to, func(doc bson.Raw) error {
		var s Suspect
		if err := (survey.Documents[Suspect]{Store: store, Collection: survey.Suspects}).Decode(doc, &s); err != nil {
			return err
		}
		return visit(s)
	})
}
