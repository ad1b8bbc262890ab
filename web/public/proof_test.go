package public_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/treelog"
	"hailong/web"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// dayServer is a server whose days go by.
type dayServer struct {
	*servertest.Server
	now time.Time
}

func newDayServer(t *testing.T) *dayServer {
	t.Helper()
	d := &dayServer{now: servertest.Now}
	d.Server = servertest.New(t, func(c *web.Config) { c.Now = func() time.Time { return d.now } })
	return d
}

// closeDay goes to the next day, and closes the day before.
func (d *dayServer) closeDay(t *testing.T) survey.LogHead {
	t.Helper()
	d.now = d.now.AddDate(0, 0, 1)
	head, err := d.Log.ForEdition(d.Intake.Ledger)(t.Context())
	if err != nil || head == nil {
		t.Fatalf("the day is not in the log: %v, %v", head, err)
	}
	return *head
}

// askProof asks as somebody who types a code.
func askProof(t *testing.T, s *servertest.Server, code string, more ...string) (*http.Response, string) {
	t.Helper()
	return servertest.Do(t, s, servertest.FormRequest("/y/proof", append([]string{"code", code}, more...)...))
}

// The sender of a response sees that it was saved, and from the next day on a proof that
// stands in a page and in a file, and holds by the key that is shown.
func TestSenderGetsAProof(t *testing.T) {
	t.Parallel()
	s := newDayServer(t)
	b := sendAnswer(t, s.Server)
	code := b.code()
	resp, body := askProof(t, s.Server, code)
	if title := servertest.Document(t, body).Find("h1").Text(); resp.StatusCode != http.StatusOK || title != "Phiếu đã được lưu" || strings.Contains(body, "hailong receipt proof") {
		t.Errorf("on the same day: %d, %q", resp.StatusCode, title)
	}
	head := s.closeDay(t)
	resp, body = askProof(t, s.Server, code)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("on the next day: %d %v", resp.StatusCode, resp.Header)
	}
	shown := servertest.Document(t, body).Find("#proof").Text()
	resp, file := askProof(t, s.Server, code, "file", "1")
	if file != shown || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), `attachment; filename="phieu-`) {
		t.Errorf("the file is %v\n%s\nand the page shows\n%s", resp.Header, file, shown)
	}
	proof, err := treelog.ReadProof([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	proved, err := proof.Verify(head.Key)
	if err != nil || proved.Day != survey.DateOf(servertest.Now) || proved.Head.Signed != head.Signed {
		t.Errorf("it proves %+v, %v", proved, err)
	}
	for _, secret := range []string{"đòi tiền", strings.ReplaceAll(code, "-", ""), `"1"`, "overall"} {
		if strings.Contains(file, secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
}

// Whoever has no code is shown nothing, and an unknown code is answered as that of a
// response that was taken back. The address names no code.
func TestProofIsForWhoHasTheCode(t *testing.T) {
	t.Parallel()
	s := newDayServer(t)
	b := sendAnswer(t, s.Server)
	code := b.code()
	s.closeDay(t)
	stored := servertest.Stored(t, s.Server)[0]
	for _, address := range []string{"/y/proof", "/y/proof?code=" + code, "/y/proof?id=" + string(stored.ID)} {
		resp, body := servertest.Get(t, s.Server, address)
		if resp.StatusCode != http.StatusOK || strings.Contains(body, "id=\"proof\"") {
			t.Errorf("%s shows a proof: %d", address, resp.StatusCode)
		}
	}
	unknown, page := askProof(t, s.Server, "0000-0000-0000-0")
	if unknown.StatusCode != http.StatusNotFound {
		t.Fatalf("an unknown code: %d %s", unknown.StatusCode, page)
	}
	if resp, _ := askProof(t, s.Server, string(stored.ID)); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an id in the place of the code: %d", resp.StatusCode)
	}
	if err := s.Receipts.TakeBack(t.Context(), "somebody", code); err != nil {
		t.Fatal(err)
	}
	gone, body := askProof(t, s.Server, code)
	text := func(body string) string { return servertest.Document(t, body).Find("#code-error").Text() }
	if gone.StatusCode != http.StatusNotFound || text(body) != text(page) || text(body) == "" {
		t.Errorf("after it was taken back: %d, %q; want %q as of an unknown code", gone.StatusCode, text(body), text(page))
	}
}

// Anybody may follow the log, and learns nothing of responses.
func TestLogIsPublic(t *testing.T) {
	t.Parallel()
	s := newDayServer(t)
	if resp, _ := servertest.Get(t, s.Server, "/log/head"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the head of an empty log: %d, want 404", resp.StatusCode)
	}
	sendAnswer(t, s.Server)
	head := s.closeDay(t)
	_, key := servertest.Get(t, s.Server, "/log/key")
	resp, signed := servertest.Get(t, s.Server, "/log/head")
	if got, _, err := treelog.OpenHead(signed, key); err != nil || got != head || resp.Header.Get("Cache-Control") != "public, max-age=60" {
		t.Errorf("the head is %+v, %v, %v; want %+v", got, err, resp.Header, head)
	}
	resp, records := servertest.Get(t, s.Server, "/log/records?from=0")
	if !strings.HasPrefix(records, "0\nhailong ledger part\nchain ") || resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("the records are %q, %v", records, resp.Header)
	}
	stored := servertest.Stored(t, s.Server)[0]
	for _, secret := range []string{string(stored.ID), string(stored.Point), string(stored.Campaign)} {
		if strings.Contains(records+signed+key, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for from, want := range map[string]int{"1": http.StatusOK, "99999999999": http.StatusOK, "-1": http.StatusUnprocessableEntity, "x": http.StatusUnprocessableEntity} {
		if resp, body := servertest.Get(t, s.Server, "/log/records?from="+from); resp.StatusCode != want || want == http.StatusOK && body != "" {
			t.Errorf("from %s: %d %q, want %d", from, resp.StatusCode, body, want)
		}
	}
}

const proofState = "document.getElementById('proof-state')"

// The browser verifies the proof itself; a proof that somebody altered on the way is
// refused there, whatever the page says around it.
func TestBrowserVerifiesTheProof(t *testing.T) {
	t.Parallel()
	s := newDayServer(t)
	code := sendAnswer(t, s.Server).code()
	for range 3 { // so that the leaf has neighbours
		sendAnswer(t, s.Server)
	}
	s.closeDay(t)
	sendAnswer(t, s.Server)
	s.closeDay(t)
	ctx := webtest.Browser(t)
	webtest.Steps(t, ctx, chromedp.Navigate(servertest.Serve(t, s.Server)+"/y/proof"), chromedp.SendKeys("#code", code), webtest.Tap(".code button"), chromedp.WaitVisible("#proof-state"))
	webtest.Until(t, ctx, proofState+".className !== 'note'")
	if said := webtest.Ask[string](t, ctx, proofState+".textContent"); !strings.HasPrefix(said, "Phiếu này có trong sổ, kiểm tra ngay trên máy này") {
		t.Errorf("the browser says %q", said)
	}
	webtest.AssertFitsAPhone(t, ctx)
	webtest.Axe(t, ctx)
	for _, theme := range []string{"light", "dark"} {
		webtest.Steps(t, ctx, webtest.Theme(theme))
		webtest.Pictures(t, ctx, "proof-"+theme)
	}
	script := webtest.Ask[string](t, ctx, "document.querySelector('script[src*=\"proof.\"]').src")
	for name, change := range map[string]string{
		"Leaf":      `p.leaf = (p.leaf[0] === 'A' ? 'B' : 'A') + p.leaf.slice(1)`,
		"Path":      `p.path[0].left = !p.path[0].left`,
		"PathGone":  `p.path.pop()`,
		"Record":    `p.record = p.record.replace('part 1', 'part 2')`,
		"Number":    `p.number = 1 - p.number`,
		"Beside":    `p.beside = []`,
		"Head":      `p.head = p.head.replace('\n2\n', '\n3\n')`,
		"Signature": `p.head = p.head.slice(0, -9) + (p.head.slice(-9, -8) === 'A' ? 'B' : 'A') + p.head.slice(-8)`,
		"OtherKey":  `p.key = p.key.slice(0, -4) + 'AAAA'`,
		"NoProof":   `p = {}`,
	} {
		expression := `(() => { const box = document.getElementById('proof'), was = window.wasProof || (window.wasProof = box.textContent);
			let p = JSON.parse(was); ` + change + `; box.textContent = JSON.stringify(p);
			document.getElementById('proof-state').className = 'note';
			const s = document.createElement('script'); s.src = '` + script + `'; document.body.appendChild(s); return 'x'; })()`
		webtest.Ask[string](t, ctx, expression)
		webtest.Until(t, ctx, proofState+".className !== 'note'")
		if kind := webtest.Ask[string](t, ctx, proofState+".className"); kind != "note bad" {
			t.Errorf("%s: the altered proof is %q", name, kind)
		}
	}
}

// Without a script the page says that nothing was verified on the device, and offers the
// file.
func TestProofWithoutScript(t *testing.T) {
	t.Parallel()
	s := newDayServer(t)
	code := sendAnswer(t, s.Server).code()
	s.closeDay(t)
	ctx := webtest.Browser(t, webtest.WithoutJavaScript())
	webtest.Steps(t, ctx, chromedp.Navigate(servertest.Serve(t, s.Server)+"/y/proof"), chromedp.SendKeys("#code", code), webtest.Tap(".code button"), chromedp.WaitVisible("#proof-state"))
	if said := webtest.Ask[string](t, ctx, proofState+".textContent"); !strings.Contains(said, "chưa tự kiểm tra") {
		t.Errorf("the page says %q", said)
	}
	if n := webtest.Ask[int](t, ctx, "document.querySelectorAll('form input[name=file]').length"); n != 1 {
		t.Errorf("the file is offered %d times", n)
	}
}
