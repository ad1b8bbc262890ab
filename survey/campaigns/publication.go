package campaigns

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"hailong/survey"
	"hailong/survey/editions"
)

// FiguresFunc computes what an edition of a campaign publishes, with what is kept beside
// it (editions.Snapshot.Counts).
type FiguresFunc func(survey.Campaign, survey.Edition) (content any, counts string, err error)

// Publish fixes the figures of a closed campaign, of one whose last edition was
// withdrawn, or, of one that publishes by month or quarter, those until the end of
// the newest period that is over. figures is asked for them with the edition to be;
// what it returns is written as canonical JSON and never again. Errors: NotFound;
// Conflict; Invalid where no period is over that has no edition.
func (cs *Campaigns) Publish(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, figures FiguresFunc) (survey.Campaign, error) {
	before, err := cs.campaigns().Get(ctx, string(id))
	switch {
	case err != nil:
		return survey.Campaign{}, err
	case before.Rev != rev:
		return survey.Campaign{}, survey.NewError(survey.Conflict, "publish campaign", nil)
	case !before.Allows(survey.StepPublish):
		return survey.Campaign{}, wrongState("publish campaign", &before)
	}
	if err := cs.Publishable(ctx, &before); err != nil {
		return survey.Campaign{}, err
	}
	edition := survey.Edition{Number: len(before.Editions) + 1, Published: cs.time(), By: actor.String()}
	if edition.Through, err = cs.Covers(&before); err != nil {
		return survey.Campaign{}, err
	}
	if cs.logHead != nil {
		if edition.Log, err = cs.logHead(ctx); err != nil {
			return survey.Campaign{}, err
		}
	}
	content, counts, err := figures(before, edition)
	if err != nil {
		return survey.Campaign{}, err
	}
	snapshot, err := editions.NewSnapshot(before.ID, edition.Number, edition.Published, content)
	if err != nil {
		return survey.Campaign{}, err
	}
	edition.Hash, snapshot.Counts = snapshot.Hash, counts
	after := before
	after.Rev, after.Editions = rev+1, append(slices.Clone(before.Editions), edition)
	if before.State != survey.Open {
		after.State = survey.Published
	}
	act := cs.changes.Begin(actor).Entry("campaign.publish", "campaigns/"+string(id), before, after)
	_, err = cs.store.Get(ctx, survey.Snapshots, snapshot.ID)
	switch {
	case survey.Is(err, survey.NotFound):
		survey.Create(act, survey.Snapshots, snapshot)
	case err != nil: // else the same content is the same snapshot
		return survey.Campaign{}, err
	}
	survey.Update(act, survey.Campaigns, rev, after)
	if err := act.Do(ctx); err != nil {
		return survey.Campaign{}, err
	}
	return after, nil
}

// Covers is the last day of the answers in an edition that is published now: that of
// the newest period that is over, and of a campaign that is closed empty, for all of
// them. Invalid if the campaign is open and no period is over that has no edition.
func (cs *Campaigns) Covers(c *survey.Campaign) (survey.Date, error) {
	if c.State != survey.Open {
		return "", nil
	}
	today := survey.DateOf(cs.now())
	last, due := c.EditionDue(today)
	if !due {
		return "", &survey.Error{Kind: survey.Invalid, Op: "publish campaign", Key: "campaign.no_period_over", Args: []any{c.ResultsAfter(today)}}
	}
	return last, nil
}

// Publishable returns Invalid if something stands in the way of publishing a
// campaign, and what.
func (cs *Campaigns) Publishable(ctx context.Context, c *survey.Campaign) error {
	through, err := cs.Covers(c)
	if err != nil || len(cs.publications) == 0 {
		return err
	}
	counts, err := cs.ResponseCounts(ctx, c.ID)
	if err != nil {
		return err
	}
	inForce := counts.Count(func(survey.UnitID) bool { return true })
	for _, guard := range cs.publications {
		if err := guard(ctx, c.ID, through, inForce); err != nil {
			return err
		}
	}
	return nil
}

const maxReason = 500

// Withdraw takes back the edition in force. The snapshot is kept; the reason is
// shown in its place.
func (cs *Campaigns) Withdraw(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, reason string) (survey.Campaign, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 10 || n > maxReason {
		return survey.Campaign{}, survey.InvalidField("withdraw figures", "campaign.invalid", "reason", "campaign.bad_reason", 10, maxReason)
	}
	return cs.change(ctx, actor, id, rev, "campaign.withdraw", func(c *survey.Campaign) error {
		if !c.Allows(survey.StepWithdraw) {
			return wrongState("withdraw figures", c)
		}
		c.Editions = slices.Clone(c.Editions)
		last := &c.Editions[len(c.Editions)-1]
		last.Withdrawn, last.Reason, last.WithBy = cs.time(), reason, actor.String()
		if c.State == survey.Published {
			c.State = survey.Withdrawn
		}
		return nil
	})
}

// Snapshot returns the snapshot of an edition of a campaign. Errors: NotFound,
// and Internal (ErrTampered) if the text does not fit the hash.
func (cs *Campaigns) Snapshot(ctx context.Context, campaign survey.CampaignID, hash string) (editions.Snapshot, error) {
	s, err := survey.Documents[editions.Snapshot]{Store: cs.store, Collection: survey.Snapshots}.Get(ctx, editions.SnapshotID(campaign, hash))
	if err != nil {
		return editions.Snapshot{}, err
	}
	if s.Hash != hash || !s.Intact() {
		return editions.Snapshot{}, survey.NewError(survey.Internal, "read snapshot "+s.ID, editions.ErrTampered)
	}
	return s, nil
}
