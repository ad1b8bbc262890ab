package suspects

import (
	"context"

	"hailong/survey"
	"hailong/web/staff"
)

// Tasks are the campaigns with bursts that wait for this person: those of days
// that are over, and that somebody else, or nobody yet, has chosen about.
func (h *Handlers) Tasks(ctx context.Context, who *staff.SignedIn) ([]staff.Task, error) {
	if !who.May(survey.PublishCampaigns) {
		return nil, nil
	}
	catalog := h.Catalog()
	var tasks []staff.Task
	for i := range catalog.Campaigns {
		campaign := &catalog.Campaigns[i]
		if campaign.State == survey.Draft || !who.Covers(catalog, "", campaign.Family) {
			continue
		}
		bursts, err := h.burstsOf(ctx, who, campaign)
		if err != nil {
			return nil, err
		}
		n := 0
		for i := range bursts {
			b := &bursts[i]
			if p := b.Decision.Proposed; b.Over && (b.Waits() || p != nil) && (p == nil || p.By != who.Actor().String()) {
				n += len(b.Responses)
			}
		}
		if n > 0 {
			tasks = append(tasks, staff.Task{
				Text: survey.Message{Key: "staff.home.task_suspect", Args: []any{n, campaign.Title}}, Path: suspectsPath(campaign.ID),
			})
		}
	}
	return tasks, nil
}
