package public_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/surveytest"
	"hailong/web/servertest"
)

// cookieOf is the cookie of an answer, as the browser sends it back.
func cookieOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	for _, c := range resp.Cookies() {
		if c.Name == "receipt" {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("no cookie for the receipt: %d", resp.StatusCode)
	return ""
}

// sendAs sends a form, and returns the status, the page and the code on its receipt.
func sendAs(t *testing.T, s *servertest.Server, path string, pairs ...string) (status int, page, code string) {
	t.Helper()
	resp, body := servertest.Do(t, s, servertest.FormRequest(path, pairs...))
	if resp.StatusCode != http.StatusSeeOther {
		if len(resp.Cookies()) != 0 {
			t.Errorf("%d with %v", resp.StatusCode, resp.Cookies())
		}
		return resp.StatusCode, body, ""
	}
	_, receipt := servertest.Get(t, s, resp.Header.Get("Location"), "Cookie", cookieOf(t, resp))
	return resp.StatusCode, receipt, servertest.Document(t, receipt).Find(".receipt code").Text()
}

// Attack: a clerk opens the form on the telephone that is handed over, and notes what
// stands in the page. Nothing in it is a code, leads to one, or is an address to ask.
func TestWhoPreparesAFormHasNoCode(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	path := servertest.FormPath(servertest.PointLand)
	for _, from := range []string{path, path + "?lang=en", "/m/" + string(servertest.IssueSlips(t, s, 1)[0]), servertest.KioskPath(servertest.PointLand)} {
		_, body := servertest.Get(t, s, from)
		if strings.Contains(body, `name="receipt"`) {
			t.Errorf("%s holds a receipt code", from)
		}
	}
	opened := openForm(t, s, path)
	_, _, code := sendAs(t, s, path, append(slices.Clone(opened), "a.overall", "1", "nonce", testNonce)...)
	if code == "" {
		t.Fatal("the sender sees no code")
	}
	known := strings.Join(opened, " ")
	for _, r := range servertest.Stored(t, s) {
		if strings.Contains(known, strings.ReplaceAll(code, "-", "")) || strings.Contains(known, string(r.ID)) || strings.Contains(known, string(r.ID)[14:]) {
			t.Errorf("the form held %q: the code %s or the id %s", known, code, r.ID)
		}
	}
}

// reads counts what is read from a store.
type reads struct {
	survey.Store
	n int
}

func (r *reads) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	r.n++
	return r.Store.Get(ctx, c, id)
}

// Attack: the clerk asks the address of the receipt, before and after the citizen sends.
// It is one page, and nothing is looked up for it, so that its time tells nothing either.
func TestReceiptAddressTellsNothing(t *testing.T) {
	t.Parallel()
	store := &reads{Store: surveytest.Store(t)}
	s := servertest.NewOn(t, store, servertest.Catalog())
	path := servertest.FormPath(servertest.PointLand)
	opened := openForm(t, s, path)
	addresses := []string{"/thanks", "/thanks/" + field(opened, "id"), "/thanks/" + servertest.ResponseID, "/thanks/42"}
	ask := func() (pages []string) {
		before := store.n
		for _, address := range addresses {
			for _, cookie := range []string{"", "receipt=", "receipt=x", "receipt=" + field(opened, "id"), "other=1"} {
				resp, body := servertest.Get(t, s, path+address, "Cookie", cookie)
				if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s: %d %v", address, resp.StatusCode, resp.Header)
				}
				pages = append(pages, body)
			}
		}
		if store.n != before {
			t.Errorf("%d documents were read for who sent nothing", store.n-before)
		}
		return pages
	}
	before := ask()
	for _, page := range before[1:] {
		if diff := cmp.Diff(before[0], page); diff != "" {
			t.Fatalf("one address is another page (-/thanks +other):\n%s", diff)
		}
	}
	_, _, code := sendAs(t, s, path, append(slices.Clone(opened), "a.overall", "1")...)
	if diff := cmp.Diff(before, ask()); diff != "" || code == "" {
		t.Errorf("the address tells that the citizen sent, or there is no code %q:\n%s", code, diff)
	}
}

