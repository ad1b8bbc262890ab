package public_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web"
	"hailong/web/page"
	"hailong/web/public"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// Without a script a press on a face is all of it: stored, thanked for, and
// back to the question.
func TestKioskWithoutScript(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	resp, body := servertest.Get(t, s, servertest.KioskPath(servertest.PointOpen))
	doc := servertest.Document(t, body)
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
		resp, _ = servertest.Do(t, s, servertest.FormRequest(servertest.KioskPath(servertest.PointOpen), "id", id, "form", "quick@2", "lang", "vi", "a.overall", "2"))
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != servertest.KioskPath(servertest.PointOpen)+"/thanks" {
			t.Fatalf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	all := servertest.Stored(t, s)
	if len(all) != 1 || all[0].Channel != survey.ChannelQR || all[0].Sector != "" || len(all[0].Answers) != 1 {
		t.Errorf("stored %+v", all)
	}
	_, body = servertest.Get(t, s, servertest.KioskPath(servertest.PointOpen)+"/thanks")
	if refresh := servertest.Document(t, body).Find("meta[http-equiv=refresh]").AttrOr("content", ""); refresh != "4;url="+servertest.KioskPath(servertest.PointOpen) {
		t.Errorf("thanks lead to %q", refresh)
	}
}

// Only what is missing is forgiven; what is wrong is not.
func TestKioskRefuses(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for name, pairs := range map[string][]string{
		"Nothing": {"id", servertest.ResponseID}, "WrongCode": {"id", servertest.ResponseID, "a.overall", "9"}, "NoID": {"a.overall", "5"},
	} {
		if resp, _ := servertest.Do(t, s, servertest.FormRequest(servertest.KioskPath(servertest.PointOpen), pairs...)); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	// The citizen's own form still wants what is required.
	if resp, _ := servertest.SendForm(t, s, servertest.PointOpen, "id", servertest.ResponseID, "a.overall", "5"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the form without its sector: %d", resp.StatusCode)
	}
	if resp, body := servertest.Get(t, s, servertest.KioskPath(servertest.PointClosed)); resp.StatusCode != http.StatusGone || servertest.Document(t, body).Find("main a").Length() != 0 {
		t.Errorf("closed: %d", resp.StatusCode)
	}
	if n := len(servertest.Stored(t, s)); n != 0 {
		t.Errorf("%d stored", n)
	}
}

const (
	pressBad   = ".press button[value='1']"
	pressGood  = ".press button[value='5']"
	queueEmpty = "new Promise(done => { (function look() { localStorage.length ? setTimeout(look, 20) : done(true); })(); })"
)

// newKiosk is a kiosk that paces itself as told, and its address.
func newKiosk(t *testing.T, times public.KioskTimes) (*servertest.Server, string) {
	t.Helper()
	s := servertest.New(t, servertest.PlainHTTP, func(c *web.Config) { c.Kiosk = times })
	return s, servertest.Serve(t, s) + servertest.KioskPath(servertest.PointLand)
}

// enrol opens the link that staff made on the device, which leads to what the
// device is for.
func enrol(t *testing.T, ctx context.Context, s *servertest.Server, base string, kind proof.DeviceKind) {
	t.Helper()
	_, secret, err := s.Proofs.Invite(t.Context(), survey.Actor{Login: "lan"}, servertest.Code(servertest.PointLand), kind, "Máy tính bảng quầy 1")
	if err != nil {
		t.Fatal(err)
	}
	webtest.Steps(t, ctx, chromedp.Navigate(base+page.EnrolPath(secret)), webtest.Tap("main form button"), chromedp.WaitVisible("#ask, #code"))
	webtest.Until(t, ctx, "document.readyState === 'complete'") // else a press sends the form without the script
}

func TestKioskAsksFollowsAndThanks(t *testing.T) {
	t.Parallel()
	s, address := newKiosk(t, public.KioskTimes{Idle: time.Hour, Thanks: time.Hour})
	ctx := webtest.Browser(t)
	enrol(t, ctx, s, strings.TrimSuffix(address, servertest.KioskPath(servertest.PointLand)), proof.Kiosk)
	webtest.Steps(t, ctx, chromedp.WaitNotVisible("#more"),
		webtest.Tap(pressBad), chromedp.WaitVisible("#more"), chromedp.WaitNotVisible("#ask"))
	if webtest.Ask[int](t, ctx, "document.querySelectorAll('#more fieldset:not([hidden])').length") != 1 {
		t.Error("more or less than one question follows a bad answer")
	}
	webtest.Steps(t, ctx, webtest.Tap("label[for=a-bad-1]"), webtest.Tap("#done"), chromedp.WaitVisible("#thanks"))
	webtest.Ask[bool](t, ctx, queueEmpty)
	r := servertest.Stored(t, s)[0]
	if r.Channel != survey.ChannelKiosk || r.Proof != survey.VerifiedDevice || len(r.Answers) != 2 || r.Sector != "land" {
		t.Errorf("stored %+v", r)
	}
	if got := webtest.Ask[string](t, ctx, "document.cookie + location.pathname"); got != servertest.KioskPath(servertest.PointLand) {
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
	webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.Evaluate[chromedp.Void](pressAndTick),
		chromedp.WaitNotVisible("#more"), chromedp.WaitVisible("#ask"))
	webtest.Ask[bool](t, ctx, queueEmpty)
	if all := servertest.Stored(t, s); len(all) != 1 || len(all[0].Answers) != 2 {
		t.Errorf("stored %+v", all)
	}
	if webtest.Ask[bool](t, ctx, "document.getElementById('a-bad-2').checked") {
		t.Error("the next person sees what the last one ticked")
	}
}

// Pressing again and again is one opinion.
func TestKioskRepeatedPresses(t *testing.T) {
	t.Parallel()
	s, address := newKiosk(t, public.KioskTimes{Idle: time.Hour, Thanks: 50 * time.Millisecond, Pause: time.Hour})
	ctx := webtest.Browser(t)
	const hammer = "for (let i = 0; i < 20; i++) document.querySelector(\"" + pressGood + "\").click()"
	webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.Evaluate[chromedp.Void](hammer),
		chromedp.WaitVisible("#ask"), chromedp.Evaluate[chromedp.Void](hammer))
	webtest.Ask[bool](t, ctx, queueEmpty)
	if n := len(servertest.Stored(t, s)); n != 1 {
		t.Errorf("%d responses", n)
	}
	if !webtest.Ask[bool](t, ctx, "document.getElementById('thanks').hidden") {
		t.Error("a press within the pause was taken")
	}
}

func TestKioskOfflineCatchesUp(t *testing.T) {
	t.Parallel()
	s, address := newKiosk(t, public.KioskTimes{Idle: time.Hour, Thanks: 50 * time.Millisecond})
	ctx := webtest.Browser(t)
	const kept = `new Promise(done => { (function look() { caches.match(location.href, {ignoreVary: true}).then(hit => hit ? done(true) : setTimeout(look, 20)); })(); })`
	enrol(t, ctx, s, strings.TrimSuffix(address, servertest.KioskPath(servertest.PointLand)), proof.Kiosk)
	webtest.Ask[bool](t, ctx, kept)
	webtest.Offline(t, ctx, true)
	for range 3 {
		webtest.Steps(t, ctx, chromedp.WaitVisible("#ask"), webtest.Tap(pressGood))
	}
	const waiting = `new Promise(done => { (function look() { document.getElementById('pending').textContent.startsWith('3 ') ? done(true) : setTimeout(look, 20); })(); })`
	webtest.Ask[bool](t, ctx, waiting)
	if n := len(servertest.Stored(t, s)); n != 0 {
		t.Errorf("%d stored while offline", n)
	}
	// It even opens again. What is stored is not looked at until the network is
	// back: a worker that starts while offline is emulated is not cut off.
	webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.WaitVisible("#ask"))
	webtest.Offline(t, ctx, false)
	webtest.Ask[bool](t, ctx, queueEmpty)
	all := servertest.Stored(t, s)
	if len(all) != 3 {
		t.Errorf("%d responses, want 3", len(all))
	}
	for _, r := range all {
		if r.Proof != survey.VerifiedDevice || r.Channel != survey.ChannelKiosk {
			t.Errorf("what waited for the network is verified by %q, of channel %q", r.Proof, r.Channel)
		}
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
				webtest.Steps(t, ctx, webtest.Theme(look), chromedp.Navigate(address+"?lang=en"), chromedp.WaitVisible("#ask"))
				if high := webtest.Ask[int](t, ctx, "document.documentElement.scrollHeight"); high > int(size[1]) {
					t.Errorf("%d high in a window of %d", high, size[1])
				}
				for _, target := range webtest.Targets(t, ctx, ".press button") {
					if target.Width < 88 || target.Height < 88 {
						t.Errorf("too small for a finger in a hurry: %s", target)
					}
				}
				webtest.Axe(t, ctx)
				webtest.Steps(t, ctx, webtest.Tap(pressBad), chromedp.WaitVisible("#more"))
				webtest.Axe(t, ctx)
				webtest.Steps(t, ctx, webtest.Tap("#done"), chromedp.WaitVisible("#thanks"))
				webtest.Axe(t, ctx)
			}
		})
	}
}
