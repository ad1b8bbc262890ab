package suspects_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/people"
	"hailong/survey/verification"
	"hailong/web/servertest"
)

const (
	listPath = "/staff/campaigns/tthc-2026/suspects"
	reason   = "Đã hỏi bộ phận một cửa"
)

func burstPath() string {
	return listPath + "/" + string(servertest.Code(servertest.PointLand)) + "/2026-03-05"
}

// flooded is a server at which n responses arrived within an hour of yesterday, of
// which as many are held as exceed the capacity.
func flooded(t *testing.T, n int) *servertest.StaffServer {
	t.Helper()
	w := servertest.NewStaffServer(t)
	for range n {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Intake.Submit(t.Context(), intake.Submission{
			ID: string(id), Point: servertest.Code(servertest.PointLand), Lang: "vi", Given: survey.Given{Codes: map[string][]string{"overall": {"5"}}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	w.Time = servertest.Now.Add(24 * time.Hour)
	if _, err := w.Quarantine.Judge(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// signIn makes somebody who decides.
func signIn(t *testing.T, w *servertest.StaffServer, login survey.Login, grant survey.Grant) *servertest.Client {
	t.Helper()
	servertest.AddUser(t, w.Server, login, grant, func(u *people.User) { u.Name = "Nguyễn Thị " + string(login) })
	return servertest.OpenSession(t, w.Server, login)
}

// choose opens the page of the burst and sends its form.
func choose(t *testing.T, v *servertest.Client, pairs ...string) (*http.Response, string) {
	t.Helper()
	_, body := v.Get(burstPath())
	return v.Post(burstPath(), append(pairs, servertest.HiddenFields(servertest.Document(t, body), "main form")...)...)
}

func main(t *testing.T, body string) string {
	t.Helper()
	return servertest.Words(servertest.Document(t, body).Find("main"))
}

func TestTwoPeopleDecideOnThePage(t *testing.T) {
	t.Parallel()
	w := flooded(t, 100)
	grant := survey.Grant{Role: survey.HomeAffairs}
	lan, binh := signIn(t, w, "lan", grant), signIn(t, w, "binh", grant)
	if _, body := lan.Get("/staff"); !strings.Contains(main(t, body), "Đợt 2026: 100 phiếu nghi vấn chờ Ông/Bà quyết định") {
		t.Errorf("the home page reminds nobody: %s", main(t, body))
	}
	resp, body := choose(t, lan, "choice.crowd", "count", "reason", "ít")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-reason-error").Length() != 1 || doc.Find("#f-reason").Text() != "ít" || doc.Find("[name=\"choice.crowd\"][value=count][checked]").Length() != 1 {
		t.Errorf("a short reason: %d %s", resp.StatusCode, main(t, body))
	}
	if resp, body := choose(t, lan, "choice.crowd", "count", "reason", reason); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("first choice: %d %s", resp.StatusCode, main(t, body))
	}
	if _, body := lan.Get("/staff"); strings.Contains(main(t, body), "phiếu nghi vấn chờ") {
		t.Error("the first person is reminded of their own choice")
	}
	resp, body = choose(t, lan, "choice.crowd", "count", "reason", "Tôi quyết định một mình")
	if doc := servertest.Document(t, body); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(main(t, body), "Người khác phải chọn giống như vậy") || doc.Find("#f-reason").Text() != "Tôi quyết định một mình" {
		t.Errorf("the same person again: %d %s", resp.StatusCode, main(t, body))
	}
	if _, body := binh.Get(burstPath()); !strings.Contains(main(t, body), reason) || !strings.Contains(main(t, body), "Nếu đồng ý") {
		t.Errorf("the second person is not shown the first choice: %s", main(t, body))
	}
	if resp, body := choose(t, binh, "choice.crowd", "count", "reason", reason+", đúng phiên chợ"); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("second choice: %d %s", resp.StatusCode, main(t, body))
	}
	if held, err := verification.HeldResponses(t.Context(), w.Store, "tthc-2026"); err != nil || len(held) != 0 {
		t.Errorf("%d are held after two people counted them, %v", len(held), err)
	}
	if _, body := lan.Get(listPath); !strings.Contains(main(t, body), "Đã tính") {
		t.Errorf("the list does not say that they count: %s", main(t, body))
	}
	if diff := cmp.Diff([]survey.Action{"suspect.count", "suspect.count"}, servertest.AuditActions(t, w.Server, "suspect")); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

// Who was overtaken sees what the other chose, and keeps what was typed.
func TestTwoPeopleAtOnce(t *testing.T) {
	t.Parallel()
	w := flooded(t, 100)
	grant := survey.Grant{Role: survey.HomeAffairs}
	lan, binh := signIn(t, w, "lan", grant), signIn(t, w, "binh", grant)
	_, seen := binh.Get(burstPath())
	if resp, _ := choose(t, lan, "choice.crowd", "leave_out", "reason", reason); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("first choice: %d", resp.StatusCode)
	}
	resp, body := binh.Post(burstPath(), append([]string{"choice.crowd", "count", "reason", "Hôm đó là phiên chợ"}, servertest.HiddenFields(servertest.Document(t, seen), "main form")...)...)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusConflict || doc.Find("#f-reason").Text() != "Hôm đó là phiên chợ" || !strings.Contains(servertest.Words(doc.Find(".conflict")), "Không tính các phiếu này") {
		t.Errorf("overtaken: %d %s", resp.StatusCode, main(t, body))
	}
	// Pressing again puts this choice in the place of the other, which waits too.
	resp, _ = binh.Post(burstPath(), append([]string{"choice.crowd", "count", "reason", "Hôm đó là phiên chợ"}, servertest.HiddenFields(doc, "main form")...)...)
	b, err := w.Quarantine.Burst(t.Context(), verification.NewBurstID("tthc-2026", servertest.Code(servertest.PointLand), "2026-03-05"))
	if resp.StatusCode != http.StatusSeeOther || err != nil || !b.Waits() || b.Groups[0].Decision.Proposed.By != "binh" {
		t.Errorf("again: %d, %+v, %v", resp.StatusCode, b.Groups, err)
	}
}

func TestWhoSeesAndDecides(t *testing.T) {
	t.Parallel()
	w := flooded(t, 100)
	for name, test := range map[string]struct {
		grant        survey.Grant
		list, decide int
		shown        bool
	}{
		"Here":       {survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}}, 200, 200, true},
		"Elsewhere":  {survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}}, 404, 404, false},
		"Supervisor": {survey.Grant{Role: survey.Supervisor}, 200, 403, true},
		"Education":  {survey.Grant{Role: survey.EducationOffice}, 404, 404, false},
		"Viewer":     {survey.Grant{Role: survey.Viewer}, 404, 404, false},
	} {
		v := signIn(t, w, survey.Login(strings.ToLower(name)), test.grant)
		resp, body := v.Get(listPath)
		if resp.StatusCode != test.list || strings.Contains(body, string(servertest.Code(servertest.PointLand))) != test.shown {
			t.Errorf("%s: the list answers %d: %s", name, resp.StatusCode, main(t, body))
		}
		if resp, _ := v.Get(burstPath()); resp.StatusCode != test.decide {
			t.Errorf("%s: the burst answers %d, want %d", name, resp.StatusCode, test.decide)
		}
	}
}

