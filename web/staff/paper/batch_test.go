package paper_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/web"
	"hailong/web/servertest"
	"hailong/web/staff"
)

func TestBatchesAreMadeAndAssigned(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithBatch(t)
	v := servertest.SignIn(t, s, "noi-vu")
	_, body := v.Get("/staff/batches/new")
	if link := servertest.Document(t, body).Find(".tasks a").AttrOr("href", ""); link != "/staff/batches/new?campaign=tthc-2026&form=quick" {
		t.Errorf("the campaign leads to %q", link)
	}
	_, body = v.Get("/staff/batches/new?campaign=tthc-2026&form=quick")
	doc := servertest.Document(t, body)
	if doc.Find("[name=units][value=motcua]").Length() != 1 || doc.Find("[name=units]").Length() != 1 || doc.Find("[name=surveyors]").Length() != 2 {
		t.Errorf("offered: %s", doc.Find("main").Text())
	}
	for i := range s.Catalog().Points { // the first one on the wall is off: the unit is asked at others
		if p := &s.Catalog().Points[i]; p.Unit == "motcua" && p.Form == "quick" {
			p.Off = true
			break
		}
	}
	plan := []string{"campaign", "tthc-2026", "form", "quick", "units", "motcua", "surveyors", "lan", "surveyors", "hoa", "idempotency_key", doc.Find("main [name=idempotency_key]").AttrOr("value", "")}
	resp, body := v.Post("/staff/batches", append(plan, "forms", "rất nhiều")...)
	doc = servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-forms-error").Length() != 1 || doc.Find("[name=surveyors][checked]").Length() != 2 {
		t.Errorf("bad number: %d", resp.StatusCode)
	}
	if resp, body := v.Post("/staff/batches", "campaign", "tthc-2026", "form", "quick", "forms", "5"); resp.StatusCode != http.StatusUnprocessableEntity ||
		servertest.Document(t, body).Find("#f-units-error, #f-surveyors-error").Length() != 2 {
		t.Errorf("nothing chosen: %d", resp.StatusCode)
	}
	if resp, _ := v.Post("/staff/batches", append(plan, "forms", "30")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	v.Post("/staff/batches", append(plan, "forms", "30")...) // the second press of one
	_, body = v.Get("/staff/batches?campaign=tthc-2026")
	if rows := servertest.Document(t, body).Find("tbody tr"); rows.Length() != 3 || !strings.Contains(rows.Text(), "tthc-2026-003") {
		t.Errorf("%d batches listed", rows.Length())
	}
	_, body = servertest.SignIn(t, s, "hoa").Get("/staff/batches")
	if own := servertest.Document(t, body).Find(".piles li"); own.Length() != 1 || !strings.Contains(own.Text(), "Còn 30 phiếu") {
		t.Errorf("hoa sees %s", own.Text())
	}
	points := 0
	for _, p := range s.Catalog().Points {
		if p.Channel == survey.ChannelPaper {
			points++
		}
	}
	if points != 1 {
		t.Errorf("%d paper points, the one there was should have been taken", points)
	}
}

