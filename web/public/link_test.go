package public_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"hailong/survey"
	"hailong/survey/links"
	"hailong/survey/surveytest"
	"hailong/web/servertest"
	"hailong/web/webtest"
)

func TestLinkIsGoodOnce(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	s := w.Server
	path := servertest.IssueLink(t, s, servertest.Dossier)
	var id string
	for range 2 { // opened, left, and opened again
		resp, body := servertest.Get(t, s, path)
		doc := servertest.Document(t, body)
		id = doc.Find("[name=id]").AttrOr("value", "")
		if resp.StatusCode != http.StatusOK || doc.Find("#form").AttrOr("action", "") != path || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%d, form to %q", resp.StatusCode, doc.Find("#form").AttrOr("action", ""))
		}
	}
	resp, body := servertest.Do(t, s, servertest.FormRequest(path, "id", id, "t.words", "giữ lại"))
	if resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("textarea").Text() != "giữ lại" {
		t.Errorf("incomplete: %d", resp.StatusCode)
	}
	for range 2 { // sent, and sent again by a phone that did not hear the answer
		// Another id than the link's own changes nothing.
		resp, _ = servertest.Do(t, s, servertest.FormRequest(path, "id", id, "a.overall", "4", "lang", "en"))
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != path+"/thanks/"+id+"?lang=en" {
			t.Fatalf("sent: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	if resp, body := servertest.Get(t, s, path+"/thanks/"+id); resp.StatusCode != http.StatusOK || servertest.Document(t, body).Find(".receipt code").Length() != 1 {
		t.Errorf("thanks: %d", resp.StatusCode)
	}
	all := servertest.Stored(t, s)
	if len(all) != 1 || all[0].Channel != survey.ChannelLink || all[0].Sector != "land" {
		t.Errorf("stored %+v", all)
	}
	for _, again := range []func() (*http.Response, string){
		func() (*http.Response, string) { return servertest.Get(t, s, path) },
		func() (*http.Response, string) {
			return servertest.Do(t, s, servertest.FormRequest(path, "id", servertest.ResponseID, "a.overall", "1"))
		},
	} {
		resp, body := again()
		if resp.StatusCode != http.StatusGone || !strings.Contains(servertest.Document(t, body).Find("main").Text(), "Cảm ơn Ông/Bà đã gửi ý kiến") {
			t.Errorf("used: %d %s", resp.StatusCode, servertest.Document(t, body).Find("main").Text())
		}
	}
	_, err := s.Links.Issue(t.Context(), survey.Actor{}, servertest.Dossier, servertest.Code(servertest.PointLand))
	surveytest.WantError(t, err, survey.Invalid, "link.invalid")
	if told := survey.FieldsOf(err)["dossier"]; told.Key != "link.dossier_answered" {
		t.Errorf("an answered dossier: told %q", told.Key)
	}

	// Too old says so; issued anew it opens again.
	path = servertest.IssueLink(t, s, "H35.14-260305-0002")
	w.Time = w.Time.Add(15 * 24 * time.Hour)
	if resp, body := servertest.Get(t, s, path); resp.StatusCode != http.StatusGone || !strings.Contains(body, "chỉ dùng được đến ngày 19/03/2026") {
		t.Errorf("expired: %d", resp.StatusCode)
	}
	if again := servertest.IssueLink(t, s, "H35.14-260305-0002"); again != path {
		t.Error("renewed under another address")
	}
	if resp, _ := servertest.Get(t, s, path); resp.StatusCode != http.StatusOK {
		t.Errorf("renewed: %d", resp.StatusCode)
	}
	for _, unknown := range []string{"/l/x", "/l/" + strings.Repeat("a", 32), path + "/thanks/" + servertest.ResponseID} {
		if resp, _ := servertest.Get(t, s, unknown); resp.StatusCode == http.StatusOK {
			t.Errorf("%s: %d", unknown, resp.StatusCode)
		}
	}
	counts, err := s.Links.Counts(t.Context())
	if err != nil || counts[servertest.Code(servertest.PointLand)] != (links.LinkCounts{Issued: 2, Opened: 2, Used: 1}) {
		t.Errorf("%+v, %v", counts, err)
	}
}

// A person opens the link, is called away, comes back on the same phone, and
// finds what they had answered.
func TestLinkResumedOnAPhone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	base := servertest.Serve(t, s)
	path, other := servertest.IssueLink(t, s, servertest.Dossier), servertest.IssueLink(t, s, "H35.14-260305-0002")
	ctx := webtest.Browser(t)
	webtest.Steps(t, ctx, chromedp.Navigate(base+path), webtest.Tap(faceBad), chromedp.SendKeys("textarea", "đang viết"),
		chromedp.Navigate(base+other))
	if webtest.Ask[string](t, ctx, "document.querySelector('textarea').value") != "" {
		t.Error("one dossier's draft shows in another's form")
	}
	webtest.Steps(t, ctx, chromedp.Navigate(base+path), chromedp.WaitVisible("#note"))
	if got := webtest.Ask[string](t, ctx, "document.querySelector('textarea').value"); got != "đang viết" {
		t.Errorf("resumed with %q", got)
	}
	webtest.Axe(t, ctx)
	webtest.Steps(t, ctx, webtest.Tap(sendButton), chromedp.WaitVisible(onReceipt))
	webtest.Axe(t, ctx)
	webtest.Steps(t, ctx, chromedp.Navigate(base+path), chromedp.WaitVisible(".notice"))
	webtest.Axe(t, ctx)
	if all := servertest.Stored(t, s); len(all) != 1 || all[0].Channel != survey.ChannelLink {
		t.Errorf("stored %+v", all)
	}
}
