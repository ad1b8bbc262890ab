package web_test

import (
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
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	servertest.AddUser(t, s, "clerk", survey.Grant{Role: survey.OneStopOffice})
	boss, clerk := servertest.SignIn(t, s, "boss"), servertest.SignIn(t, s, "clerk")
	if _, body := boss.Get("/staff"); !strings.Contains(body, task) {
		t.Error("nobody is told that there is no backup")
	}
	for age, told := range map[time.Duration]bool{time.Hour: false, 49 * time.Hour: true} {
		changes := survey.NewChanges(s.Store, audit.New(s.Store, servertest.Clock), servertest.Clock)
		err := backup.NoteMade(t.Context(), changes, survey.Actor{Shell: "test"}, backup.Manifest{Created: servertest.Clock().Add(-age)}, true)
		if err != nil {
			t.Fatal(err)
		}
		if _, body := boss.Get("/staff"); strings.Contains(body, task) != told {
			t.Errorf("a backup %v old: told %v", age, !told)
		}
		if _, body := clerk.Get("/staff"); strings.Contains(body, task) {
			t.Error("a clerk is told")
		}
	}
}
