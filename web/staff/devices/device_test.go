package devices_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/servertest"
)

// From the page of staff to the kiosk: the link is shown once, opened on the
// device, and revoked when the device is stolen.
func TestDeviceIsEnrolledAndRevoked(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.OneStopOffice})
	servertest.AddUser(t, s, "sen", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	_, body := v.Post("/staff/devices", "name", "Máy quầy 1", "kind", "kiosk", "point", string(servertest.Code(servertest.PointLand)))
	link := regexp.MustCompile(`https://hailong\.example(/enrol/[0-9A-Z-]+)<`).FindStringSubmatch(body)
	if link == nil {
		t.Fatalf("no link in %s", body)
	}
	if _, body := v.Get("/staff/devices"); strings.Contains(body, "/enrol/") {
		t.Error("the link is shown again")
	}
	opened := servertest.FormRequest(link[1])
	opened.Header.Set("Sec-Fetch-Site", "same-origin") // as a browser says
	if resp, _ := servertest.Do(t, s, opened); resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 1 {
		t.Fatalf("the link answers %d", resp.StatusCode)
	}
	_, body = v.Get("/staff/devices")
	doc := servertest.Document(t, body)
	if got := servertest.Words(doc.Find("tbody .tag")); got != "Đang dùng" {
		t.Errorf("the device is %q", got)
	}
	revoke := doc.Find("tbody a").AttrOr("href", "")
	if _, body := v.Get(revoke); !strings.Contains(servertest.Document(t, body).Find("main").Text(), "Máy quầy 1") {
		t.Error("the question does not name the device")
	}
	if resp, body := v.Post(revoke); resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("#f-cause-error").Length() != 1 {
		t.Errorf("revoking without a cause answers %d", resp.StatusCode)
	}
	resp, _ := v.Post(revoke, "cause", "misused")
	if want := "/staff/devices?done=device_revoked_misused"; resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != want {
		t.Fatalf("revoking answers %d and leads to %s, want %s", resp.StatusCode, resp.Header.Get("Location"), want)
	}
	_, body = v.Get("/staff/devices")
	doc = servertest.Document(t, body)
	if words := servertest.Words(doc.Find("tbody")); servertest.Words(doc.Find("tbody .tag")) != "Đã thu hồi" || !strings.Contains(words, "Bị dùng sai") || strings.Contains(words, "Thu hồi thiết bị") {
		t.Errorf("after revoking: %s", words)
	}
	if n := doc.Find("tbody a").Length(); n != 0 {
		t.Errorf("a clerk is led to hold what came in: %d links", n)
	}
	_, body = servertest.OpenSession(t, s, "sen").Get("/staff/devices")
	want := "/staff/misuse?from=2026-03-05&point=" + string(servertest.Code(servertest.PointLand)) + "&proof=device&to=2026-03-06"
	if href := servertest.Document(t, body).Find("tbody a").AttrOr("href", ""); href != want {
		t.Errorf("what it sent is held from %q, want %q", href, want)
	}
	if diff := cmp.Diff([]survey.Action{"device.invite", "device.enrol", "device.revoke"}, servertest.AuditActions(t, s, "device.")); diff != "" {
		t.Errorf("the audit log (-want +got):\n%s", diff)
	}
}

// Nothing typed is lost, and a point outside the scope is as good as not there.
func TestDeviceInviteRefuses(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	servertest.Enrol(t, s, servertest.PointLand, proof.Kiosk)
	v := servertest.SignIn(t, s, "lan")
	for name, tt := range map[string]struct{ name, kind, point, field string }{
		"NoName":       {"", "screen", string(servertest.Code(servertest.PointClosed)), "name"},
		"NoKind":       {"Máy", "", string(servertest.Code(servertest.PointClosed)), "kind"},
		"OutsideScope": {"Máy", "screen", string(servertest.Code(servertest.PointLand)), "point"},
	} {
		resp, body := v.Post("/staff/devices", "name", tt.name, "kind", tt.kind, "point", tt.point)
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+tt.field+"-error").Length() != 1 {
			t.Errorf("%s: %d, errors at %q", name, resp.StatusCode, doc.Find(".error").AttrOr("id", ""))
		}
		if got := doc.Find("#f-name").AttrOr("value", ""); got != tt.name {
			t.Errorf("%s: the name is now %q", name, got)
		}
		if doc.Find("tbody tr").Length() != 0 || strings.Contains(body, "/enrol/") {
			t.Errorf("%s: a device outside the scope is shown, or one was made", name)
		}
	}
}
