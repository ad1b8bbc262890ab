package staff_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
)

func TestStaffHome(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	catalog := s.Catalog()
	catalog.Campaigns = append(catalog.Campaigns,
		survey.Campaign{ID: "draft", Title: servertest.ViEn("Bản nháp", "Draft"), Family: survey.Education, State: survey.Draft},
		survey.Campaign{ID: "done", Title: servertest.ViEn("Đã đóng", "Closed"), Family: survey.Procedures, State: survey.ClosedDown},
	)
	catalog.Index()
	servertest.SubmitOverall(t, s, 3, "5")
	if _, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Cổng", survey.Grant{Role: survey.Viewer}, "2026-03-10"); err != nil {
		t.Fatal(err)
	}
	commune := survey.Scope{Units: []survey.UnitID{"cu"}}
	for _, tt := range []struct {
		role   survey.Role
		scope  survey.Scope
		counts string // today, recent, points
		tasks  string // their paths
	}{
		{survey.Administrator, survey.Scope{}, "3 3 2", "/staff/campaigns/tthc-2025 /staff/campaigns/draft /staff/campaigns/done /staff/points?state=quiet /staff/privacy /staff/account/second-factor /staff/tokens"},
		{survey.HomeAffairs, survey.Scope{}, "3 3 2", "/staff/campaigns/tthc-2025 /staff/campaigns/draft /staff/campaigns/done /staff/points?state=quiet /staff/privacy /staff/account/second-factor"},
		{survey.EducationOffice, survey.Scope{}, "0 0 0", "/staff/account/second-factor"},
		{survey.CommuneCommittee, commune, "0 0 0", ""},
		{survey.Supervisor, survey.Scope{}, "3 3 2", ""},
		{survey.Surveyor, survey.Scope{}, "", ""},
		{survey.Viewer, survey.Scope{}, "", ""},
	} {
		login := survey.Login(strings.ReplaceAll(string(tt.role), "_", "-"))
		servertest.AddUser(t, s, login, survey.Grant{Role: tt.role, Scope: tt.scope})
		_, body := servertest.SignIn(t, s, login).Get("/staff")
		doc := servertest.Document(t, body)
		var counts, tasks []string
		for _, n := range doc.Find(".big-number").Nodes {
			counts = append(counts, n.FirstChild.Data)
		}
		for _, n := range doc.Find(".tasks a").Nodes {
			tasks = append(tasks, n.Attr[0].Val)
		}
		if got := strings.Join(counts, " "); got != tt.counts {
			t.Errorf("%s sees the counts %q, want %q", tt.role, got, tt.counts)
		}
		if got := strings.Join(tasks, " "); got != tt.tasks {
			t.Errorf("%s has to do %q, want %q", tt.role, got, tt.tasks)
		}
	}
}

// Who runs campaigns is told in time that nothing follows one, and drafts the
// next with one button. Nothing opens by itself.
func TestPrepareTheNextYear(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	w.Time = servertest.Now.AddDate(0, 9, 0) // 5 December 2026
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, w.Server, "mai", survey.Grant{Role: survey.OneStopOffice})
	servertest.AddUser(t, w.Server, "hoa", survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Families: []survey.Family{survey.Education}}})
	for _, login := range []survey.Login{"mai", "hoa"} {
		if _, body := servertest.SignIn(t, w.Server, login).Get("/staff"); servertest.Document(t, body).Find(".ending").Length() != 0 {
			t.Errorf("%s is reminded", login)
		}
	}
	v := servertest.SignIn(t, w.Server, "lan")
	_, body := v.Get("/staff")
	form := servertest.Document(t, body).Find(".ending form")
	action := form.AttrOr("action", "")
	if form.Length() != 1 || action != "/staff/campaigns/tthc-2026/next" || servertest.Words(form.Find("button")) != "Lập bản nháp đợt năm 2027" {
		t.Fatalf("the home page: %s", servertest.Words(servertest.Document(t, body).Find("main")))
	}
	resp, _ := v.Post(action)
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/staff/campaigns/tthc-2027?done=campaign_next" {
		t.Fatalf("%d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	k := w.Campaign(t, "tthc-2027")
	if k.State != survey.Draft || k.Title["vi"] != "Đợt 2027" || k.Period != (survey.Span{From: "2027-01-01", To: "2027-12-31"}) || len(k.Units) != 1 {
		t.Errorf("%+v", k)
	}
	if _, body := v.Get(resp.Header.Get("Location")); !strings.Contains(servertest.Words(servertest.Document(t, body).Find("main")), "Đã lập bản nháp từ đợt trước.") {
		t.Error("the page of the draft does not say where it comes from")
	}
	_, body = v.Get("/staff")
	if doc := servertest.Document(t, body); doc.Find(".ending").Length() != 0 || doc.Find(".tasks a[href='/staff/campaigns/tthc-2027']").Length() != 1 {
		t.Error("afterwards the home page should ask to open the draft")
	}
	// Whoever was a moment later makes no second one.
	if resp, _ := v.Post(action); resp.Header.Get("Location") != "/staff/campaigns?done=campaign_next_there" {
		t.Errorf("again: %d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	if n := len(w.Current.Catalog().Campaigns); n != 3 {
		t.Errorf("%d campaigns", n)
	}
}