func TestBatchIsEditedClosedAndReopened(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithBatch(t)
	v := servertest.SignIn(t, s, "noi-vu")
	edit := func(rev, title, surveyor, forms string) (*http.Response, string) {
		return v.Post(servertest.BatchPath+"/edit", "rev", rev, "title", title, "surveyor", surveyor, "forms", forms)
	}
	if resp, body := edit("1", "", "lan", "0"); resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("#f-title-error, #f-forms-error").Length() != 2 {
		t.Errorf("bad input: %d", resp.StatusCode)
	}
	if resp, _ := edit("1", "Bản Nậm Củm", "hoa", "25"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	resp, body := edit("1", "Tên khác", "lan", "25")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find(".conflict tbody tr").Length() != 2 || doc.Find("[name=rev]").AttrOr("value", "") != "2" ||
		doc.Find("[name=title]").AttrOr("value", "") != "Tên khác" {
		t.Errorf("the second of two: %d %s", resp.StatusCode, doc.Find(".conflict").Text())
	}
	// It is hoa's now.
	if resp, _ := servertest.SignIn(t, s, "lan").Get(servertest.BatchPath); resp.StatusCode != http.StatusNotFound {
		t.Errorf("whom it was taken from: %d", resp.StatusCode)
	}
	hoa := servertest.SignIn(t, s, "hoa")
	if _, body := v.Get(servertest.BatchPath + "/close"); !strings.Contains(servertest.Document(t, body).Find("main").Text(), "Còn 24 phiếu") {
		t.Error("closing does not say how many are missing")
	}
	v.Post(servertest.BatchPath+"/close", "rev", "2")
	if _, body := hoa.Get(servertest.BatchPath); servertest.Document(t, body).Find("#form").Length() != 0 || !strings.Contains(body, "đã đóng") {
		t.Error("a closed batch still has a form")
	}
	if resp, _ := hoa.Post(servertest.BatchPath, servertest.SentForm("2", "4")...); resp.StatusCode != http.StatusGone {
		t.Errorf("keying into a closed batch: %d", resp.StatusCode)
	}
	if resp, _ := v.Post(servertest.BatchPath+"/close", "rev", "2"); !strings.Contains(resp.Header.Get("Location"), "batch_moved_on") {
		t.Errorf("closed by somebody else before: to %q", resp.Header.Get("Location"))
	}
	v.Post(servertest.BatchPath+"/reopen", "rev", "3")
	if resp, _ := hoa.Post(servertest.BatchPath, servertest.SentForm("2", "4")...); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("keying after reopening: %d", resp.StatusCode)
	}
}

// Without a script: save, and the next empty form with the same day is there.
func TestEntryWithoutScript(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithBatch(t)
	v := servertest.SignIn(t, s, "lan")
	_, body := v.Get(servertest.BatchPath)
	doc := servertest.Document(t, body)
	if doc.Find("[name=serial]").AttrOr("value", "") != "2" || doc.Find("[name=day]").AttrOr("value", "") != "2026-03-04" ||
		doc.Find("#q-overall [data-key]").Length() != 5 || doc.Find("#q-polite [data-key='0']").Length() != 1 || doc.Find("#latest li").Length() != 1 {
		t.Fatalf("the page: %s", doc.Find("main").Text())
	}
	resp, _ := v.Post(servertest.BatchPath, servertest.SentForm("2", "5", "t.words", "Tốt")...)
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != servertest.BatchPath+"?saved=2" {
		t.Fatalf("%d to %q", resp.StatusCode, to)
	}
	_, body = v.Get(servertest.BatchPath + "?saved=2")
	doc = servertest.Document(t, body)
	if doc.Find("[name=serial]").AttrOr("value", "") != "3" || !strings.Contains(doc.Find("#saved").Text(), "số hiệu 2") || doc.Find("#q-overall [checked]").Length() != 0 {
		t.Errorf("after saving: %s", doc.Find("main").Text())
	}
	if resp, _ := v.Post(servertest.BatchPath, servertest.SentForm("2", "5", "t.words", "Tốt")...); resp.Header.Get("Location") != servertest.BatchPath+"?same=2" {
		t.Errorf("the same again leads to %q", resp.Header.Get("Location"))
	}
	resp, body = v.Post(servertest.BatchPath, servertest.SentForm("2", "1")...)
	doc = servertest.Document(t, body)
	if differ := doc.Find(".cards tbody tr"); resp.StatusCode != http.StatusConflict || differ.Length() != 2 || !strings.Contains(differ.Text(), "Rất hài lòng") ||
		!strings.Contains(differ.Text(), "Tốt") || doc.Find("#a-overall-1[checked]").Length() != 1 {
		t.Errorf("other answers: %d, %s", resp.StatusCode, doc.Find("main").Text())
	}
	resp, body = v.Post(servertest.BatchPath, "serial", "99", "day", "05/03/2027", "a.sector", "land", "a.visits", "nhiều", "t.words", "giữ lại")
	doc = servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-serial-error, #f-day-error, #e-overall, #e-visits").Length() != 4 ||
		doc.Find("[name='t.words']").AttrOr("value", "") != "giữ lại" || doc.Find("[name=serial]").AttrOr("value", "") != "99" {
		t.Errorf("all wrong: %d %s", resp.StatusCode, doc.Find(".error, .errors").Text())
	}
	if n := len(servertest.Stored(t, s)); n != 2 {
		t.Errorf("%d stored", n)
	}
	if resp, _ := servertest.SignIn(t, s, "hoa").Post(servertest.BatchPath, servertest.SentForm("3", "4")...); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another surveyor: %d", resp.StatusCode)
	}
	if resp, body := servertest.Get(t, s, "/api/v1/results?campaign=tthc-2026"); resp.StatusCode != http.StatusUnauthorized || strings.Contains(body, "lan") {
		t.Errorf("%d", resp.StatusCode)
	}
}

