package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/web/public"
	"hailong/web/webtest"
)

func kioskPath(p survey.PointCode) string { return "/k/" + string(code(p)) }

// Without a script a press on a face is all of it: stored, thanked for, and
// back to the question.
func TestKioskWithoutScript(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	resp, body := get(t, s, kioskPath(pointOpen))
	doc := document(t, body)
	if resp.StatusCode != http.StatusOK || doc.Find(".press button[name='a.overall']").Length() != 5 {
		t.Fatalf("%d, %d faces", resp.StatusCode, doc.Find(".press button").Length())
	}
	doc.Find("a[href], form").Each(func(_ int, e *goquery.Selection) {
		if to := e.AttrOr("href", e.AttrOr("action", "")); !strings.HasPrefix(to, "/k/") {
			t.Errorf("a way out to %q", to)
		}
	})
	id := doc.Find("[name=id]").AttrOr("value", "")
	for range 2 { // a double press
		resp, _ = do(t, s, formRequest(kioskPath(pointOpen), "id", id, "form", "quick@2", "lang", "vi", "a.overall", "2"))
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != kioskPath(pointOpen)+"/thanks" {
			t.Fatalf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	all := stored(t, s)
	if len(all) != 1 || all[0].Channel != survey.ChannelKiosk || all[0].Sector != "" || len(all[0].Answers) != 1 {
		t.Errorf("stored %+v", all)
	}
	_, body = get(t, s, kioskPath(pointOpen)+"/thanks")
	if refresh := document(t, body).Find("meta[http-equiv=refresh]").AttrOr("content", ""); refresh != "4;url="+kioskPath(pointOpen) {
		t.Errorf("thanks lead to %q", refresh)
	}
}

// Only what is missing is forgiven; what is wrong is not.
func TestKioskRefuses(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	for name, pairs := range map[string][]string{
		"Nothing": {"id", testID}, "WrongCode": {"id", testID, "a.overall", "9"}, "NoID": {"a.overall", "5"},
	} {
		if resp, _ := do(t, s, formRequest(kioskPath(pointOpen), pairs...)); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	// The citizen's own form still wants what is required.
	if resp, _ := send(t, s, pointOpen, "id", testID, "a.overall", "5"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the form without its sector: %d", resp.StatusCode)
	}
	if resp, body := get(t, s, kioskPath(pointClosed)); resp.StatusCode != http.StatusGone || document(t, body).Find("main a").Length() != 0 {
		t.Errorf("closed: %d", resp.StatusCode)
	}
	if n := len(stored(t, s)); n != 0 {
		t.Errorf("%d stored", n)
	}
}

const (
	pressBad   = ".press button[value='1']"
	pressGood  = ".press button[value='5']"
	queueEmpty = "new Promise(done => { (function look() { localStorage.length ? setTimeout(look, 20) : done(true); })(); })"
)

// newKiosk is a kiosk that paces itself as told, and its address.
func newKiosk(t *testing.T, times public.KioskTimes) (*Server, string) {
	t.Helper()
	s := newTestServer(t, func(c *Config) { c.Kiosk = times })
	return s, serve(t, s) + kioskPath(pointLand)
}

func TestKioskAsksFollowsAndThanks(t *testing.T) {
	t.Parallel()
	s, address := newKiosk(t, public.KioskTimes{Idle: time.Hour, Thanks: time.Hour})
	ctx := webtest.Browser(t)
	steps(t, ctx, chromedp.Navigate(address), chromedp.WaitNotVisible("#more"),
		tap(pressBad), chromedp.WaitVisible("#more"), chromedp.WaitNotVisible("#ask"))
	if ask[int](t, ctx, "document.querySelectorAll('#more fieldset:not([hidden])').length") != 1 {
		t.Error("more or less than one question follows a bad answer")
	}
	steps(t, ctx, tap("label[for=a-bad-1]"), tap("#done"), chromedp.WaitVisible("#thanks"))
	ask[bool](t, ctx, queueEmpty)
	r := stored(t, s)[0]
	if r.Channel != survey.ChannelKiosk || len(r.Answers) != 2 || r.Sector != "land" {
		t.Errorf("stored %+v", r)
	}
	if got := ask[string](t, ctx, "document.cookie + location.pathname"); got != kioskPath(pointLand) {
		t.Errorf("left for %q, or a cookie", got)
	}
}

// Nobody touches it any more: what was given is sent, and the question comes
// back for the next person with nothing of the last one.
func TestKioskIdle(t *testing.T) {
	t.Parallel()
	s, address := newKiosk(t, public.KioskTimes{Idle: 3 * time.Second, Thanks: 100 * time.Millisecond})
	ctx := webtest.Browser(t)
	// Pressed and ticked in one go: between two commands to the browser a busy
	// machine may let the idle time pass.
	const pressAndTick = "document.querySelector(\"" + pressBad + "\").click(); document.getElementById('a-bad-2').click()"
	steps(t, ctx, chromedp.Navigate(address), chromedp.Evaluate[chromedp.Void](pressAndTick),
		chromedp.WaitNotVisible("#more"), chromedp.WaitVisible("#ask"))
	ask[bool](t, ctx, queueEmpty)
	if all := stored(t, s); len(all) != 1 || len(all[0].Answers) != 2 {
		t.Errorf("stored %+v", all)
	}
	if ask[bool](t, ctx, "document.getElementById('a-bad-2').checked") {
		t.Error("the next person sees what the last one ticked")
	}
}

// Pressing again and again is one opinion.
func TestKioskRepeatedPresses(t *testing.T) {
	t.Parallel()
	s, address := newKiosk(t, public.KioskTimes{Idle: time.Hour, Thanks: 50 * time.Millisecond, Pause: time.Hour})
	ctx := webtest.Browser(t)
	const hammer = "for (let i = 0; i < 20; i++) document.querySelector(\"" + pressGood + "\").click()"
	steps(t, ctx, chromedp.Navigate(address), chromedp.Evaluate[chromedp.Void](hammer),
		chromedp.WaitVisible("#ask"), chromedp.Evaluate[chromedp.Void](hammer))
	ask[bool](t, ctx, queueEmpty)
	if n := len(stored(t, s)); n != 1 {
		t.Errorf("%d responses", n)
	}
	if !ask[bool](t, ctx, "document.getElementById('thanks').hidden") {
		t.Error("a press within the pause was taken")
	}
}

func TestKioskOfflineCatchesUp(t *testing.T) {
	t.Parallel()
	s, address := newKiosk(t, public.KioskTimes{Idle: time.Hour, Thanks: 50 * time.Millisecond})
	ctx := webtest.Browser(t)
	const kept = `new Promise(done => { (function look() { caches.match(location.href, {ignoreVary: true}).then(hit => hit ? done(true) : setTimeout(look, 20)); })(); })`
	steps(t, ctx, chromedp.Navigate(address))
	ask[bool](t, ctx, kept)
	webtest.Offline(t, ctx, true)
	for range 3 {
		steps(t, ctx, chromedp.WaitVisible("#ask"), tap(pressGood))
	}
	const waiting = `new Promise(done => { (function look() { document.getElementById('pending').textContent.startsWith('3 ') ? done(true) : setTimeout(look, 20); })(); })`
	ask[bool](t, ctx, waiting)
	if n := len(stored(t, s)); n != 0 {
		t.Errorf("%d stored while offline", n)
	}
	// It even opens again. What is stored is not looked at until the network is
	// back: a worker that starts while offline is emulated is not cut off.
	steps(t, ctx, chromedp.Navigate(address), chromedp.WaitVisible("#ask"))
	webtest.Offline(t, ctx, false)
	ask[bool](t, ctx, queueEmpty)
	if n := len(stored(t, s)); n != 3 {
		t.Errorf("%d responses, want 3", n)
	}
}

// Read from a metre away: nothing to scroll, everything large, no fault that
// axe-core finds, upright and across, light and dark.
func TestKioskScreens(t *testing.T) {
	t.Parallel()
	_, address := newKiosk(t, public.KioskTimes{Idle: time.Hour, Thanks: time.Hour})
	for name, size := range map[string][2]int64{"Landscape": {1280, 800}, "Portrait": {800, 1280}, "Small": {360, 740}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := webtest.Browser(t, webtest.Viewport(size[0], size[1]))
			for _, look := range []string{"light", "dark"} {
				steps(t, ctx, theme(look), chromedp.Navigate(address+"?lang=en"), chromedp.WaitVisible("#ask"))
				if high := ask[int](t, ctx, "document.documentElement.scrollHeight"); high > int(size[1]) {
					t.Errorf("%d high in a window of %d", high, size[1])
				}
				for _, target := range webtest.Targets(t, ctx, ".press button") {
					if target.Width < 88 || target.Height < 88 {
						t.Errorf("too small for a finger in a hurry: %s", target)
					}
				}
				webtest.Axe(t, ctx)
				steps(t, ctx, tap(pressBad), chromedp.WaitVisible("#more"))
				webtest.Axe(t, ctx)
				steps(t, ctx, tap("#done"), chromedp.WaitVisible("#thanks"))
				webtest.Axe(t, ctx)
			}
		})
	}
}
