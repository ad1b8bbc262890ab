package public_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/slips"
	"hailong/survey/surveytest"
	"hailong/web/page"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

// openSlip opens a slip's form and returns its fields.
func openSlip(t *testing.T, s *servertest.Server, path string) (action, id, slip string) {
	t.Helper()
	resp, body := servertest.Get(t, s, path)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Fatalf("%s: %d, %v", path, resp.StatusCode, resp.Header)
	}
	return doc.Find("#form").AttrOr("action", ""), doc.Find("[name=id]").AttrOr("value", ""), doc.Find("[name=slip]").AttrOr("value", "")
}

func TestSlipProvesOneResponse(t *testing.T) {
	t.Parallel()
	s := servertest.NewStaffServer(t).Server
	codes := servertest.IssueSlips(t, s, 2)
	path := page.SlipPath(string(codes[0]))
	action, first, slip := openSlip(t, s, path)
	_, id, _ := openSlip(t, s, strings.ToLower(path)) // as people type it
	// Who comes by a mistyped code is to read it: ordinary text, not a hint.
	_, opened := servertest.Get(t, s, path)
	warning := servertest.Document(t, opened).Find(".intro p").FilterFunction(func(_ int, p *goquery.Selection) bool {
		return strings.Contains(p.Text(), "Nếu đây không phải nơi")
	})
	if class := warning.AttrOr("class", ""); warning.Length() != 1 || class != "" {
		t.Errorf("%d warnings of another place, of class %q", warning.Length(), class)
	}
	if action != servertest.FormPath(servertest.PointLand) || slip != string(codes[0]) || first == id {
		t.Errorf("form to %q with %q; opened twice it is for %s and %s", action, slip, first, id)
	}
	// Incomplete, it comes back with all that was typed and the slip, which is not spent.
	resp, body := servertest.SendForm(t, s, servertest.PointLand, "id", first, "slip", slip, "t.words", "giữ lại")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("textarea").Text() != "giữ lại" || doc.Find("[name=slip]").AttrOr("value", "") != slip {
		t.Errorf("incomplete: %d, slip %q", resp.StatusCode, doc.Find("[name=slip]").AttrOr("value", ""))
	}
	if href := doc.Find("a[hreflang=en], a[lang=en]").First().AttrOr("href", ""); !strings.HasPrefix(href, path) {
		t.Errorf("in another language the slip is lost: %q", href)
	}
	for range 2 { // sent, and sent again by a phone that did not hear the answer
		resp, _ = servertest.SendForm(t, s, servertest.PointLand, "id", id, "slip", slip, "a.overall", "4", "nonce", testNonce)
		if resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("sent: %d", resp.StatusCode)
		}
	}
	all := servertest.Stored(t, s)
	if len(all) != 1 || all[0].Proof != survey.VerifiedSlip || all[0].Channel != survey.ChannelLink || string(all[0].ID) == id {
		t.Errorf("stored %+v", all)
	}
}

// Whatever is known of a slip, whoever opens it and whoever sends by it sees the same:
// one that is fresh, one that is used, one past its day, one of another point's form and
// a code that never was.
func TestNobodyLearnsWhetherASlipWasUsed(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	s := w.Server
	codes := servertest.IssueSlips(t, s, 3)
	send := func(slip string) (int, string, string) {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		resp, _ := servertest.SendForm(t, s, servertest.PointLand, "id", string(id), "slip", slip, "a.overall", "4")
		location := resp.Header.Get("Location")
		_, receipt := servertest.Get(t, s, location, "Cookie", cookieOf(t, resp))
		return resp.StatusCode, location, receipt
	}
	status, location, receipt := send(string(codes[0]))
	if status != http.StatusSeeOther {
		t.Fatalf("sent: %d", status)
	}
	var unknown string // whose form is of the same point
	for n := range 64 {
		code := slips.NewSlipCode([8]byte{byte(n)})
		if action, _, _ := openSlip(t, s, page.SlipPath(string(code))); action == servertest.FormPath(servertest.PointLand) {
			unknown = string(code)
		}
	}
	if unknown == "" {
		t.Fatal("no code that never was opens the form")
	}
	shown := func(slip string) string {
		_, body := servertest.Get(t, s, "/m/"+slip)
		doc := servertest.Document(t, body)
		doc.Find("[name=id], [name=ticket]").SetAttr("value", "") // new each time, for every form
		html, err := doc.Html()
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(html, slip, "SLIP")
	}
	fresh := shown(string(codes[1]))
	check := func(name, slip string) {
		if diff := cmp.Diff(fresh, shown(slip)); diff != "" {
			t.Errorf("%s: the form tells (-fresh +%s):\n%s", name, name, diff)
		}
		gotStatus, gotLocation, gotReceipt := send(slip)
		if diff := cmp.Diff([]any{status, location, receipt}, []any{gotStatus, gotLocation, gotReceipt}); diff != "" {
			t.Errorf("%s: the answer tells (-fresh +%s):\n%s", name, name, diff)
		}
	}
	check("Used", string(codes[0]))
	check("Unknown", unknown)
	w.Time = w.Time.AddDate(0, 0, 40)
	check("Old", string(codes[1]))
	resp, _ := servertest.SendForm(t, s, servertest.PointOpen, "id", servertest.ResponseID, "slip", string(codes[2]), "sector", "land", "a.sector", "land", "a.overall", "4")
	if resp.StatusCode != http.StatusSeeOther {
		t.Errorf("sent at another point: %d", resp.StatusCode)
	}
	verified := 0
	for _, r := range servertest.Stored(t, s) {
		if r.Proof != survey.Unverified {
			verified++
		}
		if r.Channel != survey.ChannelLink { // progress counts by channel at once, and an export writes it
			t.Errorf("a response sent by a slip came in by %q: it tells whether the slip was good", r.Channel)
		}
	}
	if n := len(servertest.Stored(t, s)); verified != 1 || n != 5 {
		t.Errorf("%d of %d are verified, want 1 of 5", verified, n)
	}
}

