package campaigns_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/servertest"
)

// The page of progress sets responses against transactions, and says so loudly
// where there are more answers than people.
func TestResponseRatesOfACampaign(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	var v *servertest.Client
	progress := func() string {
		t.Helper()
		v = servertest.OpenSession(t, w.Server, "lan") // a session ends with the day
		resp, body := v.Get("/staff/campaigns/tthc-2026/progress")
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("progress: %d", resp.StatusCode)
		}
		return servertest.Words(servertest.Document(t, body).Find("main"))
	}
	servertest.SubmitOverall(t, w.Server, 12, "4")
	w.Time = w.Time.AddDate(0, 0, 1)
	servertest.Release(t, w.Server)
	if words := progress(); strings.Contains(words, "Tỷ lệ trả lời") {
		t.Errorf("a rate of no transactions: %s", words)
	}
	code := servertest.Code(servertest.PointLand)
	state := func(n int) {
		t.Helper()
		if _, err := w.Transactions.State(t.Context(), survey.Actor{}, []transactions.Count{{Point: code, Day: "2026-03-05", Number: n}}); err != nil {
			t.Fatal(err)
		}
	}
	state(48)
	if words := progress(); !strings.Contains(words, "Tất cả124825,0") || strings.Contains(words, "là không thể") {
		t.Errorf("12 of 48: %s", words)
	}
	if _, body := v.Get("/staff/campaigns/tthc-2026/progress"); servertest.Document(t, body).Find("main .errors").Length() != 0 {
		t.Error("12 of 48 are called too many")
	}
	state(10)
	if words := progress(); !strings.Contains(words, "12 phiếu cho 10 lượt giao dịch") || !strings.Contains(words, "Trên 100") {
		t.Errorf("12 of 10 are not said loudly: %s", words)
	}
}

// One point with more responses than transactions is named loudly, though those of the
// others hide it in the sum; of another office's points nobody is told.
func TestOnePointAboveIsNamed(t *testing.T) {
	t.Parallel()
	w := servertest.NewStaffServer(t)
	servertest.AddUser(t, w.Server, "lan", survey.Grant{Role: survey.HomeAffairs})
	servertest.AddUser(t, w.Server, "cu", survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	land, open := servertest.Code(servertest.PointLand), servertest.Code(servertest.PointOpen)
	servertest.SubmitOverall(t, w.Server, 12, "4")
	w.Time = w.Time.AddDate(0, 0, 1)
	if _, err := w.Transactions.State(t.Context(), survey.Actor{}, []transactions.Count{
		{Point: land, Day: "2026-03-05", Number: 10}, {Point: open, Day: "2026-03-05", Number: 500},
	}); err != nil {
		t.Fatal(err)
	}
	servertest.Release(t, w.Server)
	for _, path := range []string{"progress", "figures", "figures?unit=xa"} {
		_, body := servertest.OpenSession(t, w.Server, "lan").Get("/staff/campaigns/tthc-2026/" + path)
		main := servertest.Document(t, body).Find("main")
		loud := servertest.Words(main.Find(".errors"))
		if !strings.Contains(loud, "Trên 100") || !strings.Contains(loud, string(land)) || strings.Contains(loud, string(open)) {
			t.Errorf("%s: %q does not name the point above 100 %% alone", path, loud)
		}
		if main.Find("a[href^='/staff/transactions']").Length() == 0 {
			t.Errorf("%s leads to no transactions", path)
		}
	}
	for _, path := range []string{"progress", "figures"} {
		if _, body := servertest.OpenSession(t, w.Server, "cu").Get("/staff/campaigns/tthc-2026/" + path); strings.Contains(body, string(land)) {
			t.Errorf("%s names the point to another office", path)
		}
	}
}
