package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/servertest"
	"hailong/web/staff"
)

// rateServer is a server on the day after people answered, with an office that is
// signed in and a program.
type rateServer struct {
	*servertest.StaffServer
	lan   *servertest.Client
	token string
}

func newRateServer(t *testing.T, responses int) *rateServer {
	t.Helper()
	w := &rateServer{StaffServer: servertest.NewStaffServer(t)}
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	w.token = issue(t, w.Server, survey.Grant{Role: survey.ReleaseReader})
	servertest.SubmitOverall(t, w.Server, responses, "4")
	w.Time = w.Time.Add(24 * time.Hour)
	servertest.Release(t, w.Server)
	w.lan = servertest.SignIn(t, w.Server, "lan")
	return w
}

// state reports the transactions of the day on which people answered.
func (w *rateServer) state(t *testing.T, n int) {
	t.Helper()
	count := transactions.Count{Point: servertest.Code(servertest.PointLand), Day: "2026-03-05", Number: n}
	if _, err := w.Transactions.State(t.Context(), survey.Actor{}, []transactions.Count{count}); err != nil {
		t.Fatal(err)
	}
}

// office is the response rate on the page of the office; links are where it leads.
func (w *rateServer) office(t *testing.T) (words string, links []string) {
	t.Helper()
	resp, body := w.lan.Get(staff.CampaignPath("tthc-2026") + "/figures")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("figures: %d", resp.StatusCode)
	}
	doc := servertest.Document(t, body)
	for _, path := range []string{"/staff/transactions", "/staff/campaigns/tthc-2026/suspects"} {
		if doc.Find(`main .responded ~ .row a[href^="`+path+`"]`).Length() > 0 {
			links = append(links, path)
		}
	}
	return servertest.Words(doc.Find("main .responded")), links
}

func (w *rateServer) public(t *testing.T) string {
	t.Helper()
	resp, body := servertest.Get(t, w.Server, "/results/tthc-2026")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("results: %d", resp.StatusCode)
	}
	return servertest.Words(servertest.Document(t, body).Find("main .responded"))
}

// program is the response rate that the interface for programs answers.
func (w *rateServer) program(t *testing.T, source string) string {
	t.Helper()
	_, body := call(t, w.Server, contract(t, w.Server), http.MethodGet, "/api/v1/results?campaign=tthc-2026&source="+source, w.token, "")
	var answer struct {
		Rate json.RawMessage `json:"response_rate"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	return string(answer.Rate)
}

func (w *rateServer) publish(t *testing.T) {
	t.Helper()
	for _, step := range []string{"/close", "/publish"} {
		if resp, body := w.Step(t, w.lan, staff.CampaignPath("tthc-2026")+step); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step, resp.StatusCode, body)
		}
	}
}

// The response rate stands beside the figures of an office, by channel, and more
// responses than transactions are said loudly, with where to look.
func TestResponseRatesOfTheOffice(t *testing.T) {
	t.Parallel()
	w := newRateServer(t, 12)
	for _, step := range []struct {
		name       string
		stated     int // transactions; 0: none are known
		has, hasnt []string
		links      []string
		program    string
	}{
		{"Unknown", 0, []string{"Chưa có số lượt giao dịch"}, []string{"%", "Trên 100"}, []string{"/staff/transactions"}, ""},
		{
			"Quarter", 48,
			[]string{"25,0 % số lượt giao dịch có người trả lời. Số phiếu: 12; số lượt giao dịch: 48.", "Quét mã QR 25,0 %"},
			[]string{"Trên 100", "Chưa có"},
			nil,
			`{"above":false,"channels":[{"channel":"qr","rate":0.25,"responses":12}],"rate":0.25,"responses":12,"transactions":48}`,
		},
		{
			"TooMany", 10,
			[]string{"Trên 100 %. Số phiếu nhiều hơn số lượt giao dịch", "120,0 %"},
			[]string{"Chưa có"},
			[]string{"/staff/transactions", "/staff/campaigns/tthc-2026/suspects"},
			`{"above":true,"channels":[{"channel":"qr","rate":1.2,"responses":12}],"rate":1.2,"responses":12,"transactions":10}`,
		},
	} {
		if step.stated > 0 {
			w.state(t, step.stated)
		}
		words, links := w.office(t)
		checkWords(t, step.name, words, step.has, step.hasnt)
		if diff := cmp.Diff(step.links, links); diff != "" {
			t.Errorf("%s: links (-want +got):\n%s", step.name, diff)
		}
		if got := w.program(t, "release"); got != step.program {
			t.Errorf("%s: a program is told %s, want %s", step.name, got, step.program)
		}
	}
}

func checkWords(t *testing.T, name, words string, has, hasnt []string) {
	t.Helper()
	words = strings.ReplaceAll(words, "\u00a0", " ")
	for _, want := range has {
		if !strings.Contains(words, want) {
			t.Errorf("%s: %q is missing in %q", name, want, words)
		}
	}
	for _, not := range hasnt {
		if strings.Contains(words, not) {
			t.Errorf("%s: %q must not be in %q", name, not, words)
		}
	}
}

// The public is told the rate of an edition in whole per cent: it says no number of
// responses, and nothing moves it once it is published.
func TestResponseRatesOfThePublic(t *testing.T) {
	t.Parallel()
	w := newRateServer(t, 26)
	w.state(t, 1000)
	w.publish(t)
	const program = `{"above":false,"channels":[{"channel":"qr","rate":0.03}],"rate":0.03,"transactions":1000}`
	for range 2 {
		checkWords(t, "published", w.public(t), []string{"Khoảng 3 % số lượt giao dịch đã báo cáo có người trả lời. Số lượt giao dịch: 1.000.", "Quét mã QR 3 %"}, []string{"26", "2,6", "Trên 100"})
		if got := w.program(t, "edition"); got != program {
			t.Errorf("a program is told %s, want %s", got, program)
		}
		w.state(t, 5) // it changes nothing
	}

	none := newRateServer(t, 12)
	none.publish(t)
	checkWords(t, "unknown", none.public(t), []string{"Chưa có số lượt giao dịch để tính tỷ lệ trả lời."}, []string{"%"})

	many := newRateServer(t, 114) // too many for a day of 100, but nobody has judged them yet
	many.state(t, 100)
	servertest.Publish(t, many.Server, "tthc-2026")
	checkWords(t, "above", many.public(t), []string{"Trên 100 %. Số phiếu nhiều hơn số lượt giao dịch", "Khoảng 110 %"}, []string{"114 phiếu"})
}
