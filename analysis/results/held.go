package results

import (
	"context"
	"errors"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Alternatives are the figures of a campaign without some responses and with them.
type Alternatives struct {
	Without, With tables.Figure
}

// Alternatives computes the figures of a campaign's release without and with
// responses that are held back, for the office that decides about them; others is
// how many more are held back that are in neither. ok is false where the reader may
// not see the release, or where the difference of two figures, of one page or of
// two, would tell what a few people answered. Errors: as Table.
func (p *Published) Alternatives(ctx context.Context, reader Reader, campaign survey.CampaignID, responses []survey.ResponseID, others int) (a Alternatives, ok bool, err error) {
	now, err := p.Table(ctx, Request{Query: tables.Query{Campaign: campaign}, Reader: reader, Source: FromRelease})
	var refused *Refusal
	if errors.As(err, &refused) {
		return a, false, nil
	}
	few := func(n int) bool { return int64(n) < now.Threshold }
	if err != nil || now.Overall.Suppressed || few(len(responses)) || others > 0 && few(others) {
		return a, false, err
	}
	for counted, figure := range map[bool]*tables.Figure{false: &a.Without, true: &a.With} {
		err := p.released.responses.ReadWith(ctx, campaign, responses, counted, func(v *columns.CampaignView) error {
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
