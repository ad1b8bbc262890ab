package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/web/staff"
)

var planPairs = []string{
	"basis", "transactions", "formula", "slovin", "level", "unit", "margin", "5", "confidence", "95", "minimum", "0", "reserve", "10",
}

// upload posts a form with a file.
func (v *visitor) upload(target, field, name, content string, pairs ...string) (*http.Response, string) {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			v.t.Fatal(err)
		}
	}
	if err := w.WriteField(staff.CSRFField, v.csrf); err != nil {
		v.t.Fatal(err)
	}
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, target, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.send(r)
}

func TestPlanAndProgress(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	const path = "/staff/campaigns/tthc-2026/plan"
	_, body := v.get(path)
	if document(t, body).Find("[name='cell|motcua|']").Length() != 1 {
		t.Error("the unit that points ask about is not offered")
	}

	// Slovin at 5 %: 1,000 dossiers take 286 answers; a tenth more is drawn.
	resp, body := v.post(path, append(planPairs, "cell|motcua|", "1.000", "quota|qr|", "200", "rev", "0")...)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d %s", resp.StatusCode, document(t, body).Find(".error").Text())
	}
	plan, err := s.services.Campaigns.Plan(t.Context(), "tthc-2026")
	want := []campaigns.PlanCell{{Unit: "motcua", Population: 1000, Required: 286, Reserve: 29}}
	if diff := cmp.Diff(want, plan.Cells); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if resp, body := v.post(path, append(planPairs, "cell|motcua|", "2000", "rev", "0")...); resp.StatusCode != http.StatusConflict || !strings.Contains(document(t, body).Find(".conflict").Text(), "1000") {
		t.Errorf("an older revision: %d", resp.StatusCode)
	}

	answerTimes(t, s, 20, "4")
	_, body = v.get("/staff/campaigns/tthc-2026/progress")
	main := document(t, body).Find("main").Text()
	// 20 in 14 days, 266 missing: 187 days from 5 March.
	for _, part := range []string{"266", "08/09/2026", "14 ngày gần nhất"} {
		if !strings.Contains(main, part) {
			t.Errorf("progress does not say %q: %s", part, main)
		}
	}
	hire(t, s, "xa", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	elsewhere := visit(t, s, "xa")
	// The text alone: a token of the page may hold any digits.
	_, body = elsewhere.get("/staff/campaigns/tthc-2026/progress")
	if seen := document(t, body).Find("main"); strings.Contains(seen.Text(), "286") || seen.Find(".big-number").First().Text() != "0" {
		t.Errorf("a commune sees the progress of another: %s", words(seen))
	}
	// Its own part of the campaign and of the plan, said to be that.
	_, body = elsewhere.get("/staff/campaigns/tthc-2026")
	if tiles := document(t, body).Find(".tiles"); tiles.Find(".big-number").First().Text() != "0" || !strings.Contains(tiles.Text(), "Trong phần phụ trách") {
		t.Errorf("a commune sees what others received: %s", words(tiles))
	}
	_, body = elsewhere.get(path)
	if seen := document(t, body).Find("main"); seen.Find(".big-number").Length() != 0 || !strings.Contains(seen.Text(), "Cả đợt khảo sát cần 286") {
		t.Errorf("a commune's page of the plan: %s", words(seen))
	}
	_, body = v.get("/staff/campaigns/tthc-2026")
	if tiles := document(t, body).Find(".tiles"); tiles.Find(".big-number").First().Text() != "20" || strings.Contains(tiles.Text(), "Trong phần phụ trách") {
		t.Errorf("who sees all: %s", words(tiles))
	}
}

func TestPlanFromAFile(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	const path = "/staff/campaigns/tthc-2026/plan"
	resp, body := v.upload(path, "list", "tong-the.csv", "Đơn vị;Lĩnh vực;Số lượng\nmotcua;Đất đai;nhiều\nkhông có;;5\nmotcua;Ma thuật;5\n", append(planPairs, "rev", "0")...)
	text := document(t, body).Find(".errors").Text()
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "Dòng 2") || !strings.Contains(text, "Dòng 3") || !strings.Contains(text, "Dòng 4") {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	// A sampling frame: each row counts one.
	frame := "unit,sector,mã\n" + strings.Repeat("motcua,land,x\n", 300) + strings.Repeat("motcua,civil,x\n", 100)
	if resp, body := v.upload(path, "list", "khung.csv", frame, append(planPairs, "rev", "0")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", resp.StatusCode, document(t, body).Find(".error").Text())
	}
	plan, err := s.services.Campaigns.Plan(t.Context(), "tthc-2026")
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
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	hire(t, s, "mai", survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	const path = "/staff/campaigns/tthc-2026/plan"
	all, part := visit(t, s, "lan"), visit(t, s, "mai")
	if resp, _ := all.post(path, append(planPairs[:len(planPairs):len(planPairs)], "rev", "0", "cell|motcua|", "100", "cell|cu|", "300")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatal(resp.Status)
	}
	if resp, _ := part.post(path, append(planPairs[:len(planPairs):len(planPairs)], "rev", "1", "cell|cu|", "5")...); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a plan for others' units: %s", resp.Status)
	}
	if resp, _ := part.post(path, append(planPairs[:len(planPairs):len(planPairs)], "rev", "1", "cell|motcua|", "500")...); resp.StatusCode != http.StatusSeeOther {
		t.Fatal(resp.Status)
	}
	plan, err := s.services.Campaigns.Plan(t.Context(), "tthc-2026")
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
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})
	v := visit(t, s, "lan")
	for field, value := range map[string]string{"margin": "0", "confidence": "x", "reserve": "200", "minimum": "-1", "formula": "guess", "basis": ""} {
		pairs := []string{"cell|motcua|", "100", "rev", "0"}
		for i := 0; i < len(planPairs); i += 2 {
			if planPairs[i] == field {
				pairs = append(pairs, field, value)
			} else {
				pairs = append(pairs, planPairs[i], planPairs[i+1])
			}
		}
		resp, body := v.post("/staff/campaigns/tthc-2026/plan", pairs...)
		doc := document(t, body)
		if resp.StatusCode != http.StatusUnprocessableEntity || doc.Find("#f-"+field+"-error").Length() != 1 || doc.Find("[name='cell|motcua|']").AttrOr("value", "") != "100" {
			t.Errorf("%s=%q: %d", field, value, resp.StatusCode)
		}
	}
	for _, cells := range [][]string{{}, {"cell|nowhere|", "5"}, {"cell|motcua|", "0"}, {"cell|motcua|", "ba"}} {
		resp, body := v.post("/staff/campaigns/tthc-2026/plan", append(append(planPairs[:len(planPairs):len(planPairs)], "rev", "0"), cells...)...)
		if resp.StatusCode != http.StatusUnprocessableEntity || document(t, body).Find("#f-cells-error").Length() != 1 {
			t.Errorf("%v: %d", cells, resp.StatusCode)
		}
	}
}

func TestWholeNumbersAsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{
		"0": 0, " 286 ": 286, "0286": 286, "1.000": 1000, "1,000": 1000, "12 000": 12000, "12\u00a0000": 12000, "1.234.567": 1234567, "999999999": 999999999,
		"": -1, "1.5": -1, "12,50": -1, "286.0": -1, "1000.000": -1, "1..000": -1, "-5": -1, "+5": -1, "1e3": -1, "ba": -1, "12345678901": -1, "1.000.000.000": -1,
	} {
		if got := staff.WholeTyped(typed); got != want {
			t.Errorf("%q is read as %d, want %d", typed, got, want)
		}
	}
}
