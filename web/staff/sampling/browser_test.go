package sampling_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey/sampling"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// TestSampleInABrowser brings a list, draws, and marks a visit on a phone; every
// state on the way is held to axe-core and to the phone's width.
func TestSampleInABrowser(t *testing.T) {
	t.Parallel()
	s, lan, boa := newSampleServer(t)
	base := servertest.Serve(t, s)
	list, bad := filepath.Join(t.TempDir(), "ho.csv"), filepath.Join(t.TempDir(), "sai.csv")
	for file, content := range map[string]string{list: households(60), bad: "Đơn vị;Số hộ\nkhông có;nhiều\n"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx := webtest.Browser(t, webtest.Viewport(360, 740))
	look := func(state string) {
		t.Helper()
		webtest.Axe(t, ctx)
		if wide := webtest.Ask[int](t, ctx, "document.documentElement.scrollWidth"); wide > 360 {
			t.Errorf("%s is %d wide in a window of 360", state, wide)
		}
	}
	signIn := func(login string) {
		t.Helper()
		webtest.Steps(t, ctx, chromedp.Navigate(base+"/staff/login"), chromedp.SendKeys("#f-login", login),
			chromedp.SendKeys("#f-password", servertest.Password), webtest.Tap("main button"), chromedp.WaitVisible(".menu"))
	}
	signIn("lan")
	bring := func(file, shows string) {
		t.Helper()
		webtest.Steps(t, ctx, chromedp.Navigate(base+samplePathTest+"/draw"), chromedp.SetUploadFiles("#f-file", []string{file}),
			webtest.Tap("main form button"), chromedp.WaitVisible(shows))
	}
	bring(bad, ".errors li")
	look("a list with mistakes")
	bring(list, "form[action$=apply]")
	look("the preview")
	webtest.Steps(t, ctx, webtest.Tap("form[action$=apply] button"), chromedp.WaitVisible(".done"))
	if n := len(rowsIn(t, s)); n != 30 {
		t.Fatalf("%d rows drawn", n)
	}
	assign(t, lan)

	// The surveyor taps a household and what came of the visit.
	webtest.Steps(t, ctx, webtest.Tap(".me button"), chromedp.WaitVisible("#f-login"))
	signIn("boa")
	webtest.Steps(t, ctx, chromedp.Navigate(base+"/staff/visits"))
	look("the surveyor's list")
	webtest.Steps(t, ctx, webtest.Tap(".tasks a"), chromedp.WaitVisible(".outcomes"))
	for _, target := range webtest.Targets(t, ctx, ".outcomes button") {
		if target.Height < 44 || target.Width < 300 {
			t.Errorf("too small for a thumb: %s", target)
		}
	}
	webtest.Steps(t, ctx, webtest.Tap(".outcomes button[value=refused]"), chromedp.WaitVisible("form[action$=reserve]"))
	look("a reserve is offered")
	webtest.Steps(t, ctx, webtest.Tap("form[action$=reserve] button"), chromedp.WaitNotPresent("form[action$=reserve]"), chromedp.WaitVisible(".done"))
	if rows := rowsIn(t, s); rows[0].Outcome() != sampling.Refused || rows[20].For != 1 {
		t.Errorf("after two taps: %q, reserve for %d", rows[0].Outcome(), rows[20].For)
	}

	// A colleague was faster.
	webtest.Steps(t, ctx, chromedp.Navigate(base+rowPath(2)), chromedp.WaitVisible(".outcomes"))
	mark(t, s, boa, 2, sampling.Away)
	webtest.Steps(t, ctx, webtest.Tap(".outcomes button[value=moved]"), chromedp.WaitVisible(".conflict"))
	look("a conflict")
}
