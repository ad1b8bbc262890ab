package campaigns_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/web/servertest"
)

var planPairs = []string{
	"basis", "transactions", "formula", "slovin", "level", "unit", "margin", "5", "confidence", "95", "minimum", "0", "reserve", "10",
}

func TestPlanAndProgress(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	const path = "/staff/campaigns/tthc-2026/plan"
	_, body := v.Get(path)
	if servertest.Document(t, body).Find("[name='cell|motcua|']").Length() != 1 {
		t.Error("the unit that points ask about is not offered")
	}

	// Slovin at 5 %: 1,000 dossiers take 286 answers; a tenth more is drawn.
	resp, body := v.Post(path, append(planPairs, "cell|motcua|", "1.000", "quota|qr|", "200", "rev", "0")...)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d %s", resp.StatusCode, servertest.Document(t, body).Find(".error").Text())
	}
	plan, err := s.Campaigns.Plan(t.Context(), "tthc-2026")
	want := []campaigns.PlanCell{{Unit: "motcua", Population: 1000, Required: 286, Reserve: 29}}
	if diff := cmp.Diff(want, plan.Cells); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if resp, body := v.Post(path, append(planPairs, "cell|motcua|", "2000", "rev", "0")...); resp.StatusCode != http.StatusConflict || !strings.Contains(servertest.Document(t, body).Find(".conflict").Text(), "1000") {
		t.Errorf("an older revision: %d", resp.StatusCode)
	}

	servertest.SubmitOverall(t, s, 20, "4")
	_, body = v.Get("/staff/campaigns/tthc-2026/progress")
	main := servertest.Document(t, body).Find("main").Text()
	// 20 in 14 days, 266 missing: 187 days from 5 March.
	for _, part := range []string{"266", "08/09/2026", "14 ngày gần nhất"} {
		if !strings.Contains(main, part) {
			t.Errorf("progress does not say %q: %s", part, main)
		}
	}
	servertest.AddUser(t, s, "xa", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	elsewhere := servertest.SignIn(t, s, "xa")
	// The campaign is of another commune: nothing of it is theirs to see.
	for _, page := range []string{"/staff/campaigns/tthc-2026/progress", "/staff/campaigns/tthc-2026", path} {
		resp, body := elsewhere.Get(page)
		if main := servertest.Document(t, body).Find("main").Text(); resp.StatusCode != http.StatusNotFound || strings.Contains(main, "286") {
			t.Errorf("%s of another commune: %d %s", page, resp.StatusCode, main)
		}
	}
	_, body = v.Get("/staff/campaigns/tthc-2026")
	if tiles := servertest.Document(t, body).Find(".tiles"); tiles.Find(".big-number").First().Text() != "20" || strings.Contains(tiles.Text(), "Trong phần phụ trách") {
		t.Errorf("who sees all: %s", servertest.Words(tiles))
	}
}

func TestPlanFromAFile(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	const path = "/staff/campaigns/tthc-2026/plan"
	resp, body := v.Upload(path, "list", "tong-the.csv", "Đơn vị;Lĩnh vực;Số lượng\nmotcua;Đất đai;nhiều\nkhông có;;5\nmotcua;Ma thuật;5\n", append(planPairs, "rev", "0")...)
	text := servertest.Document(t, body).Find(".errors").Text()
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "Dòng 2") || !strings.Contains(text, "Dòng 3") || !strings.Contains(text, "Dòng 4") {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	// A sampling frame: each row counts one.
	frame := "unit,sector,mã\n" + strings.Repeat("motcua,land,x\n", 300) + strings.Repeat("motcua,civil,x\n", 100)
	if resp, body := v.Upload(path, "list", "khung.csv", frame, append(planPairs, "rev", "0")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", resp.StatusCode, servertest.Document(t, body).Find(".error").Text())
	}
	plan, err := s.Campaigns.Plan(t.Context(), "tthc-2026")
	want := []campaigns.PlanCell{ // Slovin for 400 at 5 % is 200, spread 3 to 1
		{Unit: "motcua", Sector: "land", Population: 300, Required: 150, Reserve: 15},
		{Unit: "motcua", Sector: "civil", Population: 100, Required: 50, Reserve: 5},
	}
	if diff := cmp.Diff(want, plan.Cells); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// Who runs a campaign in some units only leaves the plan of the others alone.
func TestPlanOfSomeUnits(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, s, "mai", survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	const path = "/staff/campaigns/tthc-2026/plan"
	all, part := servertest.SignIn(t, s, "lan"), servertest.SignIn(t, s, "mai")
	if resp, _ := all.Post(path, append(planPairs[:len(planPairs):len(planPairs)], "rev", "0", "cell|motcua|", "100", "cell|cu|", "300")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatal(resp.Status)
	}
	if resp, _ := part.Post(path, append(planPairs[:len(planPairs):len(planPairs)], "rev", "1", "cell|cu|", "5")...); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a plan for others' units: %s", resp.Status)
	}
	if resp, _ := part.Post(path, append(planPairs[:len(planPairs):len(planPairs)], "rev", "1", "cell|motcua|", "500")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatal(resp.Status)
	}
	plan, err := s.Campaigns.Plan(t.Context(), "tthc-2026")
	population := map[survey.UnitID]int{}
	for _, cell := range plan.Cells {
		population[cell.Unit] = cell.Population
	}
	if diff := cmp.Diff(map[survey.UnitID]int{"motcua": 500, "cu": 300}, population); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestPlanRefusals(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := servertest.SignIn(t, s, "lan")
	for field, value := range map[string]string{"margin": "0", "confidence": "x", "reserve": "200", "minimum": "-1", "formula": "guess", "basis": ""} {
		pairs := []string{"cell|motcua|", "100", "rev", "0"}
		for i := 0; i < len(planPairs); i += 2 {
			if planPairs[i] == field {
				pairs = append(pairs, field, value)
			} else {
				pairs = append(pairs, planPairs[i], planPairs[i+1])
			}
		}
		resp, body := v.Post("/staff/campaigns/tthc-2026/plan", pairs...)
		doc := servertest.Document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+field+"-error").Length() != 1 || doc.Find("[name='cell|motcua|']").AttrOr("value", "") != "100" {
			t.Errorf("%s=%q: %d", field, value, resp.StatusCode)
		}
	}
	for _, cells := range [][]string{{}, {"cell|nowhere|", "5"}, {"cell|motcua|", "0"}, {"cell|motcua|", "ba"}} {
		resp, body := v.Post("/staff/campaigns/tthc-2026/plan", append(append(planPairs[:len(planPairs):len(planPairs)], "rev", "0"), cells...)...)
		if resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("#f-cells-error").Length() != 1 {
			t.Errorf("%v: %d", cells, resp.StatusCode)
		}
	}
}
