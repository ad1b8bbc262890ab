package results

import (
	"context"
	"errors"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Alternatives computes the figures of a campaign's release as it is, and with responses
// that are held back, for the office that decides about them. others are held back too,
// and in neither. What was held back after the release was cut may still be in it, and
// then is in both: taken out here, one by one as it is found, it would tell what it
// said. ok is false where the reader may not see the release, or where the difference of
// two figures, of one page or of two, or of a page before a few took their responses
// back and after, would tell what a few people answered. Errors: as Table.
func (p *Published) Alternatives(ctx context.Context, reader Reader, campaign survey.CampaignID, responses, others []survey.ResponseID) (a tables.Alternatives, ok bool, err error) {
	now, err := p.Table(ctx, Request{Query: tables.Query{Campaign: campaign}, Reader: reader, Source: FromRelease})
	var refused *Refusal
	if errors.As(err, &refused) {
		return a, false, nil
	}
	if err != nil || now.Overall.Suppressed || len(responses) == 0 {
		return a, false, err
	}
	few := func(n int64) bool { return 0 < n && n < now.Threshold }
	both := append(slices.Clone(responses), others...)
	for _, ids := range [][]survey.ResponseID{responses, both} { // a page of these alone, and one of all
		gone, err := p.released.takenBack(ctx, ids)
		if err != nil || few(gone) {
			return a, false, err
		}
	}
	with, err := p.counting(ctx, campaign, responses)
	if err != nil {
		return a, false, err
	}
	all, err := p.counting(ctx, campaign, both)
	if err != nil {
		return a, false, err
	}
	if more := with.N - now.Overall.N; more == 0 || few(more) || few(all.N-with.N) {
		return a, false, nil
	}
	return tables.Alternatives{Without: now.Overall, With: with}, true, nil
}

// counting is the figure of a release with some responses counted that it may not hold.
func (p *Published) counting(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID) (figure tables.Figure, err error) {
	with := make(map[survey.ResponseID]bool, len(responses))
	for _, id := range responses {
		with[id] = true
	}
	err = p.released.responses.ReadWith(ctx, campaign, with, func(v *columns.CampaignView) error {
		t, err := tables.ForOffice(v).Answer(tables.Query{Campaign: campaign})
		figure = t.Overall
		return err
	})
	return figure, err
}

// takenBack is how many of some responses were taken back.
func (l *Released) takenBack(ctx context.Context, ids []survey.ResponseID) (n int64, err error) {
	wanted := make(map[survey.ResponseID]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	marks, err := survey.Documents[survey.TakenBack]{Store: l.store, Collection: survey.TakenBackMarks}.All(ctx)
	for _, mark := range marks {
		if wanted[mark.ID] {
			n++
		}
	}
	return n, err
}
