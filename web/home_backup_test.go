package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/backup"
	"hailong/web/servertest"
)

// TestBackupIsRemembered holds that who operates the server is told of a backup that is
// missing or old, and nobody else.
func TestBackupIsRemembered(t *testing.T) {
	t.Parallel()
	const task = "hailong backup"
	s := servertest.New(t)
	s.Health.Sources.Backup = func(ctx context.Context) (time.Time, int64, error) { return backup.LastMade(ctx, s.Store) }
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	servertest.AddUser(t, s, "clerk", survey.Grant{Role: survey.OneStopOffice})
	boss, clerk := servertest.SignIn(t, s, "boss"), servertest.SignIn(t, s, "clerk")
	if _, body := boss.Get("/staff"); !strings.Contains(body, task) {
		t.Error("nobody is told that there is no backup")
	}
	for age, told := range map[time.Duration]bool{time.Hour: false, 49 * time.Hour: true} {
		changes := survey.NewChanges(s.Store, audit.New(s.Store, servertest.Clock), servertest.Clock)
		err := backup.NoteMade(t.Context(), changes, survey.Actor{Shell: "test"}, backup.Manifest{Created: servertest.Clock().Add(-age)}, 1234, true)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		if told {
			want = 1
		}
		if _, body := boss.Get("/staff"); strings.Count(body, task) != want {
			t.Errorf("a backup %v old: told %d times, want %d", age, strings.Count(body, task), want)
		}
		if _, body := clerk.Get("/staff"); strings.Contains(body, task) {
			t.Error("a clerk is told")
		}
	}
}
