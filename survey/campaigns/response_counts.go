package campaigns

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/releases"
)

// ReceivedGroup is what responses are counted by as they come: nothing that a citizen
// chose or carried. Whoever looks before and after one leaves the counter learns that
// somebody of the unit answered, and no more.
type ReceivedGroup struct {
	Unit survey.UnitID
	Day  survey.Date
	By   survey.Login // who keyed them in; empty: nobody did
}

// ReleasedGroup is what the responses of a release are counted by.
type ReleasedGroup struct {
	Point   survey.PointCode
	Unit    survey.UnitID
	Sector  survey.SectorID
	Channel survey.Channel
	Day     survey.Date
}

// ResponseCounts is how many responses of a campaign came from where. It holds no
// answers.
type ResponseCounts struct {
	At       time.Time
	Received map[ReceivedGroup]int // in force at that time
	Release  releases.Release      // its number is 0 where there is none yet
	Released map[ReleasedGroup]int // those that the release holds; they move with it alone
}

// countsAge is how old counts may be: counting reads every response.
const countsAge = time.Minute

// ResponseCounts counts the responses of a campaign, at most a minute late. A new
// release is seen at once.
func (cs *Campaigns) ResponseCounts(ctx context.Context, id survey.CampaignID) (ResponseCounts, error) {
	cs.counts.Lock()
	defer cs.counts.Unlock() // who comes second waits, and finds it done
	now := cs.now()
	stored, err := releases.Stored(ctx, cs.store)
	if err != nil {
		return ResponseCounts{}, err
	}
	if t, ok := cs.counts.byCampaign[id]; ok && now.Sub(t.At) < countsAge && !now.Before(t.At) && t.Release.Rev == stored[id].Rev {
		return t, nil
	}
	t, err := cs.count(ctx, id, now)
	if err != nil {
		return ResponseCounts{}, err
	}
	if cs.counts.byCampaign == nil {
		cs.counts.byCampaign = map[survey.CampaignID]ResponseCounts{}
	}
	cs.counts.byCampaign[id] = t
	return t, nil
}

func (cs *Campaigns) count(ctx context.Context, id survey.CampaignID, now time.Time) (ResponseCounts, error) {
	t := ResponseCounts{At: now}
	var standings releases.Standings
	begin := func() { t.Received, t.Released = map[ReceivedGroup]int{}, map[ReleasedGroup]int{} }
	wanted := func(of survey.CampaignID) bool { return of == id }
	err := standings.Each(ctx, cs.store, wanted, begin, func(doc bson.Raw, is releases.Standing) error {
		unit, day := survey.UnitID(survey.DocumentText(doc, "unit")), survey.Date(survey.DocumentText(doc, "day"))
		if is.InForce {
			t.Received[ReceivedGroup{unit, day, survey.Login(survey.DocumentText(doc, "by"))}]++
		}
		if is.Held {
			t.Released[ReleasedGroup{
				survey.PointCode(survey.DocumentText(doc, "point")), unit, survey.SectorID(survey.DocumentText(doc, "sector")), survey.Channel(survey.DocumentText(doc, "channel")), day,
			}]++
		}
		return nil
	})
	t.Release = standings.Release(id)
	return t, err
}

// Count is how many responses came from the units that covers admits.
func (t *ResponseCounts) Count(covers func(survey.UnitID) bool) int {
	n := 0
	for key, count := range t.Received {
		if covers(key.Unit) {
			n += count
		}
	}
	return n
}
