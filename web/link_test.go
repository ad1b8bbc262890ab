package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/links"
	"hailong/web/api"
	"hailong/web/page"
	"hailong/web/webtest"
)

const testDossier = "H35.14-260305-0001"

// issueLink makes a link and returns its path.
func issueLink(t *testing.T, s *Server, dossier string) string {
	t.Helper()
	issued, err := s.services.Links.Issue(t.Context(), survey.Actor{Login: "lan"}, dossier, code(pointLand))
	if err != nil {
		t.Fatal(err)
	}
	return page.LinkPath(issued.Secret)
}

func TestLinkIsIssuedByAClerk(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.OneStopOffice})
	v := visit(t, s, "lan")
	for _, wrong := range []struct{ dossier, point, field string }{
		{"123", string(code(pointLand)), "dossier"},
		{testDossier, string(code(pointOff)), "point"},
		{testDossier, "", "point"},
		{"", string(code(pointLand)), "dossier"},
		{strings.Repeat("H", 90), string(code(pointLand)), "dossier"},
		{testDossier, string(code(pointClosed)), "point"},
	} {
		resp, body := v.post("/staff/links", "dossier", wrong.dossier, "point", wrong.point)
		doc := document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+wrong.field+"-error").Length() != 1 || doc.Find("#f-dossier").AttrOr("value", "") != wrong.dossier {
			t.Errorf("%+v: %d", wrong, resp.StatusCode)
		}
	}
	resp, body := v.post("/staff/links", "dossier", " h35.14-260305-0001 ", "point", string(code(pointLand)))
	doc := document(t, body)
	address := doc.Find(".strip-url").Text()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(address, "https://hailong.example/l/") || doc.Find(".strip svg").Length() != 1 {
		t.Fatalf("%d %q", resp.StatusCode, address)
	}
	if strings.Contains(body, testDossier[:8]) && strings.Contains(body, "260305-0001\"") {
		t.Error("the dossier's code is shown again")
	}
	if _, again := v.post("/staff/links", "dossier", testDossier, "point", string(code(pointLand))); document(t, again).Find(".strip-url").Text() != address {
		t.Error("the same dossier has a second link")
	}
	// Nowhere in the store stands the code or the secret.
	secret := address[strings.LastIndex(address, "/")+1:]
	for _, c := range survey.Collections {
		err := s.Store.Scan(t.Context(), c, "", "", func(raw bson.Raw) error {
			if text := raw.String(); strings.Contains(text, "260305") || strings.Contains(text, secret) {
				t.Errorf("%s holds the dossier's code or the secret: %s", c, text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinkIsGoodOnce(t *testing.T) {
	t.Parallel()
	w := newLiving(t)
	s := w.Server
	path := issueLink(t, s, testDossier)
	var id string
	for range 2 { // opened, left, and opened again
		resp, body := get(t, s, path)
		doc := document(t, body)
		id = doc.Find("[name=id]").AttrOr("value", "")
		if resp.StatusCode != http.StatusOK || doc.Find("#form").AttrOr("action", "") != path || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%d, form to %q", resp.StatusCode, doc.Find("#form").AttrOr("action", ""))
		}
	}
	resp, body := do(t, s, formRequest(path, "id", id, "t.words", "giữ lại"))
	if resp.StatusCode != http.StatusUnprocessableEntity || document(t, body).Find("textarea").Text() != "giữ lại" {
		t.Errorf("incomplete: %d", resp.StatusCode)
	}
	for range 2 { // sent, and sent again by a phone that did not hear the answer
		// Another id than the link's own changes nothing.
		resp, _ = do(t, s, formRequest(path, "id", id, "a.overall", "4", "lang", "en"))
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != path+"/thanks/"+id+"?lang=en" {
			t.Fatalf("sent: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	if resp, body := get(t, s, path+"/thanks/"+id); resp.StatusCode != http.StatusOK || document(t, body).Find(".receipt code").Length() != 1 {
		t.Errorf("thanks: %d", resp.StatusCode)
	}
	all := stored(t, s)
	if len(all) != 1 || all[0].Channel != survey.ChannelLink || all[0].Sector != "land" {
		t.Errorf("stored %+v", all)
	}
	for _, again := range []func() (*http.Response, string){
		func() (*http.Response, string) { return get(t, s, path) },
		func() (*http.Response, string) { return do(t, s, formRequest(path, "id", testID, "a.overall", "1")) },
	} {
		resp, body := again()
		if resp.StatusCode != http.StatusGone || !strings.Contains(document(t, body).Find("main").Text(), "Cảm ơn Ông/Bà đã gửi ý kiến") {
			t.Errorf("used: %d %s", resp.StatusCode, document(t, body).Find("main").Text())
		}
	}
	if _, err := s.services.Links.Issue(t.Context(), survey.Actor{}, testDossier, code(pointLand)); err == nil {
		t.Error("an answered dossier gets a further link")
	}

	// Too old says so; issued anew it opens again.
	path = issueLink(t, s, "H35.14-260305-0002")
	w.now = w.now.Add(15 * 24 * time.Hour)
	if resp, body := get(t, s, path); resp.StatusCode != http.StatusGone || !strings.Contains(body, "chỉ dùng được đến ngày 19/03/2026") {
		t.Errorf("expired: %d", resp.StatusCode)
	}
	if again := issueLink(t, s, "H35.14-260305-0002"); again != path {
		t.Error("renewed under another address")
	}
	if resp, _ := get(t, s, path); resp.StatusCode != http.StatusOK {
		t.Errorf("renewed: %d", resp.StatusCode)
	}
	for _, unknown := range []string{"/l/x", "/l/" + strings.Repeat("a", 32), path + "/thanks/" + testID} {
		if resp, _ := get(t, s, unknown); resp.StatusCode == http.StatusOK {
			t.Errorf("%s: %d", unknown, resp.StatusCode)
		}
	}
	counts, err := s.services.Links.Counts(t.Context())
	if err != nil || counts[code(pointLand)] != (links.LinkCounts{Issued: 2, Opened: 2, Used: 1}) {
		t.Errorf("%+v, %v", counts, err)
	}
}

func TestLinkByProgram(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	secret, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Một cửa", survey.Grant{Role: survey.OneStopOffice}, "")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Nơi khác", survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(token, body string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/links", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		resp, answer := do(t, s, r)
		return resp.StatusCode, answer
	}
	body := `{"dossier":"` + testDossier + `","point":"` + string(code(pointLand)) + `"}`
	status, answer := ask(secret, body)
	var link api.Link
	if err := json.Unmarshal([]byte(answer), &link); err != nil || status != http.StatusOK || link.Expires != "2026-03-19" {
		t.Fatalf("%d %s", status, answer)
	}
	if resp, _ := get(t, s, strings.TrimPrefix(link.URL, "https://hailong.example")); resp.StatusCode != http.StatusOK {
		t.Errorf("the link opens with %d", resp.StatusCode)
	}
	for name, tt := range map[string]struct {
		token, body string
		status      int
	}{
		"Elsewhere": {elsewhere, body, 422}, "NoToken": {"x", body, 401}, "NotJSON": {secret, "dossier=1", 422},
		"BadDossier": {secret, strings.Replace(body, testDossier, "1", 1), 422},
	} {
		if status, answer := ask(tt.token, tt.body); status != tt.status {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
}

func TestLinkRules(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "admin", survey.Grant{Role: survey.Administrator})
	v := visit(t, s, "admin")
	if resp, body := v.post("/staff/links/rules", "pattern", "(", "days", "0", "rev", "1"); resp.StatusCode != http.StatusUnprocessableEntity || document(t, body).Find(".field.wrong").Length() != 2 {
		t.Errorf("bad rules: %d", resp.StatusCode)
	}
	before, err := s.services.Links.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := v.post("/staff/links/rules", "pattern", `^HS\d+$`, "days", "3", "rev", "1"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d", resp.StatusCode)
	}
	if resp, _ := v.post("/staff/links/rules", "pattern", `^X$`, "days", "3", "rev", "1"); resp.StatusCode != http.StatusConflict {
		t.Errorf("an older revision: %d", resp.StatusCode)
	}
	after, err := s.services.Links.Rules(t.Context())
	if err != nil || after.Key != before.Key || after.Days != 3 {
		t.Errorf("%+v %v", after, err)
	}
	if _, err := s.services.Links.Issue(t.Context(), survey.Actor{}, "hs 12", code(pointLand)); err != nil {
		t.Error(err)
	}
	if err := s.Audit.Each(t.Context(), audit.Filter{Action: "link."}, func(e audit.Entry) error {
		if strings.Contains(e.Before+e.After, before.Key) {
			t.Error("the key is in the audit log")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A person opens the link, is called away, comes back on the same phone, and
// finds what they had answered.
func TestLinkResumedOnAPhone(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	base := serve(t, s)
	path, other := issueLink(t, s, testDossier), issueLink(t, s, "H35.14-260305-0002")
	ctx := webtest.Browser(t)
	steps(t, ctx, chromedp.Navigate(base+path), tap(faceBad), chromedp.SendKeys("textarea", "đang viết"),
		chromedp.Navigate(base+other))
	if ask[string](t, ctx, "document.querySelector('textarea').value") != "" {
		t.Error("one dossier's draft shows in another's form")
	}
	steps(t, ctx, chromedp.Navigate(base+path), chromedp.WaitVisible("#note"))
	if got := ask[string](t, ctx, "document.querySelector('textarea').value"); got != "đang viết" {
		t.Errorf("resumed with %q", got)
	}
	webtest.Axe(t, ctx)
	steps(t, ctx, tap(sendButton), chromedp.WaitVisible(onReceipt))
	webtest.Axe(t, ctx)
	steps(t, ctx, chromedp.Navigate(base+path), chromedp.WaitVisible(".notice"))
	webtest.Axe(t, ctx)
	if all := stored(t, s); len(all) != 1 || all[0].Channel != survey.ChannelLink {
		t.Errorf("stored %+v", all)
	}
}
