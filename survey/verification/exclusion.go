package verification

import (
	"context"
	"time"

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

// and is when a response is out of force that is so for two reasons. It is in force
// again when neither holds. One interval is all that is kept: where it was in force
// between the two, the later one is.
func (x Exclusion) and(y Exclusion) Exclusion {
	if y.From.Before(x.From) {
		x, y = y, x
	}
	switch {
	case !x.Until.IsZero() && x.Until.Before(y.From):
		return y
	case x.Until.IsZero() || y.Until.IsZero():
		return Exclusion{From: x.From}
	case y.Until.After(x.Until):
		return Exclusion{From: x.From, Until: y.Until}
	}
	return x
}

// suspectExclusions adds when suspects were out of force.
func suspectExclusions(ctx context.Context, store survey.Store, all map[survey.ResponseID]Exclusion) error {
	decisions, err := DecisionsOf(ctx, store, "")
	if err != nil {
		return err
	}
	return SuspectsOf(ctx, store, "", func(s Suspect) error {
		d := decisions.Of(s.Burst, s.Sign)
		out := d.exclusion(&s)
		if other, both := all[s.Response]; both {
			out = out.and(other)
		}
		all[s.Response] = out
		return nil
	})
}

// HeldResponses returns the responses of a campaign that figures leave out: the
// suspects about whose burst and sign nobody has decided, or that are to stay out. All
// campaigns: an empty one.
func HeldResponses(ctx context.Context, store survey.Store, campaign survey.CampaignID) (map[survey.ResponseID]survey.CampaignID, error) {
	decisions, err := DecisionsOf(ctx, store, campaign)
	if err != nil {
		return nil, err
	}
	held := map[survey.ResponseID]survey.CampaignID{}
	err = SuspectsOf(ctx, store, campaign, func(s Suspect) error {
		if d := decisions.Of(s.Burst, s.Sign); d.LeavesOut() {
			held[s.Response] = s.Campaign
		}
		return nil
	})
	return held, err
}
