package campaigns_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
)

// The page of figures says where responses wait for a later release, to whom the unit
// is, and by which rule.
func TestFiguresTellWhatWaits(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, w.Server, "xa", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	servertest.AddUser(t, w.Server, "cu", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	waiting := func(login survey.Login, query string) string {
		t.Helper()
		resp, body := servertest.OpenSession(t, w.Server, login).Get("/staff/campaigns/tthc-2026/figures" + query)
		if resp.StatusCode != http.StatusOK {
			return http.StatusText(resp.StatusCode)
		}
		return servertest.Words(servertest.Document(t, body).Find("main details.waiting"))
	}
	if words := waiting("lan", ""); words != "" {
		t.Errorf("nothing waits, but: %q", words)
	}
	servertest.SubmitOverall(t, w.Server, 3, "4")
	const place = "Trung tâm Phục vụ hành chính công xã Bum Tở: 3 phiếu"
	for login, query := range map[survey.Login]string{"lan": "", "xa": "?unit=xa"} {
		words := waiting(login, query)
		for _, want := range []string{"Phiếu chờ bản chốt sau: 3.", "Phiếu mới của một đơn vị vào số liệu khi đủ 5 phiếu.", place} {
			if !strings.Contains(words, want) {
				t.Errorf("%s: %q is missing in %q", login, want, words)
			}
		}
		if strings.Contains(words, "đủ, vào bản chốt sau") {
			t.Errorf("%s: three are called enough: %q", login, words)
		}
	}
	if words := waiting("cu", "?unit=xa"); words != "Not Found" {
		t.Errorf("another office reads %q", words)
	}
	servertest.SubmitOverall(t, w.Server, 2, "2")
	if words := waiting("xa", "?unit=xa"); !strings.Contains(words, "5 phiếu đủ, vào bản chốt sau") {
		t.Errorf("five wait: %q", words)
	}
	servertest.Release(t, w.Server)
	if words := waiting("lan", ""); words != "" {
		t.Errorf("after the release: %q", words)
	}
}
