package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/api"
	"hailong/web/servertest"
)

func TestLinkByProgram(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	secret, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Một cửa", survey.Grant{Role: survey.OneStopOffice}, "")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Nơi khác", survey.Grant{Role: survey.OneStopOffice, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(token, body string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/links", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		resp, answer := servertest.Do(t, s, r)
		return resp.StatusCode, answer
	}
	body := `{"dossier":"` + servertest.Dossier + `","point":"` + string(servertest.Code(servertest.PointLand)) + `"}`
	status, answer := ask(secret, body)
	var link api.Link
	if err := json.Unmarshal([]byte(answer), &link); err != nil || status != http.StatusOK || link.Expires != "2026-03-19" {
		t.Fatalf("%d %s", status, answer)
	}
	if resp, _ := servertest.Get(t, s, strings.TrimPrefix(link.URL, "https://hailong.example")); resp.StatusCode != http.StatusOK {
		t.Errorf("the link opens with %d", resp.StatusCode)
	}
	for name, tt := range map[string]struct {
		token, body string
		status      int
	}{
		"Elsewhere": {elsewhere, body, 422}, "NoToken": {"x", body, 401}, "NotJSON": {secret, "dossier=1", 422},
		"BadDossier": {secret, strings.Replace(body, servertest.Dossier, "1", 1), 422},
	} {
		if status, answer := ask(tt.token, tt.body); status != tt.status {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
}
