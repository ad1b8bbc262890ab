package results

import (
	"context"
	"slices"
	"time"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/publication"
	"hailong/survey"
)

// NewEdition computes the figures of an edition that is about to be published, of
// what was answered until its last day, and what the edition after it must know of
// them (editions.Snapshot.Counts). It cuts the release that the figures are made of.
func (p *Published) NewEdition(ctx context.Context, actor survey.Actor, campaign *survey.Campaign, edition survey.Edition) (f publication.EditionFigures, counts string, err error) {
	if _, err := p.cutter.CutForEdition(ctx, actor, campaign.ID); err != nil {
		return publication.EditionFigures{}, "", err
	}
	if err := p.released.Refresh(ctx); err != nil {
		return publication.EditionFigures{}, "", err
	}
	var earlier []publication.Earlier
	for _, e := range campaign.Editions {
		snapshot, err := p.snapshots.Snapshot(ctx, campaign.ID, e.Hash)
		if err != nil {
			return publication.EditionFigures{}, "", err
		}
		known, err := publication.ReadEarlier(snapshot.Body, snapshot.Counts)
		if err != nil {
			return publication.EditionFigures{}, "", err
		}
		earlier = append(earlier, known)
	}
	stated, err := p.stated(ctx, campaign)
	if err != nil {
		return publication.EditionFigures{}, "", err
	}
	err = p.released.readThrough(ctx, campaign.ID, edition.Through, func(v *columns.CampaignView) (err error) {
		f, counts, err = publication.Make(v, stated, edition.Through, earlier)
		return err
	})
	if err != nil {
		return publication.EditionFigures{}, "", err
	}
	f.Edition, f.Published = edition.Number, edition.Published.In(survey.Zone).Format(time.RFC3339)
	f.Log = edition.Log
	return f, counts, nil
}

// edition returns the figures of an edition.
func (p *Published) edition(ctx context.Context, campaign survey.CampaignID, hash string) (*publication.EditionFigures, error) {
	if f, ok := p.editions.Load(hash); ok {
		return f.(*publication.EditionFigures), nil
	}
	snapshot, err := p.snapshots.Snapshot(ctx, campaign, hash)
	if err != nil {
		return nil, err
	}
	f, err := publication.Read(snapshot.Body)
	if err != nil {
		return nil, err
	}
	p.editions.Store(hash, f)
	return f, nil
}

// Text returns the text of an edition of a campaign, which is what was hashed; of a
// withdrawn one to offices alone. Errors: NotFound if no edition of the campaign ever
// had the hash, Closed for a withdrawn one.
func (p *Published) Text(ctx context.Context, reader Reader, id survey.CampaignID, hash string) (string, error) {
	campaign := p.released.catalog().Campaign(id)
	none := survey.NewError(survey.NotFound, "read an edition", nil)
	if campaign == nil {
		return "", none
	}
	at := slices.IndexFunc(campaign.Editions, func(e survey.Edition) bool { return e.Hash == hash })
	if at < 0 {
		return "", none
	}
	if e := &campaign.Editions[at]; !e.Withdrawn.IsZero() && !reader.office(p.released.catalog(), campaign.Family) {
		return "", refuse(survey.Closed, EditionWithdrawn, e, "api.withdrawn", e.Reason)
	}
	snapshot, err := p.snapshots.Snapshot(ctx, id, hash)
	return snapshot.Body, err
}

// Withdrawal is the edition of a campaign that was withdrawn and that no other
// has replaced; nil where there is none.
func Withdrawal(campaign *survey.Campaign) *survey.Edition {
	if campaign == nil || len(campaign.Editions) == 0 || campaign.Editions[len(campaign.Editions)-1].Withdrawn.IsZero() {
		return nil
	}
	return &campaign.Editions[len(campaign.Editions)-1]
}
