package staff_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hailong/survey"
	"hailong/web/servertest"
)

// TestSecondOfTwoChooses has two people open every page whose form carries a
// revision. The first changes the thing; the second, who sends what they saw,
// is shown what happened and nothing is overwritten; sending it again does it.
func TestSecondOfTwoChooses(t *testing.T) {
	t.Parallel()
	const (
		campaign = "/staff/campaigns/tthc-2026"
		unit     = "/staff/units/motcua"
	)
	point := "/staff/points/" + string(servertest.Code(servertest.PointLand))
	rename := []string{"name.vi", "Tên của người thứ nhất"}
	retitle := []string{"title", "Đợt của người thứ nhất"}
	relabel := []string{"label.vi", "Quầy của người thứ nhất"}
	for name, tt := range map[string]struct {
		first  string // the page on which the first one changes the thing
		typed  []string
		second string // the page of the second
		mine   []string
		told   string // what the second reads of the first
		before func(*testing.T, *servertest.StaffServer, *servertest.Client)
		role   survey.Role
	}{
		"EditUnit":      {first: unit, typed: rename, second: unit, mine: []string{"name.vi", "Tên khác"}, told: "Tên của người thứ nhất"},
		"CloseUnit":     {first: unit, typed: rename, second: unit + "/close", told: "Nguyễn Thị hoa: Sửa đơn vị"},
		"CloseTwice":    {first: unit + "/close", typed: []string{"last", "2026-03-01"}, second: unit + "/close", mine: []string{"last", "2026-03-04"}, told: "01/03/2026"},
		"ReopenUnit":    {first: unit, typed: rename, second: unit + "/reopen", told: "Nguyễn Thị hoa: Sửa đơn vị", before: pressed(unit+"/close", "last", "2026-03-01")},
		"EditSector":    {first: "/staff/sectors/land", typed: rename, second: "/staff/sectors/land", mine: []string{"name.vi", "Đất"}, told: "Tên của người thứ nhất"},
		"EditPoint":     {first: point, typed: relabel, second: point, mine: []string{"label.vi", "Quầy khác"}, told: "Quầy của người thứ nhất"},
		"PointOff":      {first: point, typed: relabel, second: point + "/off", told: "Nguyễn Thị hoa: Sửa điểm"},
		"PointOn":       {first: point, typed: relabel, second: point + "/on", told: "Nguyễn Thị hoa: Sửa điểm", before: pressed(point + "/off")},
		"PointReplaced": {first: point, typed: relabel, second: point + "/replace", told: "Nguyễn Thị hoa: Sửa điểm"},
		"EditCampaign":  {first: campaign + "/edit", typed: retitle, second: campaign + "/edit", mine: []string{"title", "Đợt khác"}, told: "Đợt của người thứ nhất"},
		"CloseCampaign": {first: campaign + "/edit", typed: retitle, second: campaign + "/close", told: "Nguyễn Thị hoa: Sửa đợt"},
		"Withdraw": {
			first: campaign + "/withdraw", typed: []string{"reason", "Nhập trùng phiếu của một bản"}, second: campaign + "/withdraw", mine: []string{"reason", "Một lý do khác hẳn"},
			told: "Nguyễn Thị hoa: Công bố", before: published2026,
		},
		"Plan": {
			first: campaign + "/plan", typed: []string{"cell|motcua|", "1000"}, second: campaign + "/plan", mine: []string{"cell|motcua|", "2000"}, told: "1000",
		},
		"SlipRules": {first: "/staff/slips/rules", typed: []string{"days", "11"}, second: "/staff/slips/rules", mine: []string{"days", "12"}, told: "11", role: survey.Administrator},
		"Security":  {first: "/staff/security", typed: []string{"second_factor", "viewer"}, second: "/staff/security", mine: []string{"second_factor", "commune"}, role: survey.Administrator},
		"EditUser":  {first: "/staff/users/an", typed: []string{"name", "Tên thứ nhất"}, second: "/staff/users/an", mine: []string{"name", "Tên thứ hai"}, told: "Tên thứ nhất", role: survey.Administrator},
		"DiscardForm": {
			first: "/staff/questionnaires/quick/3/head", typed: []string{"title.vi", "Phiếu của người thứ nhất"}, second: "/staff/questionnaires/quick/3/discard",
			told: "Nguyễn Thị hoa: Sửa bản nháp", before: posted("/staff/questionnaires/quick/draft"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := servertest.NewStaffServer(t)
			role := tt.role
			if role == "" {
				role = survey.HomeAffairs
			}
			servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: role})
			servertest.AddUser(t, w.Server, "hoa", survey.Grant{Role: role})
			servertest.AddUser(t, w.Server, "an", survey.Grant{Role: survey.Viewer})
			lan, hoa := servertest.OpenSession(t, w.Server, "lan"), servertest.OpenSession(t, w.Server, "hoa")
			if tt.before != nil {
				tt.before(t, w, hoa)
			}
			const form = "main form[method=post]:has(button):not(.aside)"
			page := func(v *servertest.Client, path string) *goquery.Document {
				resp, body := v.Get(path)
				if resp.StatusCode != http.StatusOK {
					t.Fatalf("%s: %d", path, resp.StatusCode)
				}
				return servertest.Document(t, body)
			}
			seen := page(lan, tt.second)
			if resp, body := hoa.Post(tt.first, servertest.FilledForm(page(hoa, tt.first), form, tt.typed...)...); resp.StatusCode != http.StatusSeeOther {
				t.Fatalf("the first: %d %s", resp.StatusCode, servertest.Document(t, body).Find("main").Text())
			}
			if name == "Withdraw" { // and published anew, so that it can be withdrawn again
				if resp, _ := w.Step(t, hoa, campaign+"/publish"); resp.StatusCode != http.StatusSeeOther {
					t.Fatalf("published anew: %d", resp.StatusCode)
				}
			}
			stored := slices.Clone(servertest.StoredCatalog(t, w))
			resp, body := lan.Post(tt.second, servertest.FilledForm(seen, form, tt.mine...)...)
			doc := servertest.Document(t, body)
			if text := doc.Find(".conflict").Text(); resp.StatusCode != http.StatusConflict || !strings.Contains(text, tt.told) || text == "" {
				t.Fatalf("the second: %d, reads %q", resp.StatusCode, text)
			}
			if !slices.Equal(stored, servertest.StoredCatalog(t, w)) {
				t.Error("something was changed without the second one's choice")
			}
			if doc.Find(".conflict a.button").AttrOr("href", "") == "" {
				t.Error("there is no way to take what is stored")
			}
			for i := 0; i+1 < len(tt.mine); i += 2 {
				if again := servertest.FilledForm(doc, form); !slices.Contains(again, tt.mine[i+1]) {
					t.Errorf("what was typed into %s is lost: %q", tt.mine[i], again)
				}
			}
			if resp, body := lan.Post(tt.second, servertest.FilledForm(doc, form)...); resp.StatusCode != http.StatusSeeOther {
				t.Errorf("sent again: %d %s", resp.StatusCode, servertest.Document(t, body).Find("main").Text())
			}
		})
	}
}

