package public_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// checkTakenBack holds that of all responses one was taken back, with nothing left of it.
func checkTakenBack(t *testing.T, s *servertest.Server, all int) {
	t.Helper()
	var gone []survey.ResponseID
	stored := servertest.Stored(t, s)
	for _, r := range stored {
		if r.TakenBack {
			gone = append(gone, r.ID)
		}
		if r.TakenBack == (len(r.Answers) > 0) {
			t.Errorf("stored %+v", r)
		}
	}
	if len(stored) != all || len(gone) != 1 {
		t.Errorf("%d responses, of which %v are taken back, want %d and one", len(stored), gone, all)
	}
}

// What was answered without a network and sent when it came back is taken back by the
// code on its receipt.
func TestTakeBackOfWhatWasAnsweredOffline(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.SubmitOverall(t, s, 1, "5") // of somebody else
	ctx := webtest.Browser(t)
	base := servertest.Serve(t, s)
	address := base + servertest.FormPath(servertest.PointLand)
	webtest.Steps(t, ctx, chromedp.Navigate(address))
	waitUntilKept(t, ctx)

	webtest.Offline(t, ctx, true)
	webtest.Steps(t, ctx, chromedp.Navigate(address), webtest.Tap(faceBad), webtest.Tap(sendButton), chromedp.WaitVisible("#note"))
	webtest.Offline(t, ctx, false)
	webtest.Steps(t, ctx, chromedp.WaitVisible(onReceipt))
	code := webtest.Ask[string](t, ctx, "document.querySelector('.receipt code').textContent")
	if plain := strings.ReplaceAll(code, "-", ""); len(plain) != 13 {
		t.Fatalf("the receipt shows %q", code)
	}
	webtest.Steps(t, ctx, chromedp.Navigate(base+"/y"), chromedp.SendKeys("#code", strings.ToLower(code)), webtest.Tap("main form button"),
		chromedp.WaitVisible("main form p button"), webtest.Tap("main form p button"), chromedp.WaitVisible(".thanks"))
	if words := webtest.Ask[string](t, ctx, "document.querySelector('h1').textContent"); words != "Đã rút phiếu" {
		t.Errorf("the page says %q", words)
	}
	checkTakenBack(t, s, 2)
}

// waitUntilKept waits until the device has the page that is shown.
func waitUntilKept(t *testing.T, ctx context.Context) {
	t.Helper()
	webtest.Ask[bool](t, ctx, `new Promise(done => { (function look() { caches.match(location.href, {ignoreVary: true}).then(hit => hit ? done(true) : setTimeout(look, 20)); })(); })`)
}