// Figures with and without three responses would tell what three people answered.
func TestNoFiguresOfAFewResponses(t *testing.T) {
	t.Parallel()
	w := flooded(t, 51)
	v := signIn(t, w, "lan", survey.Grant{Role: survey.HomeAffairs})
	for _, path := range []string{listPath, burstPath()} {
		_, body := v.Get(path)
		if words := main(t, body); strings.Contains(words, "Nếu tính cả") || !strings.Contains(words, "quá ít phiếu") {
			t.Errorf("%s compares figures of 3 responses: %s", path, words)
		}
	}
}

// A burst of today is not compared because the day is not over, however many it holds,
// and who has a part of the campaign because the figures are of the whole.
func TestWhyThereAreNoFigures(t *testing.T) {
	t.Parallel()
	w := flooded(t, 60)
	v := signIn(t, w, "lan", survey.Grant{Role: survey.HomeAffairs})
	check := func(v *servertest.Client, want, path string) {
		t.Helper()
		_, body := v.Get(path)
		words := main(t, body)
		if strings.Contains(words, "quá ít phiếu") || !strings.Contains(words, want) {
			t.Errorf("%s: want %q: %s", path, want, words)
		}
	}
	xa := signIn(t, w, "xa", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	check(xa, "Người quyết định về phiếu nghi vấn xem", listPath)
	w.Time = servertest.Now.Add(2 * time.Hour)
	for _, path := range []string{listPath, burstPath()} {
		check(v, "từ ngày mai mới so sánh", path)
	}
}

// The list and the page of each burst start from the same figure, that of the release,
// once it holds nothing any more of what is held back.
func TestEveryPageStartsFromTheSameFigure(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.SubmitOverall(t, w.Server, 30, "2")
	send := func(point survey.PointCode, sector string) {
		for range 120 { // more than the first hour of a point takes twice
			servertest.SubmitAt(t, w.Server, servertest.Code(point), "5", sector)
		}
	}
	send(servertest.PointLand, "")
	servertest.Release(t, w.Server) // which holds the burst: it is judged later
	send(servertest.PointOpen, "land")
	w.Time = servertest.Now.Add(24 * time.Hour)
	if _, err := w.Quarantine.Judge(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := signIn(t, w, "lan", survey.Grant{Role: survey.HomeAffairs})
	if _, body := v.Get(burstPath()); strings.Contains(main(t, body), "Nếu tính cả") || !strings.Contains(main(t, body), "bản chốt số liệu còn tính các phiếu này") {
		t.Errorf("figures without what the release counts are compared with the same: %s", main(t, body))
	}
	servertest.Release(t, w.Server)
	for _, path := range []string{listPath, burstPath(), listPath + "/" + string(servertest.Code(servertest.PointOpen)) + "/2026-03-05"} {
		_, body := v.Get(path)
		row := servertest.Document(t, body).Find("main tbody tr").FilterFunction(func(_ int, s *goquery.Selection) bool {
			return strings.Contains(s.Text(), "Số liệu đang dùng")
		})
		if n := row.Find("td").Last().Text(); n != "30" {
			t.Errorf("%s: %q respondents without what is held, want 30", path, n)
		}
	}
}

func TestHowManyPeopleDecide(t *testing.T) {
	t.Parallel()
	w := flooded(t, 100)
	boss := signIn(t, w, "boss", survey.Grant{Role: survey.Administrator})
	_, body := boss.Get("/staff/quarantine")
	hidden := servertest.HiddenFields(servertest.Document(t, body), "main form")
	if resp, _ := boss.Post("/staff/quarantine", append([]string{"people", "three"}, hidden...)...); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("three people: %d", resp.StatusCode)
	}
	if resp, _ := boss.Post("/staff/quarantine", append([]string{"people", "one"}, hidden...)...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("one person: %d", resp.StatusCode)
	}
	resp, body := boss.Post("/staff/quarantine", append([]string{"people", "two"}, hidden...)...)
	if doc := servertest.Document(t, body); resp.StatusCode != http.StatusConflict || doc.Find(".conflict").Length() != 1 || doc.Find("[name=people][value=two][checked]").Length() != 1 {
		t.Errorf("over a later change: %d %s", resp.StatusCode, main(t, body))
	}
	if resp, body := choose(t, boss, "choice.crowd", "leave_out", "reason", reason); resp.StatusCode != http.StatusSeeOther || !strings.Contains(resp.Header.Get("Location"), "suspect_decided") {
		t.Errorf("one person decides: %d %s", resp.StatusCode, main(t, body))
	}
	lan := signIn(t, w, "lan", survey.Grant{Role: survey.HomeAffairs})
	if resp, _ := lan.Get("/staff/quarantine"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("home affairs sets how many decide: %d", resp.StatusCode)
	}
	if resp, body := choose(t, lan, "choice.crowd", "count", "reason", reason); resp.StatusCode != http.StatusSeeOther || strings.Contains(resp.Header.Get("Location"), "suspect_decided") {
		t.Errorf("one of two decides: %d %s %s", resp.StatusCode, resp.Header.Get("Location"), main(t, body))
	}
	_, body = boss.Get("/staff/quarantine")
	hidden = servertest.HiddenFields(servertest.Document(t, body), "main form")
	resp, body = boss.Post("/staff/quarantine", append([]string{"people", "one"}, hidden...)...)
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Có 2 người được quyết định") {
		t.Errorf("one person where there are two: %d %s", resp.StatusCode, main(t, body))
	}
	if diff := cmp.Diff([]survey.Action{"quarantine.key", "quarantine.alone"}, servertest.AuditActions(t, w.Server, "quarantine")); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}
