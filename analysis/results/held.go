package results

import (
	"context"
	"errors"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Alternatives computes the figures of a campaign's release without and with
// responses that are held back, for the office that decides about them. others are
// held back too, and in neither, so that every page about the same campaign starts
// from the same figure, though the release may hold what was held back after it was
// cut. ok is false where the reader may not see the release, or where the difference
// of two figures, of one page or of two, would tell what a few people answered.
// Errors: as Table.
func (p *Published) Alternatives(ctx context.Context, reader Reader, campaign survey.CampaignID, responses, others []survey.ResponseID) (a tables.Alternatives, ok bool, err error) {
	now, err := p.Table(ctx, Request{Query: tables.Query{Campaign: campaign}, Reader: reader, Source: FromRelease})
	var refused *Refusal
	if errors.As(err, &refused) {
		return a, false, nil
	}
	few := func(ids []survey.ResponseID) bool { return int64(len(ids)) < now.Threshold }
	if err != nil || now.Overall.Suppressed || few(responses) || len(others) > 0 && few(others) {
		return a, false, err
	}
	for counted, figure := range map[bool]*tables.Figure{false: &a.Without, true: &a.With} {
		with := make(map[survey.ResponseID]bool, len(responses)+len(others))
		for _, id := range others {
			with[id] = false
		}
		for _, id := range responses {
			with[id] = counted
		}
		err := p.released.responses.ReadWith(ctx, campaign, with, func(v *columns.CampaignView) error {
			t, err := tables.ForOffice(v).Answer(tables.Query{Campaign: campaign})
			*figure = t.Overall
			return err
		})
		if err != nil {
			return a, false, err
		}
	}
	return a, true, nil
}
