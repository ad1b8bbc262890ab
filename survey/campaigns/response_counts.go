package campaigns

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/verification"
)

// ResponseGroup is what responses are counted by while a campaign runs.
type ResponseGroup struct {
	Point   survey.PointCode
	Unit    survey.UnitID
	Sector  survey.SectorID
	Channel survey.Channel
	Day     survey.Date
	By      survey.Login // who keyed them in; empty: nobody did
}

// ResponseCounts is how many responses of a campaign came from where, as of a time. It
// holds no answers, and leaves out what was voided or is held back.
type ResponseCounts struct {
	At     time.Time
	Counts map[ResponseGroup]int
}

// countsAge is how old counts may be: counting reads every response.
const countsAge = time.Minute

// ResponseCounts counts the responses of a campaign, at most a minute late.
func (cs *Campaigns) ResponseCounts(ctx context.Context, id survey.CampaignID) (ResponseCounts, error) {
	cs.counts.Lock()
	defer cs.counts.Unlock() // who comes second waits, and finds it done
	now := cs.now()
	if t, ok := cs.counts.byCampaign[id]; ok && now.Sub(t.At) < countsAge && !now.Before(t.At) {
		return t, nil
	}
	t := ResponseCounts{At: now, Counts: map[ResponseGroup]int{}}
	exclusions, err := verification.Exclusions(ctx, cs.store)
	if err != nil {
		return ResponseCounts{}, err
	}
	err = cs.store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error {
		if survey.DocumentText(doc, "campaign") != string(id) || survey.IsTakenBack(doc) {
			return nil
		}
		if !exclusions[survey.ResponseID(survey.DocumentText(doc, "_id"))].Now() {
			t.Counts[ResponseGroup{
				survey.PointCode(survey.DocumentText(doc, "point")), survey.UnitID(survey.DocumentText(doc, "unit")), survey.SectorID(survey.DocumentText(doc, "sector")), survey.Channel(survey.DocumentText(doc, "channel")), survey.Date(survey.DocumentText(doc, "day")),
				survey.Login(survey.DocumentText(doc, "by")),
			}]++
		}
		return nil
	})
	if err != nil {
		return ResponseCounts{}, err
	}
	if cs.counts.byCampaign == nil {
		cs.counts.byCampaign = map[survey.CampaignID]ResponseCounts{}
	}
	cs.counts.byCampaign[id] = t
	return t, nil
}

// Count is how many responses came from the units that covers admits.
func (t *ResponseCounts) Count(covers func(survey.UnitID) bool) int {
	n := 0
	for key, count := range t.Counts {
		if covers(key.Unit) {
			n += count
		}
	}
	return n
}
