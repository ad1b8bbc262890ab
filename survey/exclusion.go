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

// Exclusions returns the exclusions of a store by the response they are about.
func Exclusions(ctx context.Context, store Store) (map[ResponseID]Exclusion, error) {
	voids, err := VoidedResponses(ctx, store)
	if err != nil {
		return nil, err
	}
	all := make(map[ResponseID]Exclusion, len(voids))
	for id, v := range voids {
		all[id] = Exclusion{From: v.At}
	}
	return all, suspectExclusions(ctx, store, all)
}
