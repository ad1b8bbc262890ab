package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/staff"
)

// Every reader of a withdrawn edition is told the same: it was withdrawn, and
// why. None is shown its figures, or those of now in their place.
func TestAWithdrawnEditionReadsAlikeEverywhere(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	token := issue(t, w.Server, survey.Grant{Role: survey.Viewer})
	v := contract(t, w.Server)
	for range 12 {
		servertest.SubmitAt(t, w.Server, servertest.Code(servertest.PointLand), "5", "")
	}
	w.Time = w.Time.Add(24 * time.Hour)
	lan := servertest.SignIn(t, w.Server, "lan")
	const reason = "Nhập trùng phiếu của một bản"
	for _, step := range []struct {
		path   string
		fields []string
	}{{"/close", nil}, {"/publish", nil}, {"/withdraw", []string{"reason", reason}}} {
		if resp, body := w.Step(t, lan, staff.CampaignPath("tthc-2026")+step.path, step.fields...); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.path, resp.StatusCode, body)
		}
	}
	api := func(path string) (*http.Response, string) {
		return call(t, w.Server, v, http.MethodGet, path, token, "")
	}
	public := func(path string) (*http.Response, string) { return servertest.Get(t, w.Server, path) }
	for _, c := range []struct {
		reader string
		ask    func(string) (*http.Response, string)
		path   string
		status int
		says   bool // why there are no figures
	}{
		{"public page", public, "/results/tthc-2026", http.StatusGone, true},
		{"public page of a unit", public, "/results/tthc-2026?unit=xa", http.StatusGone, true},
		{"API", api, "/api/v1/results?campaign=tthc-2026", http.StatusGone, true},
		{"API, responses of now", api, "/api/v1/results?campaign=tthc-2026&source=live", http.StatusGone, true},
		{"staff page", lan.Get, staff.CampaignPath("tthc-2026"), http.StatusOK, true},
		{"public list", public, "/results", http.StatusOK, false},
		{"API, targets", api, "/api/v1/targets", http.StatusOK, false},
	} {
		resp, body := c.ask(c.path)
		if resp.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.reader, resp.StatusCode, c.status)
		}
		if strings.Contains(body, reason) != c.says {
			t.Errorf("%s: does it say why? want %v: %s", c.reader, c.says, body)
		}
		for _, figure := range []string{`"rate":1`, "Trong số liệu đã công bố"} {
			if strings.Contains(body, figure) {
				t.Errorf("%s shows %q of a withdrawn edition", c.reader, figure)
			}
		}
		if shown := servertest.Document(t, body).Find(".big").Text(); shown != "" {
			t.Errorf("%s shows the figure %q of a withdrawn edition", c.reader, shown)
		}
		if !c.says && strings.Contains(body, "tthc-2026") {
			t.Errorf("%s names the withdrawn campaign", c.reader)
		}
	}
}
