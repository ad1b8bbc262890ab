package verification

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Exclusion is when a response is out of force. The zero value is one that never
// was.
type Exclusion struct {
	From  time.Time // since when it is to be left out
	Until time.Time // since when it is to be counted again; zero: it stays out
}

// Now reports whether the response is to be left out at the end of all that is known.
func (x Exclusion) Now() bool { return !x.From.IsZero() && x.Until.IsZero() }

// Exclusions returns the exclusions of a store by the response they are about.
func Exclusions(ctx context.Context, store survey.Store) (map[survey.ResponseID]Exclusion, error) {
	voids, err := VoidedResponses(ctx, store)
	if err != nil {
		return nil, err
	}
	all := make(map[survey.ResponseID]Exclusion, len(voids))
	for id, v := range voids {
		all[id] = Exclusion{From: v.At}
	}
	return all, suspectExclusions(ctx, store, all)
}

// exclusion is when a suspect was out of force, given what was decided.
func (d *BurstDecision) exclusion(s *Suspect) Exclusion {
	switch {
	case !d.LeavesOut():
		return Exclusion{From: s.At, Until: d.Since}
	case d.Counted: // it was counted again, and is no longer
		return Exclusion{From: d.Since}
	}
	return Exclusion{From: s.At}
}

// suspectExclusions adds when suspects were out of force.
func suspectExclusions(ctx context.Context, store survey.Store, all map[survey.ResponseID]Exclusion) error {
	decisions, err := survey.Documents[BurstDecision]{Store: store, Collection: survey.BurstDecisions}.All(ctx)
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
func HeldResponses(ctx context.Context, store survey.Store, campaign survey.CampaignID) (map[survey.ResponseID]survey.CampaignID, error) {
	counted := map[BurstID]bool{}
	from, to := campaignRange(campaign)
	err := store.Scan(ctx, survey.BurstDecisions, from, to, func(doc bson.Raw) error {
		if survey.DocumentText(doc, "choice") == string(CountThem) {
			counted[BurstID(survey.DocumentText(doc, "_id"))] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	held := map[survey.ResponseID]survey.CampaignID{}
	err = store.Scan(ctx, survey.Suspects, from, to, func(doc bson.Raw) error {
		if !counted[BurstID(survey.DocumentText(doc, "burst"))] {
			held[survey.ResponseID(survey.DocumentText(doc, "response"))] = survey.CampaignID(survey.DocumentText(doc, "campaign"))
		}
		return nil
	})
	return held, err
}
