package web_test

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"hailong/analysis/results"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/intake"
	"hailong/web/servertest"
)

// stuffed is how many perfect answers the script sends. The attack that was found
// sent 10,000; of HAILONG_TEST_STUFFED=10000 the server takes as many as do not
// endanger it (survey/traffic).
func stuffed(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("HAILONG_TEST_STUFFED")); err == nil {
		return n
	}
	return 300
}

// honestWeeks lets people answer at a point for four weeks before the day of the
// tests: most of them are satisfied.
func honestWeeks(t *testing.T, w *servertest.StaffServer) {
	t.Helper()
	for day := 28; day >= 1; day-- {
		for k := range 6 {
			w.Time = servertest.Now.AddDate(0, 0, -day).Add(time.Duration(k*40) * time.Minute)
			id, err := survey.NewResponseID()
			if err != nil {
				t.Fatal(err)
			}
			answer := []string{"5", "4", "4", "3", "5", "2"}[(k+day)%6]
			if _, err := w.Intake.Submit(t.Context(), intake.Submission{
				ID: string(id), Point: servertest.Code(servertest.PointLand), Lang: "vi", Given: survey.Given{Codes: map[string][]string{"overall": {answer}}},
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Time = servertest.Now
}

// overallNow cuts a release and returns the figure of the campaign that an office
// sees.
func overallNow(t *testing.T, w *servertest.StaffServer) tables.Figure {
	t.Helper()
	servertest.Release(t, w.Server)
	table, err := w.Published.Table(t.Context(), results.Request{
		Query: tables.Query{Campaign: "tthc-2026"}, Reader: results.Office(survey.Grant{Role: survey.HomeAffairs}), Source: results.FromRelease,
	})
	if err != nil {
		t.Fatal(err)
	}
	return table.Overall
}

// A script sends perfect answers. Each is thanked for; once its hour is judged the
// figures are what they were, the pages say what was held, and nothing is
// published before two people have looked.
func TestAScriptThatStuffsTheBox(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	honestWeeks(t, w)
	before, sent := overallNow(t, w), 0
	w.Time = servertest.Now.Add(time.Minute)
	for range stuffed(t) {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		resp, body := servertest.SendForm(t, w.Server, servertest.PointLand, "id", string(id), "a.overall", "5", "lang", "vi")
		if resp.StatusCode == http.StatusTooManyRequests && sent > 1000 {
			break
		}
		if resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("a form was answered %d %s", resp.StatusCode, body)
		}
		sent++
	}
	n := sent
	if got := len(servertest.Stored(t, w.Server)); got != 28*6+n {
		t.Fatalf("%d responses are stored, want all %d", got, 28*6+n)
	}
	w.Time = servertest.Now.Add(2 * time.Minute)
	if overallNow(t, w).N != before.N+int64(n) {
		t.Fatal("the attack did not reach the figures: the test tests nothing")
	}
	w.Time = servertest.Now.Add(45 * time.Minute)
	if held, err := w.Quarantine.Judge(t.Context()); err != nil || held != n {
		t.Fatalf("%d are held, %v; want all %d", held, err, n)
	}
	if after := overallNow(t, w); after != before {
		t.Errorf("figure %+v, before the attack %+v", after, before)
	}
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, w.Server, "binh", survey.Grant{Role: survey.HomeAffairs})
	seenByStaff(t, w, servertest.OpenSession(t, w.Server, "lan"), n)

	// When the day is over the figures with and without them are compared.
	w.Time = servertest.Now.AddDate(0, 0, 1)
	lan, binh := servertest.OpenSession(t, w.Server, "lan"), servertest.OpenSession(t, w.Server, "binh")
	_, list := lan.Get("/staff/campaigns/tthc-2026/suspects")
	figures := servertest.Words(servertest.Document(t, list).Find("main table").First())
	if l := w.Views.Locales[survey.Vietnamese]; !strings.Contains(figures, "Nếu tính cả") || !strings.Contains(figures, l.Num(28*6)) || !strings.Contains(figures, l.Num(28*6+n)) {
		t.Errorf("figures with and without: %q", figures)
	}

	// The campaign is closed; it is not published before the burst is decided.
	if resp, body := w.Step(t, lan, "/staff/campaigns/tthc-2026/close"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("closing: %d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
	}
	resp, body := w.Step(t, lan, "/staff/campaigns/tthc-2026/publish")
	if words := servertest.Words(servertest.Document(t, body).Find("main")); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(words, "Chưa công bố được") {
		t.Errorf("publishing: %d %s", resp.StatusCode, words)
	}
	if w.Campaign(t, "tthc-2026").State != survey.ClosedDown {
		t.Fatal("the campaign was published")
	}
	path := "/staff/campaigns/tthc-2026/suspects/" + string(servertest.Code(servertest.PointLand)) + "/2026-03-05"
	for _, v := range []*servertest.Client{lan, binh} {
		if resp, body := decideOn(t, v, path, "choice.crowd", "leave_out", "choice.flood", "leave_out", "reason", "Một máy gửi liên tiếp, một cửa xác nhận"); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("decision: %d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
		}
	}
	if resp, body := w.Step(t, lan, "/staff/campaigns/tthc-2026/publish"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("publishing after the decision: %d %s", resp.StatusCode, servertest.Words(servertest.Document(t, body).Find("main")))
	}
	if after := overallNow(t, w); after != before {
		t.Errorf("figure %+v, before the attack %+v", after, before)
	}
}

// seenByStaff checks what the pages say of the burst on its day.
func seenByStaff(t *testing.T, w *servertest.StaffServer, v *servertest.Client, n int) {
	t.Helper()
	_, body := v.Get("/staff/campaigns/tthc-2026")
	number := w.Views.Locales[survey.Vietnamese].Num(n)
	if words := servertest.Words(servertest.Document(t, body).Find("main")); !strings.Contains(words, number+" phiếu nghi vấn đang chờ quyết định") {
		t.Errorf("the campaign's page says nothing of them: %s", words)
	}
	_, body = v.Get("/staff/campaigns/tthc-2026/suspects")
	doc := servertest.Document(t, body)
	row := servertest.Words(doc.Find("main tbody tr").Last())
	for _, want := range []string{string(servertest.Code(servertest.PointLand)), "05/03/2026, 9:00–10:00", number, "Vượt mức điểm phục vụ được trong một giờ: ", "Quá nhiều phiếu từ cùng một mạng: ", "Trong ngày hôm nay"} {
		if !strings.Contains(row, want) {
			t.Errorf("the burst reads %q, want %q in it", row, want)
		}
	}
	// It can be decided when the day is over.
	path := "/staff/campaigns/tthc-2026/suspects/" + string(servertest.Code(servertest.PointLand)) + "/2026-03-05"
	_, body = v.Get(path)
	if doc := servertest.Document(t, body); doc.Find("main form").Length() != 0 || !strings.Contains(servertest.Words(doc.Find("main")), "từ ngày mai") {
		t.Error("a burst can be decided before its day is over")
	}
	if _, body := v.Get("/staff"); strings.Contains(body, "phiếu nghi vấn chờ") {
		t.Error("the home page asks for a decision that cannot be made yet")
	}
}

// decideOn opens the page of a burst and sends its form.
func decideOn(t *testing.T, v *servertest.Client, path string, pairs ...string) (*http.Response, string) {
	t.Helper()
	resp, body := v.Get(path)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	return v.Post(path, append(pairs, servertest.HiddenFields(servertest.Document(t, body), "main form")...)...)
}
