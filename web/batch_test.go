package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/staff"
)

// pointPaper is where the paper forms of these tests belong.
const pointPaper survey.PointCode = "PAPER01"

func withPaperPoint(catalog *survey.Catalog) *survey.Catalog {
	catalog.Points = append(catalog.Points, survey.Point{Code: pointPaper, Unit: "motcua", Form: "quick", Channel: survey.ChannelPaper, Order: 9})
	return catalog.Index()
}

// plantBatch stores a batch of a surveyor who need not be there yet, with one
// form keyed in and drawn to be re-checked.
func plantBatch(t *testing.T, s *Server, owner survey.Login) (survey.BatchID, survey.ResponseID) {
	t.Helper()
	batch := paper.Batch{
		ID: "tthc-2026-001", Rev: 1, Campaign: "tthc-2026", Title: "Bum Tở – Lan", Point: pointPaper, Surveyor: owner,
		Forms: 20, Created: testNow, Space: "0a1b2c3d-4e5f-8a6b-8c7d-8e9f0a1b2c3d",
	}
	batches := survey.Table[paper.Batch]{Store: s.Store, Collection: survey.PaperBatches}
	if err := batches.Insert(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	entered, err := s.services.Batches.Enter(t.Context(), owner, batch.ID, paper.Entry{
		Serial: 1, Day: "2026-03-04", Given: survey.Given{Codes: map[string][]string{"sector": {"land"}, "overall": {"4"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Rechecks.Draw(t.Context(), survey.Actor{Login: "mat-tran"}, "tthc-2026", 0.1, 3, paper.Everywhere); err != nil {
		t.Fatal(err)
	}
	return batch.ID, entered.Stored.ID
}

// newFieldServer serves a world with a paper point, a batch of lan's with one
// form, and everybody who has to do with it.
func newFieldServer(t *testing.T, change ...func(*Config)) *Server {
	t.Helper()
	catalog := withPaperPoint(testCatalog())
	s := newTestServer(t, append(change, func(c *Config) {
		get := func() *survey.Catalog { return catalog }
		c.Catalog = get
	})...)
	for login, role := range map[survey.Login]survey.Role{
		"lan": survey.Surveyor, "hoa": survey.Surveyor, "noi-vu": survey.HomeAffairs, "mat-tran": survey.Supervisor,
	} {
		hire(t, s, login, survey.Grant{Role: role})
	}
	plantBatch(t, s, "lan")
	return s
}

const batchAddress = "/staff/batches/tthc-2026-001"

// keyed is a form as the page sends it.
func keyed(serial, overall string, more ...string) []string {
	return append([]string{"serial", serial, "day", "2026-03-04", "take", "1", "form", "quick@2", "lang", "vi", "a.sector", "land", "a.overall", overall}, more...)
}

func TestBatchesAreMadeAndAssigned(t *testing.T) {
	t.Parallel()
	s := newFieldServer(t)
	v := visit(t, s, "noi-vu")
	_, body := v.get("/staff/batches/new")
	if link := document(t, body).Find(".tasks a").AttrOr("href", ""); link != "/staff/batches/new?campaign=tthc-2026&form=quick" {
		t.Errorf("the campaign leads to %q", link)
	}
	_, body = v.get("/staff/batches/new?campaign=tthc-2026&form=quick")
	doc := document(t, body)
	if doc.Find("[name=units][value=motcua]").Length() != 1 || doc.Find("[name=units]").Length() != 1 || doc.Find("[name=surveyors]").Length() != 2 {
		t.Errorf("offered: %s", doc.Find("main").Text())
	}
	for i := range s.Catalog().Points { // the first one on the wall is off: the unit is asked at others
		if p := &s.Catalog().Points[i]; p.Unit == "motcua" && p.Form == "quick" {
			p.Off = true
			break
		}
	}
	plan := []string{"campaign", "tthc-2026", "form", "quick", "units", "motcua", "surveyors", "lan", "surveyors", "hoa", "making", doc.Find("main [name=making]").AttrOr("value", "")}
	resp, body := v.post("/staff/batches", append(plan, "forms", "rất nhiều")...)
	doc = document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-forms-error").Length() != 1 || doc.Find("[name=surveyors][checked]").Length() != 2 {
		t.Errorf("bad number: %d", resp.StatusCode)
	}
	if resp, body := v.post("/staff/batches", "campaign", "tthc-2026", "form", "quick", "forms", "5"); resp.StatusCode != http.StatusUnprocessableEntity ||
		document(t, body).Find("#f-units-error, #f-surveyors-error").Length() != 2 {
		t.Errorf("nothing chosen: %d", resp.StatusCode)
	}
	if resp, _ := v.post("/staff/batches", append(plan, "forms", "30")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	v.post("/staff/batches", append(plan, "forms", "30")...) // the second press of one
	_, body = v.get("/staff/batches?campaign=tthc-2026")
	if rows := document(t, body).Find("tbody tr"); rows.Length() != 3 || !strings.Contains(rows.Text(), "tthc-2026-003") {
		t.Errorf("%d batches listed", rows.Length())
	}
	_, body = visit(t, s, "hoa").get("/staff/batches")
	if own := document(t, body).Find(".piles li"); own.Length() != 1 || !strings.Contains(own.Text(), "Còn 30 phiếu") {
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
	s := newFieldServer(t)
	v := visit(t, s, "noi-vu")
	edit := func(rev, title, surveyor, forms string) (*http.Response, string) {
		return v.post(batchAddress+"/edit", "rev", rev, "title", title, "surveyor", surveyor, "forms", forms)
	}
	if resp, body := edit("1", "", "lan", "0"); resp.StatusCode != http.StatusUnprocessableEntity || document(t, body).Find("#f-title-error, #f-forms-error").Length() != 2 {
		t.Errorf("bad input: %d", resp.StatusCode)
	}
	if resp, _ := edit("1", "Bản Nậm Củm", "hoa", "25"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", resp.StatusCode)
	}
	resp, body := edit("1", "Tên khác", "lan", "25")
	doc := document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find(".conflict tbody tr").Length() != 2 || doc.Find("[name=rev]").AttrOr("value", "") != "2" ||
		doc.Find("[name=title]").AttrOr("value", "") != "Tên khác" {
		t.Errorf("the second of two: %d %s", resp.StatusCode, doc.Find(".conflict").Text())
	}
	// It is hoa's now.
	if resp, _ := visit(t, s, "lan").get(batchAddress); resp.StatusCode != http.StatusNotFound {
		t.Errorf("whom it was taken from: %d", resp.StatusCode)
	}
	hoa := visit(t, s, "hoa")
	if _, body := v.get(batchAddress + "/close"); !strings.Contains(document(t, body).Find("main").Text(), "Còn 24 phiếu") {
		t.Error("closing does not say how many are missing")
	}
	v.post(batchAddress+"/close", "rev", "2")
	if _, body := hoa.get(batchAddress); document(t, body).Find("#form").Length() != 0 || !strings.Contains(body, "đã đóng") {
		t.Error("a closed batch still has a form")
	}
	if resp, _ := hoa.post(batchAddress, keyed("2", "4")...); resp.StatusCode != http.StatusGone {
		t.Errorf("keying into a closed batch: %d", resp.StatusCode)
	}
	if resp, _ := v.post(batchAddress+"/close", "rev", "2"); !strings.Contains(resp.Header.Get("Location"), "batch_moved_on") {
		t.Errorf("closed by somebody else before: to %q", resp.Header.Get("Location"))
	}
	v.post(batchAddress+"/reopen", "rev", "3")
	if resp, _ := hoa.post(batchAddress, keyed("2", "4")...); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("keying after reopening: %d", resp.StatusCode)
	}
}

// Without a script: save, and the next empty form with the same day is there.
func TestKeyingWithoutScript(t *testing.T) {
	t.Parallel()
	s := newFieldServer(t)
	v := visit(t, s, "lan")
	_, body := v.get(batchAddress)
	doc := document(t, body)
	if doc.Find("[name=serial]").AttrOr("value", "") != "2" || doc.Find("[name=day]").AttrOr("value", "") != "2026-03-04" ||
		doc.Find("#q-overall [data-key]").Length() != 5 || doc.Find("#q-polite [data-key='0']").Length() != 1 || doc.Find("#latest li").Length() != 1 {
		t.Fatalf("the page: %s", doc.Find("main").Text())
	}
	resp, _ := v.post(batchAddress, keyed("2", "5", "t.words", "Tốt")...)
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != batchAddress+"?saved=2" {
		t.Fatalf("%d to %q", resp.StatusCode, to)
	}
	_, body = v.get(batchAddress + "?saved=2")
	doc = document(t, body)
	if doc.Find("[name=serial]").AttrOr("value", "") != "3" || !strings.Contains(doc.Find("#saved").Text(), "số hiệu 2") || doc.Find("#q-overall [checked]").Length() != 0 {
		t.Errorf("after saving: %s", doc.Find("main").Text())
	}
	if resp, _ := v.post(batchAddress, keyed("2", "5", "t.words", "Tốt")...); resp.Header.Get("Location") != batchAddress+"?same=2" {
		t.Errorf("the same again leads to %q", resp.Header.Get("Location"))
	}
	resp, body = v.post(batchAddress, keyed("2", "1")...)
	doc = document(t, body)
	if differ := doc.Find(".cards tbody tr"); resp.StatusCode != http.StatusConflict || differ.Length() != 2 || !strings.Contains(differ.Text(), "Rất hài lòng") ||
		!strings.Contains(differ.Text(), "Tốt") || doc.Find("#a-overall-1[checked]").Length() != 1 {
		t.Errorf("other answers: %d, %s", resp.StatusCode, doc.Find("main").Text())
	}
	resp, body = v.post(batchAddress, "serial", "99", "day", "05/03/2027", "a.sector", "land", "a.visits", "nhiều", "t.words", "giữ lại")
	doc = document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-serial-error, #f-day-error, #e-overall, #e-visits").Length() != 4 ||
		doc.Find("[name='t.words']").AttrOr("value", "") != "giữ lại" || doc.Find("[name=serial]").AttrOr("value", "") != "99" {
		t.Errorf("all wrong: %d %s", resp.StatusCode, doc.Find(".error, .errors").Text())
	}
	if n := len(stored(t, s)); n != 2 {
		t.Errorf("%d stored", n)
	}
	if resp, _ := visit(t, s, "hoa").post(batchAddress, keyed("3", "4")...); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another surveyor: %d", resp.StatusCode)
	}
	if resp, body := get(t, s, "/api/v1/results?campaign=tthc-2026"); resp.StatusCode != http.StatusUnauthorized || strings.Contains(body, "lan") {
		t.Errorf("%d", resp.StatusCode)
	}
}

// The page's script is told in JSON.
func TestKeyingByScript(t *testing.T) {
	t.Parallel()
	s := newFieldServer(t)
	v := visit(t, s, "lan")
	type answer struct{ State, Text string } // of the page's script
	send := func(pairs ...string) (int, answer) {
		r := formRequest(batchAddress, pairs...)
		r.Header.Set("Accept", "application/json")
		r.Header.Set(staff.CSRFHeader, v.csrf)
		resp, body := v.send(r)
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
		{keyed("2", "4"), http.StatusOK, "saved"},
		{keyed("2", "4"), http.StatusOK, "same"},
		{keyed("2", "3"), http.StatusConflict, "differs"},
		{keyed("3", "9"), http.StatusUnprocessableEntity, "invalid"},
	} {
		status, told := send(step.pairs...)
		if status != step.status || told.State != step.state || told.Text == "" {
			t.Errorf("%v: %d %+v", step.pairs, status, told)
		}
	}
}

func TestVoidingAForm(t *testing.T) {
	t.Parallel()
	s := newFieldServer(t)
	lan, office := visit(t, s, "lan"), visit(t, s, "noi-vu")
	if resp, body := lan.post(batchAddress+"/void", "serial", "1", "take", "1", "reason", "x"); resp.StatusCode != http.StatusUnprocessableEntity ||
		document(t, body).Find("#f-reason-error").Length() != 1 {
		t.Errorf("no reason: %d", resp.StatusCode)
	}
	answerTimes(t, s, 5, "4")
	before, err := s.services.Published.Table(t.Context(), results.Request{Query: overallQuery, Reader: results.Office, Source: results.FromResponses})
	if err != nil {
		t.Fatal(err)
	}
	resp, _ := lan.post(batchAddress+"/void", "serial", "1", "take", "1", "reason", "nhập nhầm số phiếu")
	if to := resp.Header.Get("Location"); to != batchAddress+"?done=void&serial=1" {
		t.Fatalf("%d to %q", resp.StatusCode, to)
	}
	after, err := s.services.Published.Table(t.Context(), results.Request{Query: overallQuery, Reader: results.Office, Source: results.FromResponses})
	if err != nil || before.Overall.N != 6 || after.Overall.N != 5 {
		t.Errorf("%d respondents before, %d after (%v)", before.Overall.N, after.Overall.N, err)
	}
	// What was queued before is not let in again by itself, the person is.
	resp, body := lan.post(batchAddress, keyed("1", "4")...)
	doc := document(t, body)
	if take := doc.Find("[name=take]").AttrOr("value", ""); resp.StatusCode != http.StatusConflict || take != "2" || !strings.Contains(doc.Find("#errors").Text(), "lần nữa") {
		t.Errorf("a voided form again: %d, take %q", resp.StatusCode, take)
	}
	_, body = lan.get(batchAddress + "?serial=1")
	if take := document(t, body).Find("[name=take]").AttrOr("value", ""); take != "2" {
		t.Errorf("the page offers take %q", take)
	}
	if resp, _ := lan.post(batchAddress, append(keyed("1", "2"), "take", "2")...); resp.StatusCode == http.StatusSeeOther {
		t.Error("two takes at once are taken") // the first value counts
	}
	again := keyed("1", "2")
	again[5] = "2"
	if resp, _ := lan.post(batchAddress, again...); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("keyed in again: %d", resp.StatusCode)
	}
	if resp, _ := lan.get(batchAddress + "/exclude?serial=1"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a surveyor opens the office's page: %d", resp.StatusCode)
	}
	// The page says which of the two it is about; who still has the old one open
	// does not void the new one.
	_, body = office.get(batchAddress + "/exclude?serial=1")
	if take := document(t, body).Find("main [name=take]").AttrOr("value", ""); take != "2" {
		t.Errorf("the office is asked about take %q", take)
	}
	office.post(batchAddress+"/exclude", "serial", "1", "take", "1", "reason", "sai khi phúc tra")
	if _, body := lan.get(batchAddress + "?serial=1"); document(t, body).Find("#form").AttrOr("data-have", "") != "1" {
		t.Error("the form keyed in again is void")
	}
	if resp, _ := office.post(batchAddress+"/exclude", "serial", "1", "take", "2", "reason", "sai khi phúc tra"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the office: %d", resp.StatusCode)
	}
	_, body = office.get(batchAddress + "/edit")
	if n := document(t, body).Find(".tag.bad").Length(); n != 2 {
		t.Errorf("%d forms are shown as void", n)
	}
	_, body = office.get("/staff/audit")
	if !strings.Contains(document(t, body).Find("main").Text(), "Hủy phiếu đã nhập") {
		t.Error("voiding is not in the log")
	}
}

func TestPaperPointTakesNobodysAnswers(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	s.Catalog().Point(code(pointOpen)).Channel = survey.ChannelPaper
	for _, path := range []string{formPath(pointOpen), kioskPath(pointOpen)} {
		if resp, body := get(t, s, path); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "dành cho phiếu giấy") {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
		if resp, _ := do(t, s, formRequest(path, "id", testID, "a.sector", "land", "a.overall", "4")); resp.StatusCode != http.StatusNotFound {
			t.Errorf("sent to %s: %d", path, resp.StatusCode)
		}
	}
	if n := len(stored(t, s)); n != 0 {
		t.Errorf("%d responses were stored", n)
	}
}