// Attack: the clerk sends the same form again with answers that are guessed. Whether
// they are right, the answer is one page, without a code; what was typed can be sent as
// another form.
func TestFormThatCameBeforeIsNoOracle(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	path := servertest.FormPath(servertest.PointLand)
	opened := openForm(t, s, path)
	status, _, code := sendAs(t, s, path, append(slices.Clone(opened), "a.overall", "1", "a.bad", "1", "a.bad", "9", "t.bad", "ồn", "nonce", testNonce)...)
	if status != http.StatusSeeOther || code == "" {
		t.Fatalf("the sender: %d, code %q", status, code)
	}
	said := ""
	for name, guess := range map[string][]string{
		"Right":        {"a.overall", "1", "a.bad", "1", "a.bad", "9", "t.bad", "ồn"},
		"Wrong":        {"a.overall", "5"},
		"AnotherNonce": {"a.overall", "1", "a.bad", "1", "a.bad", "9", "t.bad", "ồn", "nonce", "ffeeddccbbaa99887766554433221100"},
		"WithoutNonce": {"a.overall", "2", "nonce", ""},
		"NextDay":      {"a.overall", "1", "day", "2026-03-04"},
	} {
		status, page, shown := sendAs(t, s, path, append(slices.Clone(opened), guess...)...)
		doc := servertest.Document(t, page)
		doc.Find("main input").Remove()
		words, err := doc.Html()
		if err != nil {
			t.Fatal(err)
		}
		if status != http.StatusConflict || shown != "" || strings.Contains(page, code) {
			t.Errorf("%s: %d, code %q", name, status, shown)
		}
		if said == "" {
			said = words
		}
		if diff := cmp.Diff(said, words); diff != "" {
			t.Errorf("%s is answered in another way:\n%s", name, diff)
		}
	}
	if !strings.Contains(said, "Không cần gửi lại") || len(servertest.Stored(t, s)) != 1 {
		t.Errorf("%d responses, and it says %s", len(servertest.Stored(t, s)), said)
	}

	// Another person's answers are sent as another form, as they were typed.
	_, page, _ := sendAs(t, s, path, append(slices.Clone(opened), "a.overall", "1", "a.bad", "2", "a.bad", "9", "t.bad", `"><b>nóng`, "t.words", "Chờ lâu", "day", "2026-03-04")...)
	doc := servertest.Document(t, page)
	if action := doc.Find("main form").AttrOr("action", ""); action != path || doc.Find("main form button").Text() != "Gửi thành phiếu mới" {
		t.Errorf("the form goes to %q", action)
	}
	fields := servertest.HiddenFields(doc, "main form")
	if status, _, other := sendAs(t, s, path, fields...); status != http.StatusSeeOther || other == "" || other == code {
		t.Errorf("as another form: %d, code %q of %q", status, other, code)
	}
	want := survey.Response{Answers: []survey.Answer{{Item: "overall", Codes: []int{1}}, {Item: "bad", Codes: []int{2, 9}}}, Texts: []survey.Words{{Item: "bad", Text: `"><b>nóng`}, {Item: "words", Text: "Chờ lâu"}}}
	got := storedAs(t, s, path, fields)
	if diff := cmp.Diff(want.Answers, got.Answers) + cmp.Diff(want.Texts, got.Texts); diff != "" || got.Day != "2026-03-04" || len(servertest.Stored(t, s)) != 2 {
		t.Errorf("%d responses, of %s: %s", len(servertest.Stored(t, s)), got.Day, diff)
	}
}

