package sampling

import (
	"context"
	"time"

	"hailong/survey"
)

// Samples keeps who was drawn for a campaign: the draws, their rows, the
// contacts of the rows and what came of the visits. Every change goes by an
// expected revision and is recorded.
type Samples struct {
	changes *survey.Changes
	store   survey.Store
	catalog func() *survey.Catalog
	now     func() time.Time
}

// New returns the samples of the store that changes are made in.
func New(changes *survey.Changes, catalog func() *survey.Catalog) *Samples {
	return &Samples{changes: changes, store: changes.Store, catalog: catalog, now: changes.Now}
}

func (ss *Samples) time() time.Time { return ss.now().UTC().Truncate(time.Millisecond) }

// KeepWhatWasDrawn refuses, with Invalid, to discard a campaign while draws of
// it are stored: their contacts would be left behind. Campaigns.GuardDiscard
// takes it.
func (ss *Samples) KeepWhatWasDrawn(ctx context.Context, id survey.CampaignID) error {
	sample, err := ss.Sample(ctx, id)
	if err == nil && len(sample.Draws) > 0 {
		err = &survey.Error{Kind: survey.Invalid, Op: "discard campaign", Key: "sample.discard_first"}
	}
	return err
}
