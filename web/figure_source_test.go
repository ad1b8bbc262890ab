package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/staff"
)

// Whoever asks is told whether a figure was published or is of now, also of a
// table that the publication does not hold.
func TestFiguresNameTheirSource(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	token := issue(t, w.Server, survey.Grant{Role: survey.ReleaseReader})
	v := contract(t, w.Server)
	for i := range 12 {
		servertest.SubmitAt(t, w.Server, servertest.Code(servertest.PointLand), []string{"5", "4", "2"}[i%3], "")
	}
	ask := func(query string) (int, string, bool, int) {
		t.Helper()
		resp, body := call(t, w.Server, v, http.MethodGet, "/api/v1/results?campaign=tthc-2026"+query, token, "")
		var answer struct {
			Source  string
			Edition *struct{ Number int }
			Overall struct{ N int }
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, answer.Source, answer.Edition != nil, answer.Overall.N
	}
	expect := func(when, query string, status int, source string, edition bool, n int) {
		t.Helper()
		gotStatus, gotSource, gotEdition, gotN := ask(query)
		if gotStatus != status || gotSource != source || gotEdition != edition || gotN != n {
			t.Errorf("%s, %q: %d %q edition %v n %d, want %d %q %v %d", when, query, gotStatus, gotSource, gotEdition, gotN, status, source, edition, n)
		}
	}
	expect("not released", "", 200, "release", false, 0)
	servertest.Release(t, w.Server)
	expect("open", "", 200, "release", false, 12)
	expect("open", "&source=live", 200, "release", false, 12) // the name of older versions
	expect("open", "&source=edition", 404, "", false, 0)
	expect("open", "&source=published", 404, "", false, 0)

	w.Time = w.Time.Add(24 * time.Hour)
	lan := servertest.SignIn(t, w.Server, "lan")
	for _, step := range []string{"/close", "/publish"} {
		if resp, body := w.Step(t, lan, staff.CampaignPath("tthc-2026")+step); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step, resp.StatusCode, body)
		}
	}
	id, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := servertest.SendForm(t, w.Server, servertest.PointLand, "id", string(id), "a.overall", "1", "day", "2026-03-05"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("late: %d", resp.StatusCode)
	}
	const crossed = "&by=sector,month" // which no publication holds
	for _, source := range []string{"", "&source=edition", "&source=published"} {
		expect("published", source, 200, "edition", true, 12)
	}
	w.Time = w.Time.Add(time.Hour)
	servertest.Release(t, w.Server) // one late response waits, so that nobody reads it off
	expect("published", "&source=release", 200, "release", false, 12)
	expect("published", crossed, 200, "release", false, 12)
	expect("published", crossed+"&source=edition", 404, "", false, 0)
	expect("published", "&formula=mean100", 200, "release", false, 12)
	expect("published", "&source="+url.QueryEscape("đâu"), 422, "", false, 0)

	_, body := call(t, w.Server, v, http.MethodGet, "/api/v1/targets", token, "")
	var targets []struct {
		Campaign, Source *string
		Figure           struct{ N int }
	}
	if err := json.Unmarshal([]byte(body), &targets); err != nil {
		t.Fatal(err)
	}
	published := 0
	for _, target := range targets {
		if target.Campaign == nil && target.Source != nil {
			t.Errorf("%+v", target)
		}
		if target.Source != nil && *target.Source == "edition" {
			published++
		}
	}
	if published == 0 {
		t.Error("no target is judged by published figures")
	}

	// The public page shows what was published, and nothing else in its place.
	if resp, _ := servertest.Get(t, w.Server, "/results/tthc-2026"); resp.StatusCode != http.StatusOK {
		t.Errorf("the published page: %d", resp.StatusCode)
	}
	if resp, _ := servertest.Get(t, w.Server, "/results/tthc-2026?unit=cu"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a unit that the publication does not hold: %d", resp.StatusCode)
	}

	// What was withdrawn is not answered by other figures, under whatever name, but to
	// the office that decides on the next edition.
	viewer := issue(t, w.Server, survey.Grant{Role: survey.Viewer})
	const reason = "Nhập trùng phiếu của một bản"
	if resp, _ := w.Step(t, lan, staff.CampaignPath("tthc-2026")+"/withdraw", "reason", reason, "confirm_password", servertest.Password); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("withdraw: %d", resp.StatusCode)
	}
	for _, query := range []string{"", "&by=unit", "&source=live", "&source=published", crossed} {
		resp, body := call(t, w.Server, v, http.MethodGet, "/api/v1/results?campaign=tthc-2026"+query, viewer, "")
		if resp.StatusCode != http.StatusGone || !strings.Contains(body, reason) {
			t.Errorf("withdrawn, %q: %d %s", query, resp.StatusCode, body)
		}
	}
	expect("withdrawn", "", 200, "release", false, 12)
	if _, body := call(t, w.Server, v, http.MethodGet, "/api/v1/campaigns", token, ""); strings.Count(body, reason) != 1 {
		t.Errorf("the list of campaigns does not say why: %s", body)
	}
	if _, body := call(t, w.Server, v, http.MethodGet, "/api/v1/targets", token, ""); strings.Contains(body, `"campaign":"tthc-2026"`) {
		t.Errorf("a target is judged by withdrawn figures: %s", body)
	}
}
