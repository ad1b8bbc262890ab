package public_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/takeback"
	"hailong/web"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// clock is a clock that a test turns.
type clock struct{ now time.Time }

// newWithClock is a server whose clock the test turns.
func newWithClock(t *testing.T, change ...func(*web.Config)) (*servertest.Server, *clock) {
	t.Helper()
	c := &clock{servertest.Now}
	return servertest.New(t, append(change, func(config *web.Config) { config.Now = func() time.Time { return c.now } })...), c
}

// openForm opens a form without a script and returns its hidden fields.
func openForm(t *testing.T, s *servertest.Server, path string) []string {
	t.Helper()
	resp, body := servertest.Get(t, s, path)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	return servertest.HiddenFields(servertest.Document(t, body), "#form")
}

// field is the value of one of the hidden fields.
func field(fields []string, name string) string { return fields[slices.Index(fields, name)+1] }

// replaced is hidden fields with another value in one of them.
func replaced(fields []string, name, value string) []string {
	fields = slices.Clone(fields)
	fields[slices.Index(fields, name)+1] = value
	return fields
}

func newID(t *testing.T) string {
	t.Helper()
	id, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}

// testNonce is what a script would draw.
const testNonce = "00112233445566778899aabbccddeeff"

// storedAs is the response that a form at a path with these fields was stored as.
func storedAs(t *testing.T, s *servertest.Server, path string, fields []string) survey.Response {
	t.Helper()
	receipt, err := s.Receipts.Of(t.Context(), takeback.SentForm{Point: survey.PointCode(strings.TrimPrefix(path, "/s/")), Drawn: survey.ResponseID(field(fields, "id"))})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := survey.Documents[survey.Response]{Store: s.Store, Collection: survey.Responses}.Get(t.Context(), string(receipt.ID))
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// send posts what a form at a point brings, with a satisfied answer, as a script does,
// and returns what is stored of it.
func send(t *testing.T, s *servertest.Server, path string, fields []string) survey.Response {
	t.Helper()
	resp, body := servertest.Do(t, s, servertest.FormRequest(path, append(slices.Clone(fields), "a.overall", "5", "nonce", testNonce)...))
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", resp.StatusCode, body)
	}
	return storedAs(t, s, path, fields)
}

// A form that was opened, filled in and sent is in no doubt; what a script sends
// without opening one, or many times for one that it opened, is kept and marked.
func TestTicketOfAForm(t *testing.T) {
	t.Parallel()
	s, clock := newWithClock(t)
	path := servertest.FormPath(servertest.PointLand)
	opened := openForm(t, s, path)
	clock.now = clock.now.Add(2 * time.Second)
	for name, tt := range map[string]struct {
		fields []string
		want   survey.Doubt
	}{
		"Opened":      {opened, survey.NoDoubt},
		"NeverOpened": {[]string{"id", newID(t)}, survey.DoubtUnticketed},
		"OneForMany":  {replaced(opened, "id", newID(t)), survey.DoubtUnticketed},
		"MadeUp":      {replaced(replaced(opened, "id", newID(t)), "ticket", "AAAAAAAAAAAAAAAAAAAAAA"), survey.DoubtUnticketed},
	} {
		if r := send(t, s, path, tt.fields); r.Doubt != tt.want || r.Proof != survey.Unverified {
			t.Errorf("%s: doubt %q, verified by %q, want doubt %q and no proof", name, r.Doubt, r.Proof, tt.want)
		}
	}
	// A retry changes nothing: what was found when it first came stays.
	clock.now = clock.now.Add(30 * 24 * time.Hour)
	if r := send(t, s, path, opened); r.Doubt != survey.NoDoubt {
		t.Errorf("after a retry a month later: doubt %q", r.Doubt)
	}
	if n := len(servertest.Stored(t, s)); n != 4 {
		t.Errorf("%d responses, want 4", n)
	}
}

// An invalid form comes back with the ticket it was opened with.
func TestTicketIsKeptWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	s, clock := newWithClock(t)
	path := servertest.FormPath(servertest.PointLand)
	opened := openForm(t, s, path)
	clock.now = clock.now.Add(time.Minute)
	resp, body := servertest.Do(t, s, servertest.FormRequest(path, append(slices.Clone(opened), "t.words", "chưa chọn gì")...))
	again := servertest.HiddenFields(servertest.Document(t, body), "#form")
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", resp.StatusCode)
	}
	for _, name := range []string{"id", "ticket"} {
		if field(again, name) != field(opened, name) {
			t.Errorf("%s was %q and is %q", name, field(opened, name), field(again, name))
		}
	}
	clock.now = clock.now.Add(time.Second)
	if r := send(t, s, path, again); r.Doubt != survey.NoDoubt {
		t.Errorf("doubt %q", r.Doubt)
	}
}

// What is restored of a draft is sent with the ticket that goes with its id.
func TestTicketOfADraft(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx := webtest.Browser(t)
	address := servertest.Serve(t, s) + servertest.FormPath(servertest.PointLand)
	const ticket = "['id', 'ticket'].map(name => document.querySelector(`input[name=${name}]`).value).join()"
	webtest.Steps(t, ctx, chromedp.Navigate(address), webtest.Tap(faceBad))
	before := webtest.Ask[string](t, ctx, ticket)
	webtest.Steps(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(address), chromedp.WaitVisible("#note"))
	if after := webtest.Ask[string](t, ctx, ticket); after != before {
		t.Errorf("id and ticket were %q and are %q", before, after)
	}
	webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
	if r := servertest.Stored(t, s)[0]; r.Doubt == survey.DoubtUnticketed {
		t.Errorf("doubt %q", r.Doubt)
	}
}
