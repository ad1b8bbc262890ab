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
		if campaign.State == survey.Draft || !who.Covers(catalog, campaign.Reach().Part()) {
			continue
		}
		bursts, err := h.burstsOf(ctx, who, campaign)
		if err != nil {
			return nil, err
		}
		n, few := 0, false
		for i := range bursts {
			for k := range bursts[i].Groups {
				g := &bursts[i].Groups[k]
				if p := g.Decision.Proposed; bursts[i].Over && (g.Waits() || p != nil) && (p == nil || p.By != who.Actor().String()) {
					n += g.Told()
					few = few || g.Few()
				}
			}
		}
		key := "staff.home.task_suspect"
		if n == 0 {
			key = "staff.home.task_suspect_few"
		}
		if n > 0 || few {
			tasks = append(tasks, staff.Task{
				Text: survey.Message{Key: key, Args: []any{n, campaign.Title}}, Path: suspectsPath(campaign.ID),
			})
		}
	}
	return tasks, nil
}
