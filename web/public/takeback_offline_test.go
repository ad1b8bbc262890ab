package public_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// A page that a telephone kept is answered twice without a network: each response has
// a code of its own, which is the same however often it is sent, and takes back that
// response alone.
func TestTakeBackOfKeptPages(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	path := servertest.FormPath(servertest.PointLand)
	kept := openForm(t, s, path)
	send := func(id string) (location, code string) {
		t.Helper()
		resp, body := servertest.Do(t, s, servertest.FormRequest(path, append(replaced(kept, "id", id), "a.overall", "4", "day", "2026-03-04")...))
		if resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d: %s", resp.StatusCode, body)
		}
		for _, c := range resp.Cookies() {
			if c.Name == "receipt" {
				code = c.Value
			}
		}
		return resp.Header.Get("Location"), code
	}
	first, second := newID(t), newID(t)
	place, code := send(first)
	_, other := send(second)
	if code == "" || other == "" || code == other || code == field(kept, "receipt") || other == field(kept, "receipt") {
		t.Fatalf("codes %q and %q of a page with %q", code, other, field(kept, "receipt"))
	}
	if again, same := send(first); again != place || same != code {
		t.Errorf("sent again it is %s with %q, want %s with %q", again, same, place, code)
	}
	if status, page := takeBack(t, s, "code", code, "sure", "1"); status != http.StatusOK || !strings.Contains(page.Text(), "Đã rút phiếu") {
		t.Fatalf("%d: %s", status, page.Find("main").Text())
	}
	send(first) // a telephone that did not hear the answer
	checkTakenBack(t, s, 2)
	if status, _ := takeBack(t, s, "code", field(kept, "receipt"), "sure", "1"); status != http.StatusNotFound {
		t.Errorf("the code of the page that nobody sent: %d", status)
	}
	checkTakenBack(t, s, 2)
}

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
	printed := webtest.Ask[string](t, ctx, "document.querySelector('input[name=receipt]').value")

	webtest.Offline(t, ctx, true)
	webtest.Steps(t, ctx, chromedp.Navigate(address), webtest.Tap(faceBad), webtest.Tap(sendButton), chromedp.WaitVisible("#note"))
	webtest.Offline(t, ctx, false)
	webtest.Steps(t, ctx, chromedp.WaitVisible(onReceipt))
	code := webtest.Ask[string](t, ctx, "document.querySelector('.receipt code').textContent")
	if plain := strings.ReplaceAll(code, "-", ""); len(plain) != 13 || plain == printed {
		t.Fatalf("the receipt shows %q, the kept page had %q", code, printed)
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
