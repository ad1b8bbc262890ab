package public_test

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hailong/survey"
	"hailong/survey/takeback"
	"hailong/web"
	"hailong/web/servertest"
)

// sender is somebody who opened a form, sent it and sees the receipt.
type sender struct {
	*testing.T
	s       *servertest.Server
	path    string
	opened  []string // hidden fields of the form
	receipt string   // address
	cookie  *http.Cookie
	id      survey.ResponseID // under which it is stored
}

// sendAnswer opens a form as a browser without script does, and sends it.
func sendAnswer(t *testing.T, s *servertest.Server) *sender {
	t.Helper()
	b := &sender{T: t, s: s, path: servertest.FormPath(servertest.PointLand)}
	b.opened = openForm(t, s, b.path)
	resp := b.send()
	b.id = storedAs(t, s, b.path, b.opened).ID
	for _, c := range resp.Cookies() {
		if c.Name == "receipt" {
			b.cookie = c
		}
	}
	if b.cookie == nil {
		t.Fatal("the code did not reach the receipt")
	}
	return b
}

func (b *sender) send() *http.Response {
	b.Helper()
	resp, body := servertest.Do(b, b.s, servertest.FormRequest(b.path, append(append([]string{}, b.opened...), "a.overall", "1", "t.words", "Cán bộ đòi tiền", "nonce", testNonce)...))
	if resp.StatusCode != http.StatusSeeOther {
		b.Fatalf("%d: %s", resp.StatusCode, body)
	}
	b.receipt = resp.Header.Get("Location")
	return resp
}

// code is what the receipt shows.
func (b *sender) code() string {
	b.Helper()
	_, body := servertest.Get(b, b.s, b.receipt, "Cookie", b.cookie.Name+"="+b.cookie.Value)
	return servertest.Document(b, body).Find(".receipt code").Text()
}

func takeBack(t *testing.T, s *servertest.Server, pairs ...string) (int, *goquery.Document) {
	t.Helper()
	resp, body := servertest.Do(t, s, servertest.FormRequest("/y", pairs...))
	return resp.StatusCode, servertest.Document(t, body)
}

func TestTakeBackByTheReceipt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	mine, other := sendAnswer(t, s), sendAnswer(t, s)
	code := mine.code()
	status, page := takeBack(t, s, "code", code)
	if status != http.StatusOK || !strings.Contains(page.Find("h1").Text(), code) || len(servertest.Stored(t, s)) != 2 {
		t.Fatalf("asked once more: %d %q, %d responses", status, page.Find("h1").Text(), len(servertest.Stored(t, s)))
	}
	fields := servertest.HiddenFields(page, "main form")
	status, page = takeBack(t, s, fields...)
	if status != http.StatusOK || !strings.Contains(page.Text(), "Đã rút phiếu") {
		t.Fatalf("taken back: %d %s", status, page.Find("main").Text())
	}
	var left []survey.ResponseID
	for _, r := range servertest.Stored(t, s) {
		if r.TakenBack != (r.ID == mine.id) || r.TakenBack == (len(r.Answers)+len(r.Texts) > 0) {
			t.Errorf("stored %+v", r)
		}
		left = append(left, r.ID)
	}
	if len(left) != 2 {
		t.Errorf("%d documents, want the response of somebody else and a mark", len(left))
	}
	// The same again, and a code that nobody has: one answer.
	status, again := takeBack(t, s, fields...)
	unknown, err := takeback.NewReceiptCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	otherStatus, never := takeBack(t, s, "code", string(unknown), "sure", "1")
	said := func(d *goquery.Document) string { return d.Find("#code-error").Text() }
	if status != http.StatusNotFound || otherStatus != status || said(again) == "" || said(again) != said(never) {
		t.Errorf("taken back before: %d %q, unknown: %d %q", status, said(again), otherStatus, said(never))
	}
	// Sent again by a telephone that did not hear of the receipt: nothing comes back.
	if status, page, again := sendAs(t, s, mine.path, append(mine.opened, "a.overall", "1", "nonce", testNonce)...); status != http.StatusConflict || again != "" || strings.Contains(page, "rút") {
		t.Errorf("sent again: %d, code %q, or it tells that it was taken back", status, again)
	}
	if _, body := servertest.Get(t, s, mine.receipt, "Cookie", "receipt="+mine.cookie.Value); !strings.Contains(body, "đã được rút") || strings.Contains(body, code) {
		t.Error("the receipt does not say that it was taken back")
	}
	for _, r := range servertest.Stored(t, s) {
		if r.ID == mine.id && !r.TakenBack {
			t.Error("the response came back")
		}
	}
	if other.code() == code {
		t.Error("two receipts with one code")
	}
}

