package staff_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// The sign-in is done with the keyboard and without scripts, and so is a form
// with mistakes.
func TestStaffByKeyboard(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewShipped(t, servertest.PlainHTTP)
	base := servertest.Serve(t, s)
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	webtest.Steps(t, ctx, chromedp.Navigate(base+"/staff/login"))
	webtest.AssertFitsAPhone(t, ctx)
	// The login is where typing begins; the rest is done with Tab and Enter.
	webtest.Steps(t, ctx, chromedp.KeyEvent("boss\t"+servertest.Password+"\r"), chromedp.WaitVisible(".me"),
		chromedp.Navigate(base+"/staff/users/new"), chromedp.SendKeys("#f-name", "Lan"), chromedp.SendKeys("#f-login", "không được"),
		chromedp.Click("#f-role-commune"), chromedp.Submit("main form"), chromedp.WaitVisible(".error"))
	webtest.AssertFitsAPhone(t, ctx)
	webtest.Steps(t, ctx, chromedp.Navigate(base+"/staff/users?contrast=high&zoom=3"))
	webtest.AssertFitsAPhone(t, ctx)
	webtest.Steps(t, ctx, chromedp.Navigate(base+"/staff/no-such-page"), chromedp.WaitVisible(".me"))
	webtest.AssertFitsAPhone(t, ctx)
}

// The reminder that nothing follows a campaign fits a phone and can be used.
func TestReminderIsAccessible(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t, servertest.PlainHTTP)
	w.Time = servertest.Now.AddDate(0, 9, 0)
	servertest.AddUser(t, w.Server, "boss", survey.Grant{Role: survey.Administrator})
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	webtest.Steps(t, ctx, chromedp.Navigate(servertest.Serve(t, w.Server)+"/staff/login?next=/staff"),
		chromedp.KeyEvent("boss\t"+servertest.Password+"\r"), chromedp.WaitVisible(".ending button"))
	webtest.AssertFitsAPhone(t, ctx)
	webtest.Steps(t, ctx, webtest.Tap(".ending button"), chromedp.WaitVisible(".facts"))
}

// What comes back with mistakes is held to the same: the messages stand next to
// their fields, and the page begins at what is wrong.
func TestStaffMistakes(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewEditable(t, servertest.PlainHTTP)
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	v := servertest.SignIn(t, s, "boss")
	v.Post("/staff/questionnaires/tthc-quick/draft")
	base := servertest.Serve(t, s)
	for _, path := range []string{
		"/staff/account/password", "/staff/users/new", "/staff/tokens", "/staff/units/new", "/staff/units/merge", "/staff/schools/new",
		"/staff/schools/import", "/staff/sectors/new", "/staff/points/new", "/staff/questionnaires/new", "/staff/questionnaires/import",
		"/staff/questionnaires/tthc-quick/2/items/-", "/staff/questionnaires/tthc-quick/2/sections/-", "/staff/campaigns/new?family=tthc",
		"/staff/campaigns/tthc-2026/plan", "/staff/links",
	} {
		t.Run(strings.ReplaceAll(strings.TrimPrefix(path, "/staff/"), "/", "-"), func(t *testing.T) {
			ctx := webtest.Browser(t)
			webtest.Steps(t, ctx, webtest.SetCookie(base, v.Cookie), chromedp.Navigate(base+path))
			// Past the browser's own checks, as an old one would send it.
			webtest.Steps(t, ctx, chromedp.Evaluate[chromedp.Void]("document.querySelectorAll('main form[method=post] :is(input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea)').forEach(field => { if (field.type !== 'file') field.value = '' })"),
				chromedp.Submit("main form[method=post]"))
			webtest.WaitTrue(t, ctx, "document.querySelector('.error, .errors') !== null")
			webtest.AssertFitsAPhone(t, ctx)
			webtest.Pictures(t, ctx, "mistakes-"+strings.NewReplacer("/", "-", "?", "-").Replace(strings.TrimPrefix(path, "/staff/")))
		})
	}
}

// The page that asks for the password once more, what it says of a wrong one, and the
// account with what was changed of it, fit a phone and can be used without scripts.
func TestStepUpIsAccessible(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.PlainHTTP)
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator}, func(u *people.User) { u.TOTP = &people.TOTP{Secret: "JBSWY3DPEHPK3PXP"} })
	v := leftOpen(t, s, "boss")
	base := servertest.Serve(t, s)
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	webtest.Steps(t, ctx, webtest.SetCookie(base, strings.TrimPrefix(v.Cookie, "__Host-")), chromedp.Navigate(base+"/staff/account/second-factor/off"), chromedp.WaitVisible("#f-confirm_password"))
	webtest.AssertFitsAPhone(t, ctx)
	webtest.Pictures(t, ctx, "step-up")
	webtest.Steps(t, ctx, chromedp.SendKeys("#f-confirm_password", "wrong password"), chromedp.Submit("main form"), chromedp.WaitVisible(".error"))
	webtest.AssertFitsAPhone(t, ctx)
	webtest.Steps(t, ctx, chromedp.SendKeys("#f-confirm_password", servertest.Password), chromedp.Submit("main form"), chromedp.WaitVisible("main .danger"),
		chromedp.Click("main .danger"), chromedp.WaitVisible(".notices"))
	webtest.AssertFitsAPhone(t, ctx)
	webtest.Pictures(t, ctx, "account-notices")
}
