package paper_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// openBatch opens the page of lan's batch on a laptop.
func openBatch(t *testing.T) (s *servertest.Server, v *servertest.Client, address string, ctx context.Context) {
	t.Helper()
	s = servertest.NewWithBatch(t, servertest.PlainHTTP)
	v = servertest.SignIn(t, s, "lan")
	base := servertest.Serve(t, s)
	ctx = webtest.Browser(t, webtest.Desktop())
	address = base + servertest.BatchPath
	webtest.Steps(t, ctx, webtest.SetCookie(base, v.Cookie), chromedp.Navigate(address))
	webtest.Until(t, ctx, "document.activeElement.name === 'a.sector'")
	return s, v, address, ctx
}

// nextSerial waits for the empty form of a number, ready for its first answer.
func nextSerial(t *testing.T, ctx context.Context, serial int) {
	t.Helper()
	webtest.Until(t, ctx, fmt.Sprintf("document.getElementById('f-serial').value === '%d' && document.activeElement.name === 'a.sector' && !document.querySelector('.q input:checked')", serial))
}

func sent(t *testing.T, ctx context.Context) {
	t.Helper()
	webtest.Until(t, ctx, "Object.keys(localStorage).every(key => !key.startsWith('hailong:batch:')) && document.getElementById('waiting').hidden")
}

func TestEntryByKeyboard(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := openBatch(t)
	// Choosing goes on by itself; Enter goes on, and on the button saves.
	webtest.Steps(t, ctx, webtest.Press("154"), webtest.Press("2\r"), webtest.Press("\r"), webtest.Press("Tốt\r"), webtest.Press("\r"))
	nextSerial(t, ctx, 3)
	// Dissatisfied: what was not good is asked; the ethnicity after its consent.
	webtest.Steps(t, ctx, webtest.Press("21"), webtest.Press("12\r"), webtest.Press("0"), webtest.Press("\r"), webtest.Press("1"), webtest.Press("2"), webtest.Press("\r"), webtest.Press("\r"))
	nextSerial(t, ctx, 4)
	// What is required is asked for before anything is sent.
	webtest.Steps(t, ctx, webtest.Press("1"), webtest.Tap("#send"))
	webtest.Until(t, ctx, "document.activeElement.name === 'a.overall' && document.querySelector('#q-overall .error')")
	webtest.Steps(t, ctx, webtest.Press("3"), webtest.Tap("#send"))
	nextSerial(t, ctx, 5)
	sent(t, ctx)
	var got []string
	for _, r := range servertest.Stored(t, s)[1:] {
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
	webtest.Until(t, ctx, "document.getElementById('how-many').textContent.startsWith('4/20') && document.querySelectorAll('#latest a').length === 4")
	// A number that is there already is told at once.
	webtest.Steps(t, ctx, chromedp.Focus("#f-serial"), chromedp.Evaluate[chromedp.Void]("document.getElementById('f-serial').select()"), webtest.Press("3"))
	webtest.Until(t, ctx, "document.getElementById('serial-told').textContent.includes('số hiệu 3')")
	webtest.Axe(t, ctx)
}

// Without a network the surveyor goes on, also after closing the page; when it
// is back everything is sent, once.
func TestEntryOffline(t *testing.T) {
	t.Parallel()
	s, _, address, ctx := openBatch(t)
	webtest.Until(t, ctx, "window.hit || (caches.match(location.href, {ignoreVary: true}).then(hit => window.hit = hit), false)")
	webtest.Offline(t, ctx, true)
	for serial := 2; serial <= 3; serial++ {
		webtest.Steps(t, ctx, webtest.Press("15"), webtest.Tap("#send"))
		nextSerial(t, ctx, serial+1)
	}
	webtest.Until(t, ctx, "document.getElementById('waiting').textContent.startsWith('2 ')")
	webtest.Axe(t, ctx)
	if n := len(servertest.Stored(t, s)); n != 1 {
		t.Errorf("%d stored while offline", n)
	}
	webtest.Steps(t, ctx, chromedp.Navigate(address))
	nextSerial(t, ctx, 4)
	webtest.Offline(t, ctx, false)
	webtest.Steps(t, ctx, webtest.Press("14"), webtest.Tap("#send"))
	sent(t, ctx)
	if n := len(servertest.Stored(t, s)); n != 4 {
		t.Errorf("%d responses, want 4", n)
	}
}

// A session that has ended loses nothing: the form waits for the next one.
func TestEntryOutlivesTheSession(t *testing.T) {
	t.Parallel()
	s, _, address, ctx := openBatch(t)
	if err := s.Accounts.EndSessions(t.Context(), "lan", ""); err != nil {
		t.Fatal(err)
	}
	webtest.Steps(t, ctx, webtest.Press("12"), webtest.Tap("#send"))
	webtest.Until(t, ctx, "document.querySelector('#told a') && !document.getElementById('waiting').hidden")
	webtest.Axe(t, ctx)
	webtest.Steps(t, ctx, webtest.Tap("#told a"), chromedp.WaitVisible("#f-login"), chromedp.SendKeys("#f-login", "lan"),
		chromedp.SendKeys("#f-password", servertest.Password), webtest.Tap("main button"), chromedp.WaitVisible("#send"))
	if got := webtest.Ask[string](t, ctx, "location.pathname"); got != servertest.BatchPath {
		t.Fatalf("the sign-in leads from %s to %q", address, got)
	}
	sent(t, ctx)
	if n := len(servertest.Stored(t, s)); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
}

// What the server refuses stays until it was looked at.
func TestEntryRefused(t *testing.T) {
	t.Parallel()
	s, _, _, ctx := openBatch(t)
	other := paper.Entry{Serial: 2, Day: "2026-03-04", Given: survey.Given{Codes: map[string][]string{"sector": {"land"}, "overall": {"5"}}}}
	if _, err := s.Batches.Enter(t.Context(), "lan", "tthc-2026-001", other); err != nil { // on another machine
		t.Fatal(err)
	}
	webtest.Steps(t, ctx, webtest.Press("14"), webtest.Tap("#send"))
	nextSerial(t, ctx, 3)
	webtest.Until(t, ctx, "document.querySelector('#refused button')")
	webtest.Axe(t, ctx)
	webtest.Steps(t, ctx, webtest.Tap("#refused button"), chromedp.WaitVisible("#errors"))
	sent(t, ctx)
	if got := webtest.Ask[string](t, ctx, "document.getElementById('f-serial').value + document.querySelector('.cards tbody').innerText + document.querySelector('[name=\"a.overall\"]:checked').value"); got == "" || got[0] != '2' || got[len(got)-1] != '4' {
		t.Errorf("the page shows %q", got)
	}
	webtest.Axe(t, ctx)
	if n := len(servertest.Stored(t, s)); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
}