// The page's script is told in JSON.
func TestEntryByScript(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithBatch(t)
	v := servertest.SignIn(t, s, "lan")
	type answer struct{ State, Text string } // of the page's script
	send := func(pairs ...string) (int, answer) {
		r := servertest.FormRequest(servertest.BatchPath, pairs...)
		r.Header.Set("Accept", "application/json")
		r.Header.Set(staff.CSRFHeader, v.CSRF)
		resp, body := v.Send(r)
		var told answer
		if err := json.Unmarshal([]byte(body), &told); err != nil {
			t.Fatalf("%d %v: %s", resp.StatusCode, err, body)
		}
		return resp.StatusCode, told
	}
	for _, step := range []struct {
		pairs  []string
		status int
		state  string
	}{
		{servertest.SentForm("2", "4"), http.StatusOK, "saved"},
		{servertest.SentForm("2", "4"), http.StatusOK, "same"},
		{servertest.SentForm("2", "3"), http.StatusConflict, "differs"},
		{servertest.SentForm("3", "9"), http.StatusUnprocessableEntity, "invalid"},
	} {
		status, told := send(step.pairs...)
		if status != step.status || told.State != step.state || told.Text == "" {
			t.Errorf("%v: %d %+v", step.pairs, status, told)
		}
	}
}

