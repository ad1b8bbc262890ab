package campaigns

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// TallyKey is what responses are counted by while a campaign runs.
type TallyKey struct {
	Unit    survey.UnitID
	Sector  survey.SectorID
	Channel survey.Channel
	Day     survey.Date
	By      survey.Login // who keyed them in; empty: nobody did
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
func (f *Campaigns) Tally(ctx context.Context, id survey.CampaignID) (Tally, error) {
	f.tallies.Lock()
	defer f.tallies.Unlock() // who comes second waits, and finds it done
	now := f.now()
	if t, ok := f.tallies.byCampaign[id]; ok && now.Sub(t.At) < tallyAge && !now.Before(t.At) {
		return t, nil
	}
	t := Tally{At: now, Counts: map[TallyKey]int{}}
	voided, err := survey.VoidedResponses(ctx, f.store)
	if err != nil {
		return Tally{}, err
	}
	err = f.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		if survey.DocumentText(doc, "campaign") != string(id) {
			return nil
		}
		if _, void := voided[survey.ResponseID(survey.DocumentText(doc, "_id"))]; !void {
			t.Counts[TallyKey{
				survey.UnitID(survey.DocumentText(doc, "unit")), survey.SectorID(survey.DocumentText(doc, "sector")), survey.Channel(survey.DocumentText(doc, "channel")), survey.Date(survey.DocumentText(doc, "day")),
				survey.Login(survey.DocumentText(doc, "by")),
			}]++
		}
		return nil
	})
	if err != nil {
		return Tally{}, err
	}
	if f.tallies.byCampaign == nil {
		f.tallies.byCampaign = map[survey.CampaignID]Tally{}
	}
	f.tallies.byCampaign[id] = t
	return t, nil
}

// Count is how many responses came from the units that covers admits.
func (t *Tally) Count(covers func(survey.UnitID) bool) int {
	n := 0
	for key, count := range t.Counts {
		if covers(key.Unit) {
			n += count
		}
	}
	return n
}
