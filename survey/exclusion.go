package survey

import (
	"context"
	"time"
)

// Exclusion is when a response is out of force. The zero value is one that never
// was.
type Exclusion struct {
	From  time.Time // since when it is to be left out
	Until time.Time // since when it is to be counted again; zero: it stays out
}

// Now reports whether the response is to be left out at the end of all that is known.
func (x Exclusion) Now() bool { return !x.From.IsZero() && x.Until.IsZero() }

// Exclusions returns the exclusions of a store by the response they are about: of
// what was voided, and of what is suspect, from the end of the hour in which it
// arrived until people decide to count it. What is void stays out, suspect or not.
func Exclusions(ctx context.Context, store Store) (map[ResponseID]Exclusion, error) {
	counted := map[BurstID]time.Time{}
	decisions, err := Documents[BurstDecision]{store, BurstDecisions}.All(ctx)
	if err != nil {
		return nil, err
	}
	for i := range decisions {
		if d := &decisions[i]; d.Choice == CountThem && d.Decided != nil {
			counted[d.ID] = d.Decided.At
		}
	}
	all := map[ResponseID]Exclusion{}
	err = SuspectsOf(ctx, store, "", func(s Suspect) error {
		_, _, day := s.Burst.Parts()
		all[s.Response] = Exclusion{From: day.Time().Add(time.Duration(s.Hour+1) * time.Hour), Until: counted[s.Burst]}
		return nil
	})
	if err != nil {
		return nil, err
	}
	voids, err := VoidedResponses(ctx, store)
	for id, v := range voids {
		all[id] = Exclusion{From: v.At}
	}
	return all, err
}