// Attack: the code is in no address, no log and nobody else's page.
func TestReceiptCodeIsForItsSender(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	s := servertest.New(t, func(c *web.Config) { c.Log = servertest.NewLog(&logged) })
	mine, other := sendAnswer(t, s), sendAnswer(t, s)
	code := mine.code()
	if code == "" {
		t.Fatal("the receipt shows no code")
	}
	plain := strings.ReplaceAll(code, "-", "")
	if mine.cookie.Path != strings.Split(mine.receipt, "?")[0] || !mine.cookie.HttpOnly || !mine.cookie.Secure || mine.cookie.MaxAge != 15*60 || mine.cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("the cookie is %+v", mine.cookie)
	}
	if strings.Contains(mine.receipt, plain) || strings.Contains(mine.receipt, code) || strings.Contains(mine.receipt, field(mine.opened, "id")) {
		t.Errorf("the code is in the address %s", mine.receipt)
	}
	resp, body := servertest.Get(t, s, mine.receipt)
	if strings.Contains(body, code) || strings.Contains(body, plain) || resp.Header.Get("Cache-Control") != "no-store" {
		t.Error("who has the address sees the code, or the page may be kept")
	}
	if shown := other.code(); shown == "" || shown == code {
		t.Errorf("another sender sees %q, this one %q", shown, code)
	}
	elsewhere := servertest.FormPath(servertest.PointOpen) + "/thanks"
	if _, body := servertest.Get(t, s, elsewhere, "Cookie", "receipt="+mine.cookie.Value); servertest.Document(t, body).Find(".receipt").Length() != 0 {
		t.Error("the code is shown at another point")
	}
	takeBack(t, s, "code", code, "sure", "1")
	if strings.Contains(logged.String(), plain) || strings.Contains(logged.String(), code) {
		t.Errorf("the log holds the code: %s", &logged)
	}
}

func TestTakeBackAsksForTheCode(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	code, err := takeback.NewReceiptCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mistyped := "0" + string(code[1:])
	if code[0] == '0' {
		mistyped = "1" + string(code[1:])
	}
	for name, tt := range map[string]struct {
		path   string
		status int
		want   string
	}{
		"Empty":    {"/y", 200, "Nhập mã phiếu"},
		"English":  {"/y?lang=en", 200, "Enter the receipt code"},
		"Code":     {"/y/" + string(code), 200, "Rút phiếu " + code.Spaced()},
		"Lower":    {"/y/" + strings.ToLower(code.Spaced()), 200, "Rút phiếu " + code.Spaced()},
		"Mistyped": {"/y/" + mistyped, 422, "một ký tự sai"},
		"Short":    {"/y/ABC", 422, "13 chữ và số"},
	} {
		resp, body := servertest.Get(t, s, tt.path)
		if resp.StatusCode != tt.status || !strings.Contains(servertest.Words(servertest.Document(t, body).Find("main")), tt.want) {
			t.Errorf("%s: %d, want %d and %q", name, resp.StatusCode, tt.status, tt.want)
		}
		if name == "Mistyped" && servertest.Document(t, body).Find("#code").AttrOr("value", "") != mistyped {
			t.Error("what was typed is lost")
		}
	}
}

func TestTakeBackIsLimited(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	unknown, err := takeback.NewReceiptCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if status, _ := takeBack(t, s, "code", string(unknown), "sure", "1"); status != http.StatusNotFound {
			t.Fatalf("status %d", status)
		}
	}
	resp, body := servertest.Do(t, s, servertest.FormRequest("/y", "code", string(unknown), "sure", "1"))
	page := servertest.Document(t, body)
	if resp.StatusCode != http.StatusTooManyRequests || page.Find("#code").AttrOr("value", "") != string(unknown) {
		t.Errorf("status %d, typed %q", resp.StatusCode, page.Find("#code").AttrOr("value", ""))
	}
	// It is half past nine: counted is by the hour.
	if said := servertest.Words(page.Find("#code-error")); !strings.Contains(said, "Xin đợi 30 phút rồi thử lại; mã đã nhập vẫn còn.") || resp.Header.Get("Retry-After") != "1800" {
		t.Errorf("%q, Retry-After %q", said, resp.Header.Get("Retry-After"))
	}
}
