package campaigns_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

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
	const enough = "có loại đủ phiếu, vào bản chốt sau"
	const place = "Trung tâm Phục vụ hành chính công xã Bum Tở: 3 phiếu"
	for login, query := range map[survey.Login]string{"lan": "", "xa": "?unit=xa"} {
		words := waiting(login, query)
		for _, want := range []string{"Phiếu chờ bản chốt sau: 3.", "mỗi loại vào số liệu khi đơn vị có đủ 5 phiếu mới loại đó.", place} {
			if !strings.Contains(words, want) {
				t.Errorf("%s: %q is missing in %q", login, want, words)
			}
		}
		if strings.Contains(words, enough) {
			t.Errorf("%s: three are called enough: %q", login, words)
		}
	}
	if words := waiting("cu", "?unit=xa"); words != "Not Found" {
		t.Errorf("another office reads %q", words)
	}
	// Four more without a one-time code: seven wait, and of neither class enough. The page
	// does not tell how many of which: that would tell who used a code.
	servertest.SubmitWith(t, w.Server, false, 4, "2")
	if words := waiting("xa", "?unit=xa"); !strings.Contains(words, "công xã Bum Tở: 7 phiếu") || strings.Contains(words, enough) || strings.ContainsAny(words, "34") {
		t.Errorf("three of one class and four of the other wait: %q", words)
	}
	servertest.Release(t, w.Server)
	if words := waiting("lan", ""); !strings.Contains(words, "Phiếu chờ bản chốt sau: 7.") {
		t.Errorf("after a release that takes nobody: %q", words)
	}
	servertest.SubmitWith(t, w.Server, false, 1, "2")
	if words := waiting("xa", "?unit=xa"); !strings.Contains(words, "8 phiếu "+enough) {
		t.Errorf("five of one class wait: %q", words)
	}
	servertest.Release(t, w.Server)
	if words := waiting("lan", ""); !strings.Contains(words, "Phiếu chờ bản chốt sau: 3.") || strings.Contains(words, enough) {
		t.Errorf("after the release of one class: %q", words)
	}
	w.Time = w.Time.Add(time.Minute)
	servertest.SubmitOverall(t, w.Server, 2, "2")
	servertest.Release(t, w.Server)
	if words := waiting("lan", ""); words != "" {
		t.Errorf("after the release of both: %q", words)
	}
}