// pressed fills in and sends the form of a page.
func pressed(path string, typed ...string) func(*testing.T, *servertest.StaffServer, *servertest.Client) {
	return func(t *testing.T, w *servertest.StaffServer, v *servertest.Client) {
		t.Helper()
		if resp, body := w.Step(t, v, path, typed...); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

// posted sends a form without fields.
func posted(path string) func(*testing.T, *servertest.StaffServer, *servertest.Client) {
	return func(t *testing.T, _ *servertest.StaffServer, v *servertest.Client) {
		t.Helper()
		if resp, body := v.Post(path); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

func published2026(t *testing.T, w *servertest.StaffServer, v *servertest.Client) {
	t.Helper()
	w.Time = w.Time.Add(time.Minute)
	for _, step := range []string{"/close", "/publish"} {
		pressed("/staff/campaigns/tthc-2026"+step)(t, w, v)
	}
}

// What the first one did leaves the second nothing to choose: they see how
// things stand.
func TestSecondOfTwoComesTooLate(t *testing.T) {
	t.Parallel()
	point := "/staff/points/" + string(servertest.Code(servertest.PointLand))
	for name, step := range map[string]string{"PointOff": point + "/off", "PointReplaced": point + "/replace", "CampaignClosed": "/staff/campaigns/tthc-2026/close"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := servertest.NewStaffServer(t)
			servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
			lan := servertest.SignIn(t, w.Server, "lan")
			_, body := lan.Get(step)
			seen := servertest.HiddenFields(servertest.Document(t, body), "main form")
			pressed(step)(t, w, lan)
			resp, _ := lan.Post(step, seen...)
			if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || !strings.Contains(to, "moved_on") {
				t.Errorf("%d to %q", resp.StatusCode, to)
			}
		})
	}
}
