package web

import (
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/web/webtest"
)

// The pages of running a survey have no fault that axe-core finds, and nothing
// to scroll sideways on a phone.
func TestCampaignPagesAccessible(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "admin", survey.Grant{Role: survey.Administrator})
	v := visit(t, s, "admin")
	v.post("/staff/campaigns/tthc-2026/plan", append(planPairs, "cell|motcua|", "1000", "rev", "0")...)
	answerTimes(t, s, 20, "4")
	base := serve(t, s)
	ctx := webtest.Browser(t, webtest.Viewport(360, 740))
	steps(t, ctx, chromedp.Navigate(base+"/staff/login"), chromedp.SendKeys("#f-login", "admin"),
		chromedp.SendKeys("#f-password", testPassword), tap("main button"), chromedp.WaitVisible(".menu"))
	for _, path := range []string{
		"/staff/campaigns", "/staff/campaigns/tthc-2026", "/staff/campaigns/new", "/staff/campaigns/new?family=tthc",
		"/staff/campaigns/tthc-2026/edit", "/staff/campaigns/tthc-2026/close", "/staff/campaigns/tthc-2026/plan",
		"/staff/campaigns/tthc-2026/progress", "/staff/links", "/staff/links/rules", "/staff/help", "/staff/help/surveyor",
	} {
		steps(t, ctx, chromedp.Navigate(base+path+"#"))
		webtest.Axe(t, ctx)
		if wide := ask[int](t, ctx, "document.documentElement.scrollWidth"); wide > 360 {
			t.Errorf("%s is %d wide in a window of 360", path, wide)
		}
	}
}
