package columns

import (
	"context"

	"github.com/google/uuid"

	"hailong/survey"
)

// ReadWith reads the responses of a campaign from the store for this once: those
// that its release holds, and of some responses all or none, whatever the release
// says of them. It is for who decides whether they are to count. Errors: as
// ReadThrough.
func (all *Responses) ReadWith(ctx context.Context, campaign survey.CampaignID, responses []survey.ResponseID, counted bool, ask func(*CampaignView) error) error {
	b := &loaded{catalog: all.catalog(), campaigns: map[survey.CampaignID]*campaignColumns{}}
	f := filling{log: all.log, into: b, only: campaign, decided: map[uuid.UUID]bool{}}
	for _, r := range responses {
		id, err := uuid.Parse(string(r))
		if err != nil {
			return survey.NewError(survey.Internal, "read responses", err)
		}
		f.decided[id] = counted
	}
	if err := f.fill(ctx, all.store); err != nil {
		return err
	}
	s, err := b.columns(campaign)
	if err != nil {
		return err
	}
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	return ask(s.view())
}

// take puts a response into the columns if it is to be counted, whatever the
// release says.
func (s *campaignColumns) take(r *decoded, counted bool) error {
	if !counted {
		return nil
	}
	return s.columns.Append(s.row, []uint32{s.encode(r)}, nil)
}
