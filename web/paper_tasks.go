package web

import (
	"context"

	"hailong/survey"
)

// paperTasks are the paper forms that a surveyor has to key in, and those that
// a supervisor has to re-check.
func (s *Server) paperTasks(ctx context.Context, who *signedIn) (tasks []task, err error) {
	add := func(path, key string, args ...any) {
		tasks = append(tasks, task{survey.Message{Key: key, Args: args}, path})
	}
	switch who.User.Grant.Role {
	case survey.Surveyor:
		rows, err := s.batchRows(ctx, who)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if r := &rows[i]; !r.Closed && r.Left() > 0 {
				add(batchPath(r.Batch.ID), "staff.home.task_batch", r.Title, r.Left())
			}
		}
	case survey.Supervisor:
		campaigns, err := s.recheckCampaigns(ctx, who)
		if err != nil {
			return nil, err
		}
		for _, k := range campaigns {
			if k.Waiting > 0 {
				add(recheckPath(k.ID), "staff.home.task_recheck", k.Title, k.Waiting)
			}
		}
	}
	return tasks, nil
}
