package web

import (
	"context"
	"flag"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/people"
	"hailong/web/staff"
	"hailong/web/webtest"
)

var pictures = flag.String("pictures", "", "a directory to write pictures of the staff pages to")

// TestStaffPages opens every page of the route table on a phone, as the
// administrator sees it, in both languages, light and dark: nothing for
// axe-core, nothing to scroll sideways, everything large enough to tap.
func TestStaffPages(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	v := w.visitor(t, survey.Grant{Role: survey.Administrator})
	hire(t, w.Server, "careful", survey.Grant{Role: survey.Administrator}, func(u *people.User) { u.TOTP = &people.TOTP{} })
	careful := w.session(t, "careful")
	surveyor := w.visitor(t, survey.Grant{Role: survey.Surveyor, Scope: scopeInside})
	answerTimes(t, w.Server, 12, "4")
	plan := campaigns.Plan{ID: "tthc-2026", Basis: campaigns.Transactions, Cells: []campaigns.PlanCell{{Unit: "motcua", Population: 1000}}}
	plan.Size = campaigns.PlanSize{Formula: campaigns.Slovin, Level: campaigns.EachUnit, Margin: .05, Confidence: .95}
	if err := w.services.Campaigns.SavePlan(t.Context(), survey.Actor{}, 0, plan); err != nil {
		t.Fatal(err)
	}
	base := serve(t, w.Server)
	for _, route := range w.Server.staffRoutes() {
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
		resp, _ := v.get(target)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d: put what it shows into newStaffWorld", target, resp.StatusCode)
			continue
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			continue
		}
		t.Run(strings.ReplaceAll(strings.TrimPrefix(target, "/"), "/", "-"), func(t *testing.T) {
			ctx := webtest.Browser(t)
			steps(t, ctx, signIn(base, v))
			for look, lang := range map[string]survey.Lang{"light": survey.Vietnamese, "dark": "en"} {
				steps(t, ctx, theme(look), chromedp.Navigate(base+inLanguage(target, lang)))
				fitsAPhone(t, ctx)
				if *pictures != "" {
					name := strings.ReplaceAll(strings.Trim(staff.StaffPrefix+route.Path, "/"), "/", "-") + "." + look
					webtest.Screenshot(t, ctx, filepath.Join(*pictures, name+".360.png"), 360)
					webtest.Screenshot(t, ctx, filepath.Join(*pictures, name+".1440.png"), 1440)
				}
			}
		})
	}
}

// signIn gives a browser the session of a visitor.
func signIn(base string, v *visitor) chromedp.Action[chromedp.Void] {
	name, value, _ := strings.Cut(v.cookie, "=")
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, cdpnetwork.SetCookie, cdpnetwork.SetCookieParams{Name: name, Value: value, URL: base})
		return chromedp.Void{}, err
	}
}

// fitsAPhone holds a page of staff to what everybody can read and press.
func fitsAPhone(t *testing.T, ctx context.Context) {
	t.Helper()
	webtest.Axe(t, ctx)
	// The window widens for what overflows it, hence the width that was asked for.
	if wide := ask[int](t, ctx, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("%d wide in a window of 360", wide)
	}
	// Links within a sentence or a cell are as high as their line.
	for _, target := range webtest.Targets(t, ctx, "main button:not([tabindex='-1']), main .button, main input:not([type=hidden]), main select, main textarea, main summary, .menu a, .menu button, .tools a, .brand, .to-menu") {
		if target.Width < 44 || target.Height < 44 {
			t.Errorf("too small to tap: %s", target)
		}
	}
}

// The sign-in is done with the keyboard and without scripts, and so is a form
// with mistakes.
func TestStaffByKeyboard(t *testing.T) {
	t.Parallel()
	s, _ := newPlantedServer(t, plainHTTP)
	base := serve(t, s)
	hire(t, s, "boss", survey.Grant{Role: survey.Administrator})
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	steps(t, ctx, chromedp.Navigate(base+"/staff/login"))
	fitsAPhone(t, ctx)
	// The login is where typing begins; the rest is done with Tab and Enter.
	steps(t, ctx, chromedp.KeyEvent("boss\t"+testPassword+"\r"), chromedp.WaitVisible(".me"),
		chromedp.Navigate(base+"/staff/users/new"), chromedp.SendKeys("#f-name", "Lan"), chromedp.SendKeys("#f-login", "không được"),
		chromedp.Click("#f-role-commune"), chromedp.Submit("main form"), chromedp.WaitVisible(".error"))
	fitsAPhone(t, ctx)
	steps(t, ctx, chromedp.Navigate(base+"/staff/users?contrast=high&zoom=3"))
	fitsAPhone(t, ctx)
	steps(t, ctx, chromedp.Navigate(base+"/staff/no-such-page"), chromedp.WaitVisible(".me"))
	fitsAPhone(t, ctx)
}

// The reminder that nothing follows a campaign fits a phone and can be used.
func TestReminderIsAccessible(t *testing.T) {
	t.Parallel()
	w := newLiving(t, plainHTTP)
	w.now = testNow.AddDate(0, 9, 0)
	hire(t, w.Server, "boss", survey.Grant{Role: survey.Administrator})
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	steps(t, ctx, chromedp.Navigate(serve(t, w.Server)+"/staff/login?next=/staff"),
		chromedp.KeyEvent("boss\t"+testPassword+"\r"), chromedp.WaitVisible(".ending button"))
	fitsAPhone(t, ctx)
	steps(t, ctx, tap(".ending button"), chromedp.WaitVisible(".facts"))
}

// What comes back with mistakes is held to the same: the messages stand next to
// their fields, and the page begins at what is wrong.
func TestStaffMistakes(t *testing.T) {
	t.Parallel()
	s, _ := newEditableServer(t, plainHTTP)
	hire(t, s, "boss", survey.Grant{Role: survey.Administrator})
	v := visit(t, s, "boss")
	v.post("/staff/questionnaires/tthc-quick/draft")
	base := serve(t, s)
	for _, path := range []string{
		"/staff/account/password", "/staff/users/new", "/staff/tokens", "/staff/units/new", "/staff/units/merge", "/staff/schools/new",
		"/staff/schools/import", "/staff/sectors/new", "/staff/points/new", "/staff/questionnaires/new", "/staff/questionnaires/import",
		"/staff/questionnaires/tthc-quick/2/items/-", "/staff/questionnaires/tthc-quick/2/sections/-", "/staff/campaigns/new?family=tthc",
		"/staff/campaigns/tthc-2026/plan", "/staff/links",
	} {
		t.Run(strings.ReplaceAll(strings.TrimPrefix(path, "/staff/"), "/", "-"), func(t *testing.T) {
			ctx := webtest.Browser(t)
			steps(t, ctx, signIn(base, v), chromedp.Navigate(base+path))
			// Past the browser's own checks, as an old one would send it.
			steps(t, ctx, chromedp.Evaluate[chromedp.Void]("document.querySelectorAll('main form[method=post] :is(input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea)').forEach(field => { if (field.type !== 'file') field.value = '' })"),
				chromedp.Submit("main form[method=post]"))
			comesTrue(t, ctx, "document.querySelector('.error, .errors') !== null")
			fitsAPhone(t, ctx)
			if *pictures != "" {
				name := "mistakes-" + strings.NewReplacer("/", "-", "?", "-").Replace(strings.TrimPrefix(path, "/staff/"))
				webtest.Screenshot(t, ctx, filepath.Join(*pictures, name+".360.png"), 360)
				webtest.Screenshot(t, ctx, filepath.Join(*pictures, name+".1440.png"), 1440)
			}
		})
	}
}
