package web

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/webtest"
)

// until waits for an expression to hold.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	ask[bool](t, ctx, "new Promise(done => { (function look() { ("+expression+") ? done(true) : setTimeout(look, 20); })(); })")
}

// newDesk opens the page of lan's batch on a laptop.
func newDesk(t *testing.T) (s *Server, v *visitor, address string, ctx context.Context) {
	t.Helper()
	s = newFieldServer(t, plainHTTP)
	v = visit(t, s, "lan")
	base := serve(t, s)
	ctx = webtest.Browser(t, webtest.Desktop())
	address = base + batchAddress
	steps(t, ctx, signIn(base, v), chromedp.Navigate(address))
	until(t, ctx, "document.activeElement.name === 'a.sector'")
	return s, v, address, ctx
}

// press presses keys one after the other, as a keyboard does: a key whose press
// the page takes for itself types nothing. chromedp.KeyEvent types it anyway,
// into whatever has the focus by then.
func press(keys string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for _, r := range keys {
			down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: string(r), Text: string(r), WindowsVirtualKeyCode: int64(r)}
			if r == '\r' {
				down.Key = "Enter"
			}
			up := down
			up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
			for _, event := range []input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, event); err != nil {
					return chromedp.Void{}, err
				}
			}
		}
		return chromedp.Void{}, nil
	}
}

// nextSerial waits for the empty form of a number, ready for its first answer.
func nextSerial(t *testing.T, ctx context.Context, serial int) {
	t.Helper()
	until(t, ctx, fmt.Sprintf("document.getElementById('f-serial').value === '%d' && document.activeElement.name === 'a.sector' && !document.querySelector('.q input:checked')", serial))
}

func sent(t *testing.T, ctx context.Context) {
	t.Helper()
	until(t, ctx, "Object.keys(localStorage).every(key => !key.startsWith('hailong:batch:')) && document.getElementById('waiting').hidden")
}

func TestKeyingByKeyboard(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := newDesk(t)
	// Choosing goes on by itself; Enter goes on, and on the button saves.
	steps(t, ctx, press("154"), press("2\r"), press("\r"), press("Tốt\r"), press("\r"))
	nextSerial(t, ctx, 3)
	// Dissatisfied: what was not good is asked; the ethnicity after its consent.
	steps(t, ctx, press("21"), press("12\r"), press("0"), press("\r"), press("1"), press("2"), press("\r"), press("\r"))
	nextSerial(t, ctx, 4)
	// What is required is asked for before anything is sent.
	steps(t, ctx, press("1"), tap("#send"))
	until(t, ctx, "document.activeElement.name === 'a.overall' && document.querySelector('#q-overall .error')")
	steps(t, ctx, press("3"), tap("#send"))
	nextSerial(t, ctx, 5)
	sent(t, ctx)
	var got []string
	for _, r := range stored(t, s)[1:] {
		got = append(got, fmt.Sprint(r.Sector, " ", r.Answers, " ", r.Texts, " ", r.By, " ", r.Day))
	}
	want := []string{
		"land [{overall [5] 0} {polite [4] 0} {visits [] 2}] [{words Tốt}] lan 2026-03-04",
		"civil [{overall [1] 0} {bad [1 2] 0} {polite [0] 0} {consent [1] 0} {ethnicity [2] 0}] [] lan 2026-03-04",
		"land [{overall [3] 0}] [] lan 2026-03-04",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	until(t, ctx, "document.getElementById('how-many').textContent.startsWith('4/20') && document.querySelectorAll('#latest a').length === 4")
	// A number that is there already is told at once.
	steps(t, ctx, chromedp.Focus("#f-serial"), chromedp.Evaluate[chromedp.Void]("document.getElementById('f-serial').select()"), press("3"))
	until(t, ctx, "document.getElementById('serial-told').textContent.includes('số hiệu 3')")
	webtest.Axe(t, ctx)
}

// Without a network the surveyor goes on, also after closing the page; when it
// is back everything is sent, once.
func TestKeyingOffline(t *testing.T) {
	t.Parallel()
	s, _, address, ctx := newDesk(t)
	until(t, ctx, "window.hit || (caches.match(location.href, {ignoreVary: true}).then(hit => window.hit = hit), false)")
	webtest.Offline(t, ctx, true)
	for serial := 2; serial <= 3; serial++ {
		steps(t, ctx, press("15"), tap("#send"))
		nextSerial(t, ctx, serial+1)
	}
	until(t, ctx, "document.getElementById('waiting').textContent.startsWith('2 ')")
	webtest.Axe(t, ctx)
	if n := len(stored(t, s)); n != 1 {
		t.Errorf("%d stored while offline", n)
	}
	steps(t, ctx, chromedp.Navigate(address))
	nextSerial(t, ctx, 4)
	webtest.Offline(t, ctx, false)
	steps(t, ctx, press("14"), tap("#send"))
	sent(t, ctx)
	if n := len(stored(t, s)); n != 4 {
		t.Errorf("%d responses, want 4", n)
	}
}

// A session that has ended loses nothing: the form waits for the next one.
func TestKeyingOutlivesTheSession(t *testing.T) {
	t.Parallel()
	s, _, address, ctx := newDesk(t)
	if err := s.Accounts.EndSessions(t.Context(), "lan", ""); err != nil {
		t.Fatal(err)
	}
	steps(t, ctx, press("12"), tap("#send"))
	until(t, ctx, "document.querySelector('#told a') && !document.getElementById('waiting').hidden")
	webtest.Axe(t, ctx)
	steps(t, ctx, tap("#told a"), chromedp.WaitVisible("#f-login"), chromedp.SendKeys("#f-login", "lan"),
		chromedp.SendKeys("#f-password", testPassword), tap("main button"), chromedp.WaitVisible("#send"))
	if got := ask[string](t, ctx, "location.pathname"); got != batchAddress {
		t.Fatalf("the sign-in leads from %s to %q", address, got)
	}
	sent(t, ctx)
	if n := len(stored(t, s)); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
}

// What the server refuses stays until it was looked at.
func TestKeyingRefused(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := newDesk(t)
	other := paper.Entry{Serial: 2, Day: "2026-03-04", Given: survey.Given{Codes: map[string][]string{"sector": {"land"}, "overall": {"5"}}}}
	if _, err := s.services.Batches.Enter(t.Context(), "lan", "tthc-2026-001", other); err != nil { // on another machine
		t.Fatal(err)
	}
	steps(t, ctx, press("14"), tap("#send"))
	nextSerial(t, ctx, 3)
	until(t, ctx, "document.querySelector('#refused button')")
	webtest.Axe(t, ctx)
	steps(t, ctx, tap("#refused button"), chromedp.WaitVisible("#errors"))
	sent(t, ctx)
	if got := ask[string](t, ctx, "document.getElementById('f-serial').value + document.querySelector('.cards tbody').innerText + document.querySelector('[name=\"a.overall\"]:checked').value"); got == "" || got[0] != '2' || got[len(got)-1] != '4' {
		t.Errorf("the page shows %q", got)
	}
	webtest.Axe(t, ctx)
	if n := len(stored(t, s)); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
}