// Who sends the form of a slip to see by what rises whether it had been used sees the
// same rise, of all that was received: a channel is told of a release alone.
func TestProgressTellsNothingOfASlip(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	clerk := servertest.OpenSession(t, w.Server, "lan")
	code := string(servertest.IssueSlips(t, w.Server, 1)[0])
	progress := func() string {
		w.Time = w.Time.Add(2 * time.Minute) // counts are a minute old
		resp, body := clerk.Get("/staff/campaigns/tthc-2026/progress")
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("progress: %d", resp.StatusCode)
		}
		return servertest.Words(servertest.Document(t, body).Find("main"))
	}
	send := func(id string) {
		if resp, _ := servertest.SendForm(t, w.Server, servertest.PointLand, "id", id, "slip", code, "a.overall", "4"); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("sent: %d", resp.StatusCode)
		}
	}
	for n, id := range []string{servertest.ResponseID, "0195663e-9d00-7000-8000-000000000002"} { // the slip is good, then used
		send(id)
		words := progress()
		if want := fmt.Sprintf("Đã nhận%d", n+1); !strings.Contains(words, want) || strings.Contains(words, "Mã dùng một lần") || strings.Contains(words, "Quét mã QR") {
			t.Errorf("after %d: %s, want %q and no channel", n+1, words, want)
		}
	}
}

// A check character tells a mistyped code before anything is sent; the field on the
// first page takes the codes of slips and of points.
func TestSlipIsTyped(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	code := servertest.IssueSlips(t, s, 1)[0]
	resp, _ := servertest.Get(t, s, "/s?code="+strings.ToLower(code.Grouped()))
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/m/"+string(code) {
		t.Errorf("typed: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	last := "0"
	if strings.HasSuffix(string(code), last) {
		last = "1"
	}
	for _, path := range []string{"/s?code=", "/m/"} {
		typed := string(code[:8]) + last
		resp, body := servertest.Get(t, s, path+typed)
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#code").AttrOr("value", "") != typed {
			t.Errorf("%s%s: %d, %q to mend", path, typed, resp.StatusCode, doc.Find("#code").AttrOr("value", ""))
		}
	}
}

// The picture of a slip's code is drawn for any code, and kept by no cache.
func TestSlipPicture(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for _, code := range []slips.SlipCode{servertest.IssueSlips(t, s, 1)[0], slips.NewSlipCode([8]byte{7})} {
		resp, body := servertest.Get(t, s, page.SlipPicturePath(string(code)))
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(body, "\x89PNG") {
			t.Errorf("%d %q", resp.StatusCode, resp.Header.Get("Cache-Control"))
		}
	}
}

