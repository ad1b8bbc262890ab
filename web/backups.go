package web

import (
	"context"

	"hailong/survey"
	"hailong/survey/backup"
	"hailong/web/staff"
)

// backupTasks reminds who operates the server of a backup that is not there.
func (s *Server) backupTasks(ctx context.Context, who *staff.SignedIn) ([]staff.Task, error) {
	if !who.May(survey.OperateDeployment) || s.Pages.Demo {
		return nil, nil
	}
	note, err := backup.ReadNote(ctx, s.services.Store)
	if err != nil {
		return nil, err
	}
	switch {
	case note.Last == nil:
		return []staff.Task{{Text: survey.Message{Key: "staff.home.task_no_backup"}, Path: "/staff/help"}}, nil
	case s.Pages.Now().Sub(note.Last.At) > backup.Overdue:
		return []staff.Task{{Text: survey.Message{Key: "staff.home.task_backup", Args: []any{survey.DateOf(note.Last.At)}}, Path: "/staff/help"}}, nil
	}
	return nil, nil
}
