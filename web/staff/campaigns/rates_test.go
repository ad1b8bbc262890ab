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
	v := servertest.OpenSession(t, w.Server, "lan")
	progress := func() string {
		t.Helper()
		resp, body := v.Get("/staff/campaigns/tthc-2026/progress")
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("progress: %d", resp.StatusCode)
		}
		return servertest.Words(servertest.Document(t, body).Find("main"))
	}
	servertest.SubmitOverall(t, w.Server, 12, "4")
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
	state(10)
	if words := progress(); !strings.Contains(words, "12 phiếu cho 10 lượt giao dịch") || !strings.Contains(words, "Trên 100") {
		t.Errorf("12 of 10 are not said loudly: %s", words)
	}
}