// A link of an older version opens the form of its point until it expires, used or not;
// the response has an id of its own.
func TestOldLinkLeadsNowhere(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	s := w.Server
	path := servertest.AddLink(t, s, strings.Repeat("a", 32))
	action, id, slip := openSlip(t, s, path)
	if _, again, _ := openSlip(t, s, path); again == id {
		t.Errorf("opened twice it is for one response: %s", id)
	}
	if action != servertest.FormPath(servertest.PointLand) || slip != strings.Repeat("a", 32) {
		t.Errorf("form to %q with %q", action, slip)
	}
	for range 2 {
		if resp, _ := servertest.SendForm(t, s, servertest.PointLand, "id", id, "slip", slip, "a.overall", "1", "nonce", testNonce); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("sent: %d", resp.StatusCode)
		}
	}
	if all := servertest.Stored(t, s); len(all) != 1 || all[0].Proof != survey.VerifiedSlip {
		t.Errorf("stored %+v", all)
	}
	// Who issued it looks whether it was used: it is as before.
	if _, _, again := openSlip(t, s, path); again != slip {
		t.Errorf("used, it holds %q", again)
	}
	// A second answer is taken, and proves nothing.
	_, other, _ := openSlip(t, s, path)
	servertest.SendForm(t, s, servertest.PointLand, "id", other, "slip", slip, "a.overall", "5")
	if all := servertest.Stored(t, s); len(all) != 2 || all[0].Proof == all[1].Proof {
		t.Errorf("stored %+v", all)
	}
	w.Time = w.Time.Add(15 * 24 * time.Hour)
	if resp, body := servertest.Get(t, s, path); resp.StatusCode != http.StatusGone || !strings.Contains(body, "chỉ dùng được đến ngày 19/03/2026") || strings.Contains(body, "05/03/2026") {
		t.Errorf("expired: %d", resp.StatusCode)
	}
	for _, unknown := range []string{"/l/x", "/l/" + strings.Repeat("b", 32)} {
		if resp, _ := servertest.Get(t, s, unknown); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", unknown, resp.StatusCode)
		}
	}
}

// A form that was opened by a link before the program was renewed comes after it, with
// an id that follows from the link: it is stored once, under another.
func TestFormOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	s := servertest.NewStaffServer(t).Server
	path := servertest.AddLink(t, s, strings.Repeat("a", 32))
	const derived = "ee9ea6b9-bd7f-8510-bc8d-8649ebdd83c4"
	resp, body := servertest.Do(t, s, servertest.FormRequest(path, "id", derived, "t.words", "giữ lại"))
	if resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("textarea").Text() != "giữ lại" {
		t.Errorf("incomplete: %d", resp.StatusCode)
	}
	for range 2 {
		resp, _ := servertest.Do(t, s, servertest.FormRequest(path, "id", derived, "a.overall", "1", "nonce", testNonce))
		if location := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || strings.Contains(location, derived) {
			t.Fatalf("sent: %d to %s", resp.StatusCode, location)
		}
	}
	all := servertest.Stored(t, s)
	if len(all) != 1 || all[0].ID == derived || all[0].Proof != survey.VerifiedSlip {
		t.Errorf("stored %+v", all)
	}
	// What the older version had stored already is not stored again.
	surveytest.WantKind(t, s.Store.Delete(t.Context(), survey.Responses, derived, 0), survey.NotFound)
	stored := all[0]
	stored.ID = derived
	if err := (survey.Documents[survey.Response]{Store: s.Store, Collection: survey.Responses}).Insert(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	resp, body = servertest.Do(t, s, servertest.FormRequest(path, "id", derived, "a.overall", "1", "nonce", testNonce))
	if resp.StatusCode != http.StatusConflict || !strings.Contains(body, "Phiếu này đã được nhận") || len(servertest.Stored(t, s)) != 2 {
		t.Errorf("stored before: %d, %d responses", resp.StatusCode, len(servertest.Stored(t, s)))
	}
	r := httptest.NewRequest(http.MethodPost, "/l/"+strings.Repeat("b", 32), http.NoBody)
	if resp, _ := servertest.Do(t, s, r); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown link: %d", resp.StatusCode)
	}
}

// A person opens a slip's form, is called away, comes back on the same phone, and finds
// what they had answered; in the form of another slip it does not show.
func TestSlipResumedOnAPhone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	base := servertest.Serve(t, s)
	codes := servertest.IssueSlips(t, s, 2)
	path, other := page.SlipPath(string(codes[0])), page.SlipPath(string(codes[1]))
	ctx := webtest.Browser(t)
	webtest.Steps(t, ctx, chromedp.Navigate(base+path), webtest.Tap(faceBad), chromedp.SendKeys("textarea", "đang viết"),
		chromedp.Navigate(base+other))
	if webtest.Ask[string](t, ctx, "document.querySelector('textarea').value") != "" {
		t.Error("one slip's draft shows in another's form")
	}
	webtest.Axe(t, ctx)
	webtest.Steps(t, ctx, chromedp.Navigate(base+path), chromedp.WaitVisible("#note"))
	if got := webtest.Ask[string](t, ctx, "document.querySelector('textarea').value"); got != "đang viết" {
		t.Errorf("resumed with %q", got)
	}
	webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
	if all := servertest.Stored(t, s); len(all) != 1 || all[0].Proof != survey.VerifiedSlip {
		t.Errorf("stored %+v", all)
	}
}
