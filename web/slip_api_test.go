package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/api"
	"hailong/web/servertest"
)

// slipPost asks for slips as a program does.
func slipPost(t *testing.T, s *servertest.Server, token, key, path, body string) (int, string) {
	t.Helper()
	var headers []string
	if key != "" {
		headers = []string{"Idempotency-Key", key}
	}
	resp, answer := call(t, s, contract(t, s), http.MethodPost, path, token, body, headers...)
	return resp.StatusCode, answer
}

func slipToken(t *testing.T, s *servertest.Server, scope survey.Scope) string {
	t.Helper()
	secret, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Một cửa", survey.Grant{Role: survey.OneStopOffice, Scope: scope}, "")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

const slipKey = "5d0b1c9e-3f4a-4b6c-8d7e-9f0a1b2c3d4e"

func slipBody(dossiers string) string {
	return `{"point":"` + string(servertest.Code(servertest.PointLand)) + `","count":2` + dossiers + `}`
}

// The one-stop software gets codes to print on its receipts; asked again with the same
// key it answers the same.
func TestSlipsByProgram(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	token := slipToken(t, s, survey.Scope{})
	var answers []api.Slips
	for range 2 {
		status, answer := slipPost(t, s, token, slipKey, "/api/v1/slips", slipBody(`,"dossiers":["`+servertest.Dossier+`"]`))
		var slips api.Slips
		if err := json.Unmarshal([]byte(answer), &slips); err != nil || status != http.StatusOK || len(slips.Slips) != 2 || slips.Until != "2026-04-05" {
			t.Fatalf("%d %s", status, answer)
		}
		answers = append(answers, slips)
	}
	if answers[0].Again || !answers[1].Again {
		t.Errorf("again: %v, %v", answers[0].Again, answers[1].Again)
	}
	if diff := cmp.Diff(answers[0].Slips, answers[1].Slips); diff != "" {
		t.Errorf("asked again (-first +second):\n%s", diff)
	}
	for _, slip := range answers[0].Slips {
		for _, address := range []string{slip.URL, slip.Qr} {
			if resp, _ := servertest.Get(t, s, strings.TrimPrefix(address, "https://hailong.example")); resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %d", address, resp.StatusCode)
			}
		}
	}
	var told []string
	for _, action := range servertest.AuditActions(t, s, "slip.") {
		told = append(told, string(action))
	}
	if diff := cmp.Diff([]string{"slip.issue"}, told); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
}

func TestSlipsByProgramRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	token, elsewhere := slipToken(t, s, survey.Scope{}), slipToken(t, s, survey.Scope{Units: []survey.UnitID{"cu"}})
	if status, answer := slipPost(t, s, token, slipKey, "/api/v1/slips", slipBody(`,"dossiers":["`+servertest.Dossier+`"]`)); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	const other = "6d0b1c9e-3f4a-4b6c-8d7e-9f0a1b2c3d4e"
	for name, tt := range map[string]struct {
		token, key, body string
		status           int
		told             string
	}{
		"NoKey":        {token, "", slipBody(""), 422, "Idempotency-Key"},
		"DossierAsKey": {token, servertest.Dossier, slipBody(""), 422, "slip.bad_request"},
		"SameKey":      {token, slipKey, strings.Replace(slipBody(""), ":2", ":3", 1), 422, "slip.request_taken"},
		"SameDossier":  {token, other, slipBody(`,"dossiers":["H35.14-260305-0009"," h35.14-260305-0001"]`), 422, "slip.dossier_taken"},
		"BadDossier":   {token, other, slipBody(`,"dossiers":["1"]`), 422, "slip.bad_dossier"},
		"Elsewhere":    {elsewhere, other, slipBody(""), 422, "slip.bad_point"},
		"TooMany":      {token, other, strings.Replace(slipBody(""), ":2", ":201", 1), 422, "slip.too_many"},
		"NoToken":      {"x", other, slipBody(""), 401, ""},
		"NotJSON":      {token, other, "point=1", 422, ""},
	} {
		status, answer := slipPost(t, s, tt.token, tt.key, "/api/v1/slips", tt.body)
		if status != tt.status || !strings.Contains(answer, tt.told) || strings.Contains(answer, "260305") {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	// Links are issued no more; the answer says where slips are.
	status, answer := slipPost(t, s, token, "", "/api/v1/links", `{"dossier":"`+servertest.Dossier+`","point":"x"}`)
	if status != http.StatusGone || !strings.Contains(answer, "/api/v1/slips") {
		t.Errorf("links: %d %s", status, answer)
	}
	if actor := (people.Token{ID: people.HashSecret(token)}).ShortID(); strings.Contains(answer, actor) {
		t.Error("the answer names the token")
	}
}
