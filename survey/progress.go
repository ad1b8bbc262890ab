package survey

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// TallyKey is what responses are counted by while a campaign runs.
type TallyKey struct {
	Unit    UnitID
	Sector  SectorID
	Channel Channel
	Day     Date
	By      Login // who keyed them in; empty: nobody did
}

// Tally is how many responses of a campaign came from where, as of a time. It
// holds no answers, and leaves out what was voided.
type Tally struct {
	At     time.Time
	Counts map[TallyKey]int
}

// tallyAge is how old a tally may be: counting reads every response.
const tallyAge = time.Minute

// Tally counts the responses of a campaign, at most a minute late.
func (f *Fieldwork) Tally(ctx context.Context, id CampaignID) (Tally, error) {
	f.tallies.Lock()
	defer f.tallies.Unlock() // who comes second waits, and finds it done
	now := f.now()
	if t, ok := f.tallies.byCampaign[id]; ok && now.Sub(t.At) < tallyAge && !now.Before(t.At) {
		return t, nil
	}
	t := Tally{At: now, Counts: map[TallyKey]int{}}
	voided, err := VoidedResponses(ctx, f.store)
	if err != nil {
		return Tally{}, err
	}
	err = f.store.Scan(ctx, Responses, "", "", func(doc bson.Raw) error {
		if textIn(doc, "campaign") != string(id) {
			return nil
		}
		if _, void := voided[ResponseID(textIn(doc, "_id"))]; !void {
			t.Counts[TallyKey{
				UnitID(textIn(doc, "unit")), SectorID(textIn(doc, "sector")), Channel(textIn(doc, "channel")), Date(textIn(doc, "day")),
				Login(textIn(doc, "by")),
			}]++
		}
		return nil
	})
	if err != nil {
		return Tally{}, err
	}
	if f.tallies.byCampaign == nil {
		f.tallies.byCampaign = map[CampaignID]Tally{}
	}
	f.tallies.byCampaign[id] = t
	return t, nil
}
