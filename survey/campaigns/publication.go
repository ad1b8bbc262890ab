package campaigns

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"hailong/survey"
)

// Publish freezes the figures of a closed campaign, or of one whose last
// edition was withdrawn. figures is asked for them with the edition to be; what
// it returns is written as canonical JSON and never again.
func (f *Campaigns) Publish(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, figures func(survey.Campaign, survey.Edition) (any, error)) (survey.Campaign, error) {
	return f.change(ctx, actor, id, rev, "campaign.publish", func(c *survey.Campaign) error {
		if c.State != survey.ClosedDown && c.State != survey.Withdrawn {
			return wrongState("publish campaign", c)
		}
		edition := survey.Edition{Number: len(c.Editions) + 1, Published: f.time(), By: actor.String()}
		content, err := figures(*c, edition)
		if err != nil {
			return err
		}
		snapshot, err := survey.NewSnapshot(c.ID, edition.Number, edition.Published, content)
		if err != nil {
			return err
		}
		// If the campaign cannot be changed after this, the snapshot stays
		// behind and nobody points to it.
		err = survey.Table[survey.Snapshot]{Store: f.store, Collection: survey.Snapshots}.Insert(ctx, snapshot)
		if err != nil && survey.KindOf(err) != survey.Conflict { // the same content twice is the same snapshot
			return err
		}
		edition.Hash = snapshot.Hash
		c.State, c.Editions = survey.Published, append(slices.Clone(c.Editions), edition)
		return nil
	})
}

const maxReason = 500

// Withdraw takes back the edition in force. The snapshot is kept; the reason is
// shown in its place.
func (f *Campaigns) Withdraw(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, reason string) (survey.Campaign, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 10 || n > maxReason {
		return survey.Campaign{}, survey.InvalidField("withdraw figures", "campaign.invalid", "reason", "campaign.bad_reason", 10, maxReason)
	}
	return f.change(ctx, actor, id, rev, "campaign.withdraw", func(c *survey.Campaign) error {
		if c.State != survey.Published || len(c.Editions) == 0 {
			return wrongState("withdraw figures", c)
		}
		c.Editions = slices.Clone(c.Editions)
		last := &c.Editions[len(c.Editions)-1]
		last.Withdrawn, last.Reason, last.WithBy = f.time(), reason, actor.String()
		c.State = survey.Withdrawn
		return nil
	})
}

// Snapshot returns the snapshot of an edition of a campaign. Errors: NotFound,
// and Internal (ErrTampered) if the text does not fit the hash.
func (f *Campaigns) Snapshot(ctx context.Context, campaign survey.CampaignID, hash string) (survey.Snapshot, error) {
	s, err := survey.Table[survey.Snapshot]{Store: f.store, Collection: survey.Snapshots}.Get(ctx, survey.SnapshotID(campaign, hash))
	if err != nil {
		return survey.Snapshot{}, err
	}
	if s.Hash != hash || !s.Intact() {
		return survey.Snapshot{}, survey.NewError(survey.Internal, "read snapshot "+s.ID, survey.ErrTampered)
	}
	return s, nil
}
