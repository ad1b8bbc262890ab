package staff_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/web/servertest"
)

// Who operates the server sees its state on the first page, with what is wrong marked;
// nobody else does.
func TestOperationAtHome(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Surveyor})
	boss := servertest.SignIn(t, s, "boss")
	_, body := boss.Get("/staff")
	lines := servertest.Document(t, body).Find(".operation")
	if wrong := lines.Find(".faulty"); wrong.Length() != 1 || !strings.Contains(servertest.Words(wrong), "hailong backup") {
		t.Errorf("marked as wrong: %q, want that there is no backup and nothing else", servertest.Words(wrong))
	}
	s.Health.Sources.Backup = func(context.Context) (time.Time, int64, error) { return servertest.Now.Add(-time.Hour), 1, nil }
	_, body = boss.Get("/staff")
	if wrong := servertest.Document(t, body).Find(".operation .faulty"); wrong.Length() != 0 {
		t.Errorf("marked as wrong: %q, want nothing", servertest.Words(wrong))
	}
	if _, body := servertest.SignIn(t, s, "lan").Get("/staff"); servertest.Document(t, body).Find(".operation").Length() != 0 {
		t.Error("a surveyor sees how the server is operated")
	}
}
