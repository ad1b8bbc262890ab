package results

import (
	"context"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/publication"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/transactions"
)

// StatedFunc tells how many people each point served on each day since one
// (transactions.Transactions.Since).
type StatedFunc func(ctx context.Context, since survey.Date) (transactions.Numbers, error)

// stated is the transactions of a campaign's days until one; nil where nobody tells.
func (p *Published) stated(ctx context.Context, campaign *survey.Campaign) (transactions.Numbers, error) {
	if p.Stated == nil {
		return nil, nil
	}
	return p.Stated(ctx, campaign.Period.From)
}

// releasedRate is the response rate of a query's units, of the release; nil where no
// transactions are stated, or the query keeps something that transactions are not
// divided by.
func (p *Published) releasedRate(ctx context.Context, q tables.Query) (*publication.ResponseRate, error) {
	if !q.OnlyPlaces() {
		return nil, nil //nolint:nilnil // there is no rate
	}
	campaign := p.released.catalog().Campaign(q.Campaign)
	stated, err := p.stated(ctx, campaign)
	if err != nil || len(stated) == 0 {
		return nil, err
	}
	var rate *publication.ResponseRate
	err = p.released.read(ctx, q.Campaign, func(v *columns.CampaignView) error {
		rate = publication.ReleaseRate(v, stated, q)
		return nil
	})
	return rate, err
}