// A device that did not hear the answer sends the form again with what it drew, and sees
// its code, at another server too. It alone hears that other answers were not kept.
func TestSenderSeesTheCodeAgain(t *testing.T) {
	t.Parallel()
	s, other := servertest.NewReplicas(t)
	path := servertest.FormPath(servertest.PointLand)
	sent := append(openForm(t, s, path), "nonce", testNonce)
	_, _, code := sendAs(t, s, path, append(slices.Clone(sent), "a.overall", "1")...)
	for name, server := range map[string]*servertest.Server{"Same": s, "Other": other} {
		status, page, again := sendAs(t, server, path, append(slices.Clone(sent), "a.overall", "1")...)
		if status != http.StatusSeeOther || again != code || code == "" || !strings.Contains(page, "đã được lưu") {
			t.Errorf("%s: %d, code %q, want %q", name, status, again, code)
		}
	}
	// Both at once: one server stores it, and the other knows the device.
	both := append(openForm(t, s, path), "nonce", testNonce, "a.overall", "1")
	shown := make([]string, 8)
	var group sync.WaitGroup
	for i := range shown {
		group.Go(func() { _, _, shown[i] = sendAs(t, []*servertest.Server{s, other}[i%2], path, both...) })
	}
	group.Wait()
	if slices.Sort(shown); shown[0] == "" || shown[0] != shown[7] || len(servertest.Stored(t, s)) != 2 {
		t.Errorf("sent at once it shows %q; %d responses, want 2", shown, len(servertest.Stored(t, s)))
	}
	status, page, again := sendAs(t, s, path, append(slices.Clone(sent), "a.overall", "5")...)
	if status != http.StatusSeeOther || again != code || !strings.Contains(page, "câu trả lời đầu tiên được giữ") {
		t.Errorf("other answers: %d, code %q, want %q", status, again, code)
	}
	if r := storedAs(t, s, path, sent); r.Answers[0].Codes[0] != 1 {
		t.Errorf("stored %+v", r)
	}
}

// An id that the form of another point carried is another response there: it tells
// nothing of the first.
func TestSameIDAtAnotherPoint(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	id := field(openForm(t, s, servertest.FormPath(servertest.PointLand)), "id")
	for _, path := range []string{servertest.FormPath(servertest.PointLand), servertest.FormPath(servertest.PointOpen)} {
		if status, page, _ := sendAs(t, s, path, "id", id, "a.sector", "civil", "a.overall", "1"); status != http.StatusSeeOther {
			t.Errorf("%s: %d %s", path, status, page)
		}
	}
	// The page of a kiosk is one of its own as well, and says the same whatever is stored.
	for _, answer := range []string{"1", "1", "5"} {
		resp, _ := servertest.Do(t, s, servertest.FormRequest(servertest.KioskPath(servertest.PointLand), "id", id, "a.overall", answer))
		if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 0 {
			t.Errorf("kiosk: %d %v", resp.StatusCode, resp.Cookies())
		}
	}
	if n := len(servertest.Stored(t, s)); n != 3 {
		t.Errorf("%d responses, want 3", n)
	}
}

// What tells a device again is in the store alone, and in no response that is read from it.
func TestNonceLeavesNothingButAHash(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	path := servertest.FormPath(servertest.PointLand)
	stored := send(t, s, path, openForm(t, s, path))
	doc, err := s.Store.Get(t.Context(), survey.Responses, string(stored.ID))
	if err != nil {
		t.Fatal(err)
	}
	if retry, ok := doc.Lookup(survey.RetryField).Int64OK(); !ok || retry == 0 || stored.Retry != 0 || strings.Contains(string(doc), testNonce) {
		t.Errorf("stored %s, read %d", doc, stored.Retry)
	}
	rewritten, err := bson.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bson.Raw(rewritten).LookupErr(survey.RetryField); err == nil {
		t.Error("what rewrites a response keeps the hash")
	}
}

// A form that an older version showed was open on a telephone when the program was
// renewed: it is stored once, and a draft of it keeps its code.
func TestFormShownByAnOlderVersion(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	path := servertest.FormPath(servertest.PointLand)
	older := []string{"id", newID(t), "receipt", "0000000000000", "a.overall", "4"}
	status, _, code := sendAs(t, s, path, older...)
	if status != http.StatusSeeOther || code == "" {
		t.Fatalf("%d, code %q", status, code)
	}
	if status, page, again := sendAs(t, s, path, older...); status != http.StatusConflict || again != "" || strings.Contains(page, code) {
		t.Errorf("sent again: %d, code %q", status, again)
	}
	if status, page, _ := sendAs(t, s, path, older[:4]...); status != http.StatusUnprocessableEntity || servertest.Document(t, page).Find("#form [name=receipt]").AttrOr("value", "") != older[3] {
		t.Errorf("with nothing answered: %d, or what it carried is lost", status)
	}
	if status, page := takeBack(t, s, "code", code, "sure", "1"); status != http.StatusOK || !strings.Contains(page.Text(), "Đã rút phiếu") {
		t.Errorf("taken back: %d", status)
	}
	checkTakenBack(t, s, 1)
}
