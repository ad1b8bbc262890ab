package web

import (
	"strings"
	"testing"

	"hailong/survey"
)

func TestStaffHome(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	catalog := s.config.Catalog()
	catalog.Campaigns = append(catalog.Campaigns,
		survey.Campaign{ID: "draft", Title: vien("Bản nháp", "Draft"), Family: survey.Education, State: survey.Draft},
		survey.Campaign{ID: "done", Title: vien("Đã đóng", "Closed"), Family: survey.Procedures, State: survey.ClosedDown},
	)
	catalog.Index()
	answerTimes(t, s, 3, "5")
	if _, err := s.accounts.IssueToken(t.Context(), survey.Actor{}, "Cổng", survey.Grant{Role: survey.Viewer}, "2026-03-10"); err != nil {
		t.Fatal(err)
	}
	commune := survey.Scope{Units: []survey.UnitID{"cu"}}
	for _, tt := range []struct {
		role   survey.Role
		scope  survey.Scope
		counts string // today, recent, points
		tasks  string // their paths
	}{
		{survey.Administrator, survey.Scope{}, "3 3 2", "/staff/campaigns/tthc-2025 /staff/campaigns/draft /staff/campaigns/done /staff/points?state=quiet /staff/account/second-factor /staff/tokens"},
		{survey.HomeAffairs, survey.Scope{}, "3 3 2", "/staff/campaigns/tthc-2025 /staff/campaigns/draft /staff/campaigns/done /staff/points?state=quiet /staff/account/second-factor"},
		{survey.EducationOffice, survey.Scope{}, "0 0 0", "/staff/account/second-factor"},
		{survey.CommuneCommittee, commune, "0 0 0", ""},
		{survey.Supervisor, survey.Scope{}, "3 3 2", ""},
		{survey.Surveyor, survey.Scope{}, "", ""},
		{survey.Viewer, survey.Scope{}, "", ""},
	} {
		login := survey.Login(strings.ReplaceAll(string(tt.role), "_", "-"))
		hire(t, s, login, survey.Grant{Role: tt.role, Scope: tt.scope})
		_, body := visit(t, s, login).get("/staff")
		doc := document(t, body)
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
