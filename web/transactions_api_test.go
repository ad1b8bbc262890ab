package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/servertest"
)

func TestTransactionsByProgram(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	issue := func(grant survey.Grant) string {
		secret, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Một cửa", grant, "")
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	mine := issue(survey.Grant{Role: survey.OneStopOffice})
	elsewhere := issue(survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	viewer := issue(survey.Grant{Role: survey.Viewer})
	ask := func(token, body string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/transactions", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		resp, answer := servertest.Do(t, s, r)
		return resp.StatusCode, strings.TrimSpace(answer)
	}
	code := servertest.Code(servertest.PointLand)
	body := `{"transactions":[{"point":"` + string(code) + `","day":"2026-03-04","number":31},{"point":"` + string(code) + `","day":"2026-02-27","number":0}]}`
	for i, want := range []string{`{"changed":2,"unchanged":0}`, `{"changed":0,"unchanged":2}`} { // the same again changes nothing
		if status, answer := ask(mine, body); status != http.StatusOK || answer != want {
			t.Errorf("request %d: %d %s, want %s", i+1, status, answer, want)
		}
	}
	s.Transactions.Received = func(context.Context, survey.PointCode, survey.Date) (int, error) { return 31, nil }
	small := strings.Replace(body, ":31", ":30", 1)
	if status, answer := ask(mine, small); status != http.StatusOK || answer != `{"changed":1,"fewer_than_received":1,"unchanged":1}` {
		t.Errorf("a number below what came in: %d %s", status, answer)
	}
	if status, answer := ask(mine, body); status != http.StatusOK || strings.Contains(answer, "fewer") {
		t.Errorf("corrected: %d %s", status, answer)
	}
	for name, test := range map[string]struct {
		token, body string
		status      int
		says        string
	}{
		"Elsewhere":    {elsewhere, body, 422, "transactions.0.point"},
		"NoRight":      {viewer, body, 403, ""},
		"NoToken":      {"x", body, 401, ""},
		"Nothing":      {mine, `{"transactions":[]}`, 422, "không có số lượt giao dịch nào"},
		"NotJSON":      {mine, `number=3`, 422, ""},
		"UnknownField": {mine, strings.Replace(body, `"number":31`, `"number":31,"x":1`, 1), 422, ""},
		"Tomorrow":     {mine, strings.Replace(body, "2026-03-04", "2026-03-06", 1), 422, "transactions.0.day"},
		"Negative":     {mine, strings.Replace(body, ":31", ":-1", 1), 422, "transactions.0.number"},
		"UnknownPoint": {mine, strings.Replace(body, string(code), "0000000", 1), 422, "transactions.0.point"},
	} {
		if status, answer := ask(test.token, test.body); status != test.status || !strings.Contains(answer, test.says) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	stated, err := s.Transactions.Since(t.Context(), "2026-01-01")
	if diff := cmp.Diff(transactions.Numbers{code: {"2026-03-04": 31, "2026-02-27": 0}}, stated); diff != "" || err != nil {
		t.Errorf("stored (-want +got), %v:\n%s", err, diff)
	}
}
