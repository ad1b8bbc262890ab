package results

import (
	"context"
	"errors"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Supplied tells the office that reads a campaign's release how much of it was brought
// by programs and files, which nobody judges: in all, or at the place that where names.
// ok is false where the reader may not see the release there. Errors: as Table.
func (p *Published) Supplied(ctx context.Context, reader Reader, campaign survey.CampaignID, where ...tables.Filter) (s tables.Supplied, ok bool, err error) {
	q := tables.Query{Campaign: campaign, Where: where}
	answer, err := p.Table(ctx, Request{Query: q, Reader: reader, Source: FromRelease})
	var refused *Refusal
	if errors.As(err, &refused) || err == nil && (answer.Source != FromRelease || answer.Overall.Suppressed) {
		return s, false, nil
	}
	if err != nil {
		return s, false, err
	}
	err = p.released.read(ctx, campaign, func(v *columns.CampaignView) error {
		s, err = tables.ForOffice(v).Supplied(q)
		return err
	})
	return s, err == nil, err
}
