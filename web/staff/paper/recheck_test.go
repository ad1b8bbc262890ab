package paper_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/servertest"
)

var overallQuery = tables.Query{Campaign: "tthc-2026"}

const recheckAddress = "/staff/rechecks/tthc-2026"

func TestRecheckPages(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithBatch(t)
	lan := servertest.SignIn(t, s, "lan")
	for _, serial := range []string{"2", "3", "4", "5"} {
		if resp, _ := lan.Post(servertest.BatchPath, servertest.SentForm(serial, "4")...); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("form %s: %d", serial, resp.StatusCode)
		}
	}
	v := servertest.SignIn(t, s, "mat-tran")
	if _, body := v.Get("/staff/rechecks"); !strings.Contains(servertest.Document(t, body).Find("tbody").Text(), "Còn 1 phiếu") {
		t.Error("the list does not say what waits")
	}
	if resp, body := v.Post(recheckAddress, "share", "nhiều", "minimum", "0"); resp.StatusCode != http.StatusUnprocessableEntity ||
		servertest.Document(t, body).Find("#f-share-error, #f-minimum-error").Length() != 2 {
		t.Errorf("bad share: %d", resp.StatusCode)
	}
	if resp, _ := v.Post(recheckAddress, "share", "10", "minimum", "3"); !strings.Contains(resp.Header.Get("Location"), "recheck_drawn") {
		t.Errorf("drawn: to %q", resp.Header.Get("Location"))
	}
	if resp, _ := v.Post(recheckAddress, "share", "10,0", "minimum", "3"); !strings.Contains(resp.Header.Get("Location"), "recheck_enough") {
		t.Errorf("drawn again: to %q", resp.Header.Get("Location"))
	}
	_, body := v.Get(recheckAddress)
	links := servertest.Document(t, body).Find("tbody th a")
	if links.Length() != 3 {
		t.Fatalf("%d forms drawn", links.Length())
	}
	form := links.First().AttrOr("href", "")
	_, body = v.Get(form)
	doc := servertest.Document(t, body)
	if doc.Find("[name='asked.overall'] option[selected]").AttrOr("value", "") != "" || strings.Contains(doc.Find("dl").Text(), "Hài lòng") {
		t.Error("the page gives away what the form says")
	}
	resp, body := v.Post(form, "seen", "0", "outcome", "match", "asked.overall", "2", "note", "nhà bên suối")
	doc = servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-outcome-error").Length() != 1 || doc.Find("[name=note]").AttrOr("value", "") != "nhà bên suối" {
		t.Errorf("a match that is none: %d", resp.StatusCode)
	}
	if resp, _ := v.Post(form, "seen", "0", "outcome", "match", "asked.overall", "4"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	resp, body = v.Post(form, "seen", "0", "outcome", "wrong")
	if doc = servertest.Document(t, body); resp.StatusCode != http.StatusConflict || doc.Find(".conflict").Length() != 1 || doc.Find("[name=seen]").AttrOr("value", "") != "1" {
		t.Errorf("the second of two: %d", resp.StatusCode)
	}
	if resp, _ := v.Post(form, "seen", "1", "outcome", "wrong"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a correction: %d", resp.StatusCode)
	}
	_, body = v.Get(recheckAddress)
	doc = servertest.Document(t, body)
	if !strings.Contains(doc.Find(".errors").Text(), "Hơn 10\u00a0%") || doc.Find("tbody th a").Length() != 5 {
		t.Errorf("all are to be re-checked: %d drawn, %q", doc.Find("tbody th a").Length(), doc.Find(".errors").Text())
	}
	// The findings are seen beside the progress, and nothing can be edited.
	_, body = v.Get("/staff/campaigns/tthc-2026/progress")
	if text := servertest.Document(t, body).Find("main").Text(); !strings.Contains(text, "1/5, sai lệch 1") || !strings.Contains(text, "Nguyễn Thị lan") {
		t.Errorf("progress: %s", text)
	}
	_, body = servertest.SignIn(t, s, "noi-vu").Get(servertest.BatchPath + "/edit")
	if found := servertest.Document(t, body).Find("td .tag.bad"); found.Length() != 1 || found.Text() != "Sai lệch" {
		t.Errorf("the office is told %q of the forms", found.Text())
	}
	if resp, _ := v.Get("/staff/batches"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a supervisor opens the batches: %d", resp.StatusCode)
	}
}

// Nobody re-checks what they entered themselves.
func TestNobodyRechecksTheirOwn(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithBatch(t)
	users := survey.Documents[people.User]{Store: s.Store, Collection: survey.Users}
	lan, err := users.Get(t.Context(), "lan")
	if err != nil {
		t.Fatal(err)
	}
	lan.Grant.Role, lan.Rev = survey.Supervisor, lan.Rev+1
	if err := users.Replace(t.Context(), lan.Rev-1, lan); err != nil {
		t.Fatal(err)
	}
	v := servertest.SignIn(t, s, "lan")
	_, body := v.Get(recheckAddress)
	if doc := servertest.Document(t, body); doc.Find("tbody th a").Length() != 0 || !strings.Contains(doc.Text(), "chính Ông/Bà nhập") {
		t.Error("one's own form is offered")
	}
	form := recheckAddress + "/" + servertest.BatchPath[len("/staff/batches/"):] + ".1.1"
	if resp, _ := v.Post(form, "seen", "0", "outcome", "match"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("%d", resp.StatusCode)
	}
}
