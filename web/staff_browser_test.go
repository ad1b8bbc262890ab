package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/people"
	"hailong/web/servertest"
	"hailong/web/staff"
	"hailong/web/webtest"
)

// TestStaffPages opens every page of the route table on a phone, as the
// administrator sees it, in both languages, light and dark: nothing for
// axe-core, nothing to scroll sideways, everything large enough to tap.
func TestStaffPages(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t)
	v := w.client(t, survey.Grant{Role: survey.Administrator})
	servertest.AddUser(t, w.Server, "careful", survey.Grant{Role: survey.Administrator}, func(u *people.User) { u.TOTP = &people.TOTP{} })
	careful := w.session(t, "careful")
	surveyor := w.client(t, survey.Grant{Role: survey.Surveyor, Scope: scopeInside})
	servertest.SubmitOverall(t, w.Server, 12, "4")
	plan := campaigns.Plan{ID: "tthc-2026", Basis: campaigns.Transactions, Cells: []campaigns.PlanCell{{Unit: "motcua", Population: 1000}}}
	plan.Size = campaigns.PlanSize{Formula: campaigns.Slovin, Level: campaigns.EachUnit, Margin: .05, Confidence: .95}
	if err := w.Campaigns.SavePlan(t.Context(), survey.Actor{}, 0, plan); err != nil {
		t.Fatal(err)
	}
	base := servertest.Serve(t, w.Server)
	for _, route := range w.Server.StaffRoutes() {
		if !staff.Safe(route.Method) {
			continue
		}
		target, v := w.target(t, route.Path), v
		if strings.HasSuffix(route.Path, "/second-factor/off") {
			v = careful
		}
		if owned(route.Path) {
			v = surveyor
		}
		resp, _ := v.Get(target)
		if resp.StatusCode == http.StatusMovedPermanently { // an address of older versions
			continue
		}
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d: put what it shows into newStaffSite", target, resp.StatusCode)
			continue
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			continue
		}
		t.Run(strings.ReplaceAll(strings.TrimPrefix(target, "/"), "/", "-"), func(t *testing.T) {
			t.Parallel()
			ctx := webtest.Browser(t)
			webtest.Steps(t, ctx, webtest.SetCookie(base, v.Cookie))
			for look, lang := range map[string]survey.Lang{"light": survey.Vietnamese, "dark": "en"} {
				webtest.Steps(t, ctx, webtest.Theme(look), chromedp.Navigate(base+inLanguage(target, lang)))
				webtest.AssertFitsAPhone(t, ctx)
				name := strings.ReplaceAll(strings.Trim(staff.StaffPrefix+route.Path, "/"), "/", "-") + "." + look
				webtest.Pictures(t, ctx, name)
			}
		})
	}
}
