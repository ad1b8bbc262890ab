package public_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hailong/web/servertest"
	"hailong/web/webtest"
)

const (
	queuedBody = "(() => { for (let i = 0; i < localStorage.length; i++) if (localStorage.key(i).indexOf('hailong:queue:') === 0) return JSON.parse(localStorage.getItem(localStorage.key(i))).body; return ''; })()"
	shownCode  = "document.querySelector('.receipt code').textContent"
	drawnID    = "document.querySelector('input[name=id]').value"
)

// sendBody sends a body as a device would.
func sendBody(t *testing.T, s *servertest.Server, path, body string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, _ := servertest.Do(t, s, r)
	return resp
}

// The network fails after the form was stored and before its answer came: the next
// sending shows the code. What was mended meanwhile is not kept, and the sender hears so.
func TestCodeIsShownWhenTheAnswerWasLost(t *testing.T) {
	t.Parallel()
	for name, mended := range map[string]bool{"Same": false, "Mended": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t)
			path := servertest.FormPath(servertest.PointLand)
			ctx := webtest.Browser(t)
			webtest.Steps(t, ctx, chromedp.Navigate(servertest.Serve(t, s)+path), webtest.Tap(faceGood))
			webtest.Offline(t, ctx, true)
			webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible("#note"))
			resp := sendBody(t, s, path, webtest.Ask[string](t, ctx, queuedBody))
			if resp.StatusCode != http.StatusSeeOther {
				t.Fatalf("the queue holds %q: %d", webtest.Ask[string](t, ctx, queuedBody), resp.StatusCode)
			}
			if mended {
				webtest.Steps(t, ctx, webtest.Tap(faceBad), webtest.Tap(sendButton))
			}
			webtest.Offline(t, ctx, false)
			webtest.Steps(t, ctx, chromedp.WaitVisible(onReceipt))
			code := webtest.Ask[string](t, ctx, shownCode)
			if want := strings.Split(cookieOf(t, resp), "=")[1][:13]; strings.ReplaceAll(code, "-", "") != want {
				t.Errorf("the code is %s, want %s", code, want)
			}
			lead := webtest.Ask[string](t, ctx, "document.querySelector('.lead').textContent")
			if strings.Contains(lead, "câu trả lời đầu tiên được giữ") != mended || len(servertest.Stored(t, s)) != 1 {
				t.Errorf("%d responses, and it says %q", len(servertest.Stored(t, s)), lead)
			}
		})
	}
}

// Attack: whoever had the page first sends it before the citizen does. Nothing that the
// citizen typed is lost, at the open page and where it waited on the device.
func TestNothingIsLostWhenAnotherSentFirst(t *testing.T) {
	t.Parallel()
	for name, left := range map[string]bool{"Open": false, "Left": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t)
			path := servertest.FormPath(servertest.PointLand)
			address := servertest.Serve(t, s) + path
			ctx := webtest.Browser(t)
			webtest.Steps(t, ctx, chromedp.Navigate(address))
			if left {
				waitUntilKept(t, ctx)
			}
			id := webtest.Ask[string](t, ctx, drawnID)
			webtest.Steps(t, ctx, webtest.Tap(faceBad), chromedp.SendKeys("textarea", "Chờ lâu & mưa"))
			webtest.Offline(t, ctx, true)
			webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible("#note"))
			if resp := sendBody(t, s, path, "id="+id+"&a.overall=5"); resp.StatusCode != http.StatusSeeOther {
				t.Fatalf("the clerk: %d", resp.StatusCode)
			}
			if left {
				webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.WaitVisible("#note"))
			}
			webtest.Offline(t, ctx, false)
			if left {
				webtest.Until(t, ctx, "document.getElementById('note').textContent.includes('đã được nhận từ trước')")
				webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.WaitVisible("#note button"), webtest.Tap("#note button"))
			}
			arrive(t, ctx, ".notice form")
			webtest.Axe(t, ctx)
			webtest.Steps(t, ctx, webtest.Tap(".notice form button"), chromedp.WaitVisible(onReceipt))
			all := servertest.Stored(t, s)
			if len(all) != 2 || len(all[0].Texts)+len(all[1].Texts) != 1 || append(all[0].Texts, all[1].Texts...)[0].Text != "Chờ lâu & mưa" {
				t.Errorf("stored %+v", all)
			}
			if n := webtest.Ask[int](t, ctx, "localStorage.length"); n != 0 {
				t.Errorf("%d things are left on the device", n)
			}
		})
	}
}

// Attack: the page is looked at before it is sent, as a clerk may who hands the telephone
// over. What the script draws is not there yet.
func TestNonceIsDrawnWhenTheFormIsSent(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t)
	webtest.Steps(t, ctx, chromedp.Navigate(servertest.Serve(t, s)+servertest.FormPath(servertest.PointLand)), webtest.Tap(faceBad))
	if held := webtest.Ask[string](t, ctx, "document.documentElement.outerHTML + JSON.stringify(localStorage)"); strings.Contains(held, `name="nonce"`) || !strings.Contains(held, `nonce\":\"\"`) {
		t.Errorf("the page or the draft holds a nonce: %s", webtest.Ask[string](t, ctx, "JSON.stringify(localStorage)"))
	}
	webtest.Offline(t, ctx, true)
	webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible("#note"))
	_, nonce, found := strings.Cut(webtest.Ask[string](t, ctx, queuedBody), "&nonce=")
	if !found || len(nonce) != 32 {
		t.Errorf("what waits is sent with the nonce %q", nonce)
	}
}

// A draft of the version before carries the code of its page: it is sent with it.
func TestDraftOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t)
	address := servertest.Serve(t, s) + servertest.FormPath(servertest.PointLand)
	id := newID(t)
	keep := "localStorage.setItem('hailong:draft:" + string(servertest.Code(servertest.PointLand)) + "', JSON.stringify({id: '" + id + "', ticket: 't', receipt: '0000000000000', at: Date.now(), values: [['a.overall', '1']]}))"
	webtest.Steps(t, ctx, chromedp.Navigate(address), chromedp.Evaluate[chromedp.Void](keep), chromedp.Navigate(address), chromedp.WaitVisible("#note"),
		webtest.Tap("label[for=a-bad-1]"), webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
	if all := servertest.Stored(t, s); len(all) != 1 || webtest.Ask[string](t, ctx, shownCode) == "" {
		t.Errorf("stored %+v", all)
	}
}

// The receipt, and the page of who has none, fit the smallest telephone.
func TestReceiptPagesOnSmallScreens(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	base, path := servertest.Serve(t, s), servertest.FormPath(servertest.PointLand)
	ctx := webtest.Browser(t, webtest.Viewport(320, 640), webtest.WithoutJavaScript())
	fits := func(what string) {
		t.Helper()
		if wide := webtest.Ask[int](t, ctx, "document.documentElement.scrollWidth"); wide > 320 {
			t.Errorf("%s: %d wide in a window of 320", what, wide)
		}
		webtest.Axe(t, ctx)
	}
	for _, look := range []string{"light", "dark"} {
		webtest.Steps(t, ctx, webtest.Theme(look), chromedp.Navigate(base+path), webtest.Tap(faceGood), webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
		fits("receipt")
		webtest.Steps(t, ctx, chromedp.Navigate(base+servertest.FormPath(servertest.PointOpen)+"/thanks/42"), chromedp.WaitVisible(".notice"))
		fits("unknown")
	}
}
