package paper

import (
	"context"

	"hailong/survey"
	"hailong/web/staff"
)

// Tasks are the paper forms that a surveyor has to enter, and those that
// a supervisor has to re-check.
func (h *Handlers) Tasks(ctx context.Context, who *staff.SignedIn) (tasks []staff.Task, err error) {
	add := func(path, key string, args ...any) {
		tasks = append(tasks, staff.Task{Text: survey.Message{Key: key, Args: args}, Path: path})
	}
	switch who.User.Grant.Role {
	case survey.Surveyor:
		rows, err := h.batchRows(ctx, who)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if r := &rows[i]; !r.Closed && r.Left() > 0 {
				add(staff.BatchPath(r.Batch.ID), "staff.home.task_batch", r.Title, r.Left())
			}
		}
	case survey.Supervisor:
		campaigns, err := h.recheckCampaigns(ctx, who)
		if err != nil {
			return nil, err
		}
		for _, k := range campaigns {
			if k.Waiting > 0 {
				add(staff.RecheckPath(k.ID), "staff.home.task_recheck", k.Title, k.Waiting)
			}
		}
	default: // nobody else has work with paper forms waiting
	}
	return tasks, nil
}
