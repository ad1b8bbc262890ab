package campaigns_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/web/servertest"
)

// supply stores n responses as a program sends them.
func supply(t *testing.T, w *servertest.StaffServer, n int, answer string) {
	t.Helper()
	for range n {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Intake.Submit(t.Context(), intake.Submission{
			ID: string(id), Point: servertest.Code(servertest.PointLand), Lang: "vi", Channel: survey.ChannelAPI,
			Given: survey.Given{Codes: map[string][]string{"overall": {answer}}},
		}); err != nil {
			t.Fatal(err)
		}
	}
}

const suppliedCampaign = "/staff/campaigns/tthc-2026"

// supplied is what a page says of what programs brought.
func supplied(t *testing.T, v *servertest.Client, path string) *goquery.Selection {
	t.Helper()
	resp, body := v.Get(suppliedCampaign + path)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	return servertest.Document(t, body).Find("main .supplied")
}

// More than a tenth of programs is said loudly, with the figures with and without them, to
// the office whose figures they are; a tenth is said quietly, and nothing of nothing.
func TestWhatProgramsBroughtIsNamedLoudly(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, w.Server, "xa", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	servertest.AddUser(t, w.Server, "cu", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	lan, xa, cu := servertest.OpenSession(t, w.Server, "lan"), servertest.OpenSession(t, w.Server, "xa"), servertest.OpenSession(t, w.Server, "cu")
	next := func() {
		servertest.Release(t, w.Server)
		w.Time = w.Time.Add(time.Minute)
	}
	servertest.SubmitWith(t, w.Server, false, 45, "1")
	next()
	if said := supplied(t, lan, "/figures"); said.Length() != 0 {
		t.Errorf("nobody brought any: %s", servertest.Words(said))
	}
	supply(t, w, 5, "5")
	next()
	for _, path := range []string{"", "/figures", "/figures?unit=xa"} {
		if said := supplied(t, lan, path); said.Is(".errors") || !strings.Contains(servertest.Words(said), "10 % số phiếu do phần mềm") {
			t.Errorf("%q at a tenth: %s", path, servertest.Words(said))
		}
	}
	supply(t, w, 10, "5")
	next()
	for path, v := range map[string]*servertest.Client{"": lan, "/figures": lan, "/figures?unit=xa": xa} {
		said := supplied(t, v, path)
		words := servertest.Words(said)
		if !said.Is(".errors") || !strings.Contains(words, "25 % số phiếu do phần mềm") {
			t.Errorf("%q is not loud: %s", path, words)
		}
		var n []string
		said.Find("tbody tr").Each(func(_ int, row *goquery.Selection) { n = append(n, servertest.Words(row.Find("td"))) })
		if len(n) != 2 || !strings.HasPrefix(n[0], "0,0 %") || !strings.HasSuffix(n[0], "45") || !strings.HasPrefix(n[1], "25,0 %") || !strings.HasSuffix(n[1], "60") {
			t.Errorf("%q: figures without and with: %q", path, n)
		}
	}
	if said := supplied(t, xa, ""); said.Length() != 0 { // the whole, to whose a part is
		t.Errorf("a part of the office is told of all: %s", servertest.Words(said))
	}
	if resp, body := cu.Get(suppliedCampaign + "/figures?unit=xa"); resp.StatusCode != http.StatusNotFound || strings.Contains(body, "phần mềm") {
		t.Errorf("another office: %d", resp.StatusCode)
	}
}

// Who publishes is told before, of more than a tenth.
func TestWhoPublishesIsToldWhatProgramsBrought(t *testing.T) {
	t.Parallel()
	for n, fact := range map[int]string{5: "", 15: "25 % số phiếu do phần mềm hoặc tệp đưa vào"} {
		w := servertest.NewStaffServer(t)
		servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
		v := servertest.OpenSession(t, w.Server, "lan")
		servertest.SubmitWith(t, w.Server, false, 45, "1")
		supply(t, w, n, "5")
		servertest.Release(t, w.Server)
		if resp, _ := w.Step(t, v, suppliedCampaign+"/close"); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("close: %d", resp.StatusCode)
		}
		resp, body := v.Get(suppliedCampaign + "/publish")
		words := servertest.Words(servertest.Document(t, body).Find("main"))
		if resp.StatusCode != http.StatusOK || !strings.Contains(words, "Chốt số liệu và công bố") || !strings.Contains(words, fact) || fact == "" && strings.Contains(words, "phần mềm") {
			t.Errorf("%d of programs: %d %s", n, resp.StatusCode, words)
		}
	}
}

// Where few others answered, the difference of two figures would be their answers.
func TestNoFiguresWithoutWhatProgramsBrought(t *testing.T) {
	t.Parallel()
	for others, why := range map[int]string{0: "Không có phiếu nào khác", 3: "quá ít phiếu"} {
		w := servertest.NewStaffServer(t)
		servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
		v := servertest.OpenSession(t, w.Server, "lan")
		supply(t, w, 20, "5")
		servertest.SubmitWith(t, w.Server, false, others, "1")
		servertest.Release(t, w.Server)
		said := supplied(t, v, "/figures")
		if words := servertest.Words(said); !said.Is(".errors") || said.Find("table").Length() != 0 || !strings.Contains(words, why) || strings.Contains(words, "20") {
			t.Errorf("%d others: %s", others, words)
		}
	}
}
