package web

import (
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/web/webtest"
)

// TestStaffPagesAreAccessible signs in with the keyboard and has axe-core look
// at each page of one's own, of people, of tokens and of the log, and at a form
// with mistakes.
func TestStaffPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s, _ := newPlantedServer(t, plainHTTP)
	base := serve(t, s)
	hire(t, s, "boss", survey.Grant{Role: survey.Administrator})
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer}, func(u *survey.User) { u.Disabled = true })
	if _, err := s.accounts.IssueToken(t.Context(), survey.Actor{}, "Cổng", survey.Grant{Role: survey.Viewer}, ""); err != nil {
		t.Fatal(err)
	}
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	look := func(path string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, append([]chromedp.Action[chromedp.Void]{chromedp.Navigate(base + path)}, steps...)...); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		webtest.Axe(t, ctx)
		if wide, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth")); err != nil || wide {
			t.Errorf("%s is wider than a phone (%v)", path, err)
		}
	}
	look("/staff/login")
	// The login is where typing begins; the rest is done with Tab and Enter.
	look("/staff/users", chromedp.KeyEvent("boss\t"+testPassword+"\r"), chromedp.WaitVisible(".me"))
	for _, path := range []string{
		"/staff?lang=en", "/staff/account", "/staff/account/password", "/staff/account/second-factor", "/staff/users/new",
		"/staff/users/lan", "/staff/users/lan/enable", "/staff/tokens", "/staff/security", "/staff/audit", "/staff/users?contrast=high&zoom=3",
	} {
		look(path)
	}
	look("/staff/users/new", chromedp.SendKeys("#f-name", "Lan"), chromedp.SendKeys("#f-login", "không được"),
		chromedp.Click("#f-role-commune"), chromedp.Submit("main form"), chromedp.WaitVisible(".error"))
	for _, target := range webtest.Targets(t, ctx, "main a, main button, main input:not([type=hidden]), .menu a, .menu button") {
		if target.Height < 24 || target.Width < 24 {
			t.Errorf("too small to tap: %s", target)
		}
	}
}