func TestVoidingAForm(t *testing.T) {
	t.Parallel()
	at := servertest.Now
	s := servertest.NewWithBatch(t, func(c *web.Config) { c.Now = func() time.Time { return at } })
	lan, office := servertest.SignIn(t, s, "lan"), servertest.SignIn(t, s, "noi-vu")
	if resp, body := lan.Post(servertest.BatchPath+"/void", "serial", "1", "take", "1", "reason", "x"); resp.StatusCode != http.StatusUnprocessableEntity ||
		servertest.Document(t, body).Find("#f-reason-error").Length() != 1 {
		t.Errorf("no reason: %d", resp.StatusCode)
	}
	servertest.SubmitOverall(t, s, 5, "4")
	home := results.Office(survey.Grant{Role: survey.HomeAffairs})
	servertest.Release(t, s)
	before, err := s.Published.Table(t.Context(), results.Request{Query: overallQuery, Reader: home, Source: results.FromRelease})
	if err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Minute)
	resp, _ := lan.Post(servertest.BatchPath+"/void", "serial", "1", "take", "1", "reason", "nhập nhầm số phiếu")
	if to := resp.Header.Get("Location"); to != servertest.BatchPath+"?done=void&serial=1" {
		t.Fatalf("%d to %q", resp.StatusCode, to)
	}
	servertest.SubmitOverall(t, s, 5, "4") // a void alone would tell what the form said
	at = at.Add(time.Minute)
	servertest.Release(t, s)
	after, err := s.Published.Table(t.Context(), results.Request{Query: overallQuery, Reader: home, Source: results.FromRelease})
	if err != nil || before.Overall.N != 6 || after.Overall.N != 10 {
		t.Errorf("%d respondents before, %d after (%v)", before.Overall.N, after.Overall.N, err)
	}
	// What was queued before is not let in again by itself, the person is.
	resp, body := lan.Post(servertest.BatchPath, servertest.SentForm("1", "4")...)
	doc := servertest.Document(t, body)
	if attempt := doc.Find("[name=take]").AttrOr("value", ""); resp.StatusCode != http.StatusConflict || attempt != "2" || !strings.Contains(doc.Find("#errors").Text(), "lần nữa") {
		t.Errorf("a voided form again: %d, attempt %q", resp.StatusCode, attempt)
	}
	_, body = lan.Get(servertest.BatchPath + "?serial=1")
	if attempt := servertest.Document(t, body).Find("[name=take]").AttrOr("value", ""); attempt != "2" {
		t.Errorf("the page offers attempt %q", attempt)
	}
	if resp, _ := lan.Post(servertest.BatchPath, append(servertest.SentForm("1", "2"), "take", "2")...); resp.StatusCode == http.StatusSeeOther {
		t.Error("two attempts at once are taken") // the first value counts
	}
	again := servertest.SentForm("1", "2")
	again[5] = "2"
	if resp, _ := lan.Post(servertest.BatchPath, again...); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("keyed in again: %d", resp.StatusCode)
	}
	if resp, _ := lan.Get(servertest.BatchPath + "/exclude?serial=1"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a surveyor opens the office's page: %d", resp.StatusCode)
	}
	// The page says which of the two it is about; who still has the old one open
	// does not void the new one.
	_, body = office.Get(servertest.BatchPath + "/exclude?serial=1")
	if attempt := servertest.Document(t, body).Find("main [name=take]").AttrOr("value", ""); attempt != "2" {
		t.Errorf("the office is asked about attempt %q", attempt)
	}
	office.Post(servertest.BatchPath+"/exclude", "serial", "1", "take", "1", "reason", "sai khi phúc tra")
	if _, body := lan.Get(servertest.BatchPath + "?serial=1"); servertest.Document(t, body).Find("#form").AttrOr("data-have", "") != "1" {
		t.Error("the form entered again is void")
	}
	if resp, _ := office.Post(servertest.BatchPath+"/exclude", "serial", "1", "take", "2", "reason", "sai khi phúc tra"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the office: %d", resp.StatusCode)
	}
	_, body = office.Get(servertest.BatchPath + "/edit")
	if n := servertest.Document(t, body).Find(".tag.bad").Length(); n != 2 {
		t.Errorf("%d forms are shown as void", n)
	}
	_, body = office.Get("/staff/audit")
	if !strings.Contains(servertest.Document(t, body).Find("main").Text(), "Hủy phiếu đã nhập") {
		t.Error("voiding is not in the log")
	}
}

func TestPaperPointTakesNobodysAnswers(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	s.Catalog().Point(servertest.Code(servertest.PointOpen)).Channel = survey.ChannelPaper
	for _, path := range []string{servertest.FormPath(servertest.PointOpen), servertest.KioskPath(servertest.PointOpen)} {
		if resp, body := servertest.Get(t, s, path); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "dành cho phiếu giấy") {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
		if resp, _ := servertest.Do(t, s, servertest.FormRequest(path, "id", servertest.ResponseID, "a.sector", "land", "a.overall", "4")); resp.StatusCode != http.StatusNotFound {
			t.Errorf("sent to %s: %d", path, resp.StatusCode)
		}
	}
	if n := len(servertest.Stored(t, s)); n != 0 {
		t.Errorf("%d responses were stored", n)
	}
}
