package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi-validator"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
	"hailong/web"
	"hailong/web/api"
	"hailong/web/servertest"
)

// newAPIServer is a server of figures with a token that may read, and one that
// may write as well.
func newAPIServer(t *testing.T) (s *servertest.Server, reader, writer string) {
	t.Helper()
	s = servertest.NewWithTargets(t)
	return s, issue(t, s, survey.Grant{Role: survey.ReleaseReader}), issue(t, s, survey.Grant{Role: survey.HomeAffairs})
}

func issue(t *testing.T, s *servertest.Server, grant survey.Grant) string {
	t.Helper()
	secret, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "test", grant, "")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// contract validates requests and answers against the served document.
func contract(t *testing.T, s *servertest.Server) validator.Validator {
	t.Helper()
	resp, body := servertest.Get(t, s, "/api/v1/openapi.json")
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("the document answers %d as %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	document, err := libopenapi.NewDocument([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(document)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return v
}

// call sends a request, with further headers as pairs, and holds both it and the answer
// to the contract.
func call(t *testing.T, s *servertest.Server, v validator.Validator, method, target, token, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	request := func() *http.Request {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Host = "hailong.example"
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return r
	}
	resp, answer := servertest.Do(t, s, request())
	copied := *resp
	copied.Body = io.NopCloser(bytes.NewReader([]byte(answer)))
	if ok, problems := v.ValidateHttpResponse(request(), &copied); !ok {
		for _, p := range problems {
			t.Errorf("%s %s answers %d against the contract: %s: %s %v", method, target, resp.StatusCode, p.Message, p.Reason, p.SchemaValidationErrors)
		}
	}
	return resp, answer
}

func TestOpenAPIDocumentIsValid(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t)
	if ok, problems := contract(t, s).ValidateDocument(); !ok {
		for _, p := range problems {
			t.Errorf("%s: %s %v", p.Message, p.Reason, p.SchemaValidationErrors)
		}
	}
}

func TestAPIKeepsItsContract(t *testing.T) {
	t.Parallel()
	s, reader, writer := newAPIServer(t)
	servertest.SubmitOverall(t, s, 30, "5")
	servertest.SubmitOverall(t, s, 10, "3")
	servertest.Release(t, s)
	v := contract(t, s)
	for name, c := range map[string]struct {
		target string
		token  string
		status int
		has    []string
		hasnt  string
	}{
		"Overall":       {"/api/v1/results?campaign=tthc-2026", reader, 200, []string{`"campaign":"tthc-2026"`, `"formula":"top2"`, `"n":40,"answers":40,"rate":0.75`, `"groups":[]`}, ""},
		"ByUnit":        {"/api/v1/results?campaign=tthc-2026&by=unit", reader, 200, []string{`"key":"xa","label":"Xã Bum Tở"`}, ""},
		"Cross":         {"/api/v1/results?campaign=tthc-2026&by=unit,month&lang=en", reader, 200, []string{`"key":"xa,2026-03","label":"Bum To commune · 03/2026"`}, ""},
		"ByItem":        {"/api/v1/results?campaign=tthc-2026&by=item", reader, 200, []string{`"key":"overall","label":"Ông/Bà có hài lòng không?"`}, ""},
		"Filter":        {"/api/v1/results?campaign=tthc-2026&by=channel&sector=land", reader, 200, []string{`"key":"qr"`}, ""},
		"Mean100":       {"/api/v1/results?campaign=tthc-2026&formula=mean100", reader, 200, []string{`"formula":"mean100"`, `"rate":0.9`}, ""},
		"Empty":         {"/api/v1/results?campaign=tthc-2025&by=unit", reader, 200, []string{`"n":0,"answers":0,"rate":null`}, ""},
		"NoCampaign":    {"/api/v1/results", reader, 422, []string{`"detail":"Thiếu tham số campaign`}, `"n":40`},
		"Unknown":       {"/api/v1/results?campaign=x", reader, 404, []string{`"status":404`}, ""},
		"BadDimension":  {"/api/v1/results?campaign=tthc-2026&by=name", reader, 422, []string{`sector_group`}, ""},
		"BadUnit":       {"/api/v1/results?campaign=tthc-2026&unit=nosuch", reader, 422, []string{`unit`, `nosuch`}, `"groups"`},
		"BadParameter":  {"/api/v1/results?campaign=tthc-2026&untit=xa", reader, 422, []string{`untit`, `sector_group`}, `"groups"`},
		"ThreeKinds":    {"/api/v1/results?campaign=tthc-2026&by=unit,month&sector=land", reader, 422, nil, `"groups"`},
		"NoToken":       {"/api/v1/results?campaign=tthc-2026", "", 401, []string{`"status":401`, `"request_id":"`}, "tthc-2026"},
		"WrongToken":    {"/api/v1/results?campaign=tthc-2026", "guess", 401, nil, "tthc-2026"},
		"Targets":       {"/api/v1/targets?on=2026-03-05", reader, 200, []string{`"code":"TTHC"`, `"threshold":0.95,"due":"2030-12-31","in_force":true`, `"met":false,"evidence":"below"`, `"code":"PAR"`, `"met":null,"evidence":"none"`}, ""},
		"TargetsToday":  {"/api/v1/targets", reader, 200, []string{`"code":"TTHC"`}, ""},
		"TargetsBadDay": {"/api/v1/targets?on=soon", reader, 422, []string{"soon"}, ""},
		"TargetsOther":  {"/api/v1/targets?on=2026-03-05&untit=x", reader, 422, []string{"untit"}, `"code"`},
		"CampaignsBy":   {"/api/v1/campaigns?year=2026", reader, 422, []string{"year"}, `"tthc-2026"`},
		"PointsBy":      {"/api/v1/points?unit=xa", reader, 422, []string{"unit"}, `"url"`},
		"Campaigns":     {"/api/v1/campaigns", reader, 200, []string{`"id":"tthc-2026","title":"Đợt 2026","questionnaire":"tthc"`, `"from":"2026-01-01","to":"2026-12-31","state":"open"`}, ""},
		"Points":        {"/api/v1/points", writer, 200, []string{`"url":"https://hailong.example/s/`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, body := call(t, s, v, http.MethodGet, c.target, c.token, "")
			if resp.StatusCode != c.status {
				t.Errorf("status %d, want %d: %s", resp.StatusCode, c.status, body)
			}
			for _, want := range c.has {
				if !strings.Contains(body, want) {
					t.Errorf("%s is missing in %s", want, body)
				}
			}
			if c.hasnt != "" && strings.Contains(body, c.hasnt) {
				t.Errorf("%s must not be in %s", c.hasnt, body)
			}
			if c.status == 401 && !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Bearer") {
				t.Error("no WWW-Authenticate")
			}
			if c.status >= 400 && resp.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("an error as %s", resp.Header.Get("Content-Type"))
			}
		})
	}
}

func TestManyResponsesAtOnce(t *testing.T) {
	t.Parallel()
	s, reader, writer := newAPIServer(t)
	v := contract(t, s)
	ids := make([]string, 4)
	for i := range ids {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = string(id)
	}
	point := string(servertest.Code(servertest.PointLand))
	body := `{"responses":[
		{"id":"` + ids[0] + `","point":"` + point + `","answers":{"overall":5}},
		{"id":"` + ids[1] + `","point":"` + strings.ToLower(point) + `","answers":{"overall":"2","bad":[1,2],"polite":"na","visits":2.5},"texts":{"words":"Rất tốt"},"day":"2026-03-01","channel":"kiosk"},
		{"id":"` + ids[0] + `","point":"` + point + `","answers":{"overall":5}},
		{"id":"` + ids[2] + `","point":"` + point + `","answers":{"overall":9}},
		{"id":"no uuid","point":"` + point + `","answers":{"overall":4}},
		{"id":"` + ids[0] + `","point":"` + string(servertest.Code(servertest.PointOpen)) + `","sector":"land","answers":{"overall":5}},
		{"id":"` + ids[3] + `","point":"0000000","answers":{"overall":4}}]}`
	var got api.Outcomes
	resp, answer := call(t, s, v, http.MethodPost, "/api/v1/responses", writer, body)
	if err := json.Unmarshal([]byte(answer), &got); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %v: %s", resp.StatusCode, err, answer)
	}
	var outcomes []string
	for _, o := range got.Outcomes {
		outcomes = append(outcomes, string(o.Outcome))
	}
	if list := strings.Join(outcomes, " "); list != "stored stored duplicate invalid invalid invalid invalid" || got.Stored != 2 || got.Duplicate != 1 || got.Invalid != 4 {
		t.Errorf("outcomes %s: %s", list, answer)
	}
	if e := got.Outcomes[3].Errors; len(e) != 1 || e[0].Field != "overall" || e[0].Detail == "" {
		t.Errorf("the fourth names its fault as %+v", e)
	}
	// All of it again changes nothing.
	if _, answer = call(t, s, v, http.MethodPost, "/api/v1/responses", writer, body); !strings.HasPrefix(answer, `{"stored":0,"duplicate":3,"invalid":4`) {
		t.Errorf("sent again: %s", answer)
	}
	kept, err := survey.Documents[survey.Response]{Store: s.Store, Collection: survey.Responses}.Get(t.Context(), ids[1])
	if err != nil || kept.Channel != survey.ChannelAPI || kept.Proof != survey.Unverified || kept.Day != "2026-03-01" || len(kept.Answers) != 4 || kept.Texts[0].Text != "Rất tốt" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	for name, c := range map[string]struct {
		token, body string
		status      int
	}{
		"ReaderMayNot": {reader, body, 403},
		"NoToken":      {"", body, 401},
		"NotJSON":      {writer, `{"responses":`, 422},
		"Garbage":      {writer, `{"responses":[{}]} {}`, 422},
		"UnknownField": {writer, `{"responses":[{}],"name":"Nguyễn Văn A"}`, 422},
		"NoRows":       {writer, `{"responses":"all"}`, 422},
		"None":         {writer, `{"responses":[]}`, 422},
		"TooMany":      {writer, `{"responses":[` + strings.Repeat(`{},`, 1000) + `{}]}`, 422},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if resp, answer := call(t, s, v, http.MethodPost, "/api/v1/responses", c.token, c.body); resp.StatusCode != c.status {
				t.Errorf("status %d, want %d: %s", resp.StatusCode, c.status, answer)
			}
		})
	}
}

// A response that is written wrongly says so in its own place and costs none of
// the others.
func TestOneBadRowCostsNoOther(t *testing.T) {
	t.Parallel()
	s, _, writer := newAPIServer(t)
	point := string(servertest.Code(servertest.PointLand))
	body := `{"responses":[
		{"id":"a","point":"` + point + `","answers":{"overall":5},"day":20260301},
		{"id":"b","point":"` + point + `","answers":{"overall":{"a":1}}},
		{"id":"c","point":"` + point + `","answers":{"overall":5},"name":"Nguyễn Văn A"},
		{"id":7,"point":"` + point + `","answers":{"overall":5}},
		null, 5,
		{"id":"` + servertest.ResponseID + `","point":"` + point + `","answers":{"overall":5}}]}`
	var got api.Outcomes
	resp, answer := call(t, s, contract(t, s), http.MethodPost, "/api/v1/responses", writer, body)
	if err := json.Unmarshal([]byte(answer), &got); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %v: %s", resp.StatusCode, err, answer)
	}
	var outcomes []string
	for _, o := range got.Outcomes {
		outcomes = append(outcomes, o.ID+" "+string(o.Outcome))
		if (o.Detail == "") != (o.Outcome == api.OutcomeOutcomeStored) {
			t.Errorf("%s is %s because of %q", o.ID, o.Outcome, o.Detail)
		}
	}
	want := []string{"a invalid", "b invalid", "c invalid", " invalid", " invalid", " invalid", servertest.ResponseID + " stored"}
	if diff := cmp.Diff(want, outcomes); diff != "" || got.Stored != 1 || got.Invalid != 6 {
		t.Errorf("%s%s", diff, answer)
	}
	if e := got.Outcomes[0].Errors; len(e) != 1 || e[0].Field != "day" {
		t.Errorf("the first names its fault as %+v", e)
	}
}

func TestMethodNotAllowed(t *testing.T) {
	t.Parallel()
	s, _, writer := newAPIServer(t)
	resp, answer := servertest.Do(t, s, func() *http.Request {
		r := httptest.NewRequest(http.MethodDelete, "/api/v1/responses?lang=en", nil)
		r.Header.Set("Authorization", "Bearer "+writer)
		return r
	}())
	if resp.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(answer, `"type":"urn:hailong:error:method_not_allowed","title":"Method not allowed"`) {
		t.Errorf("%d: %s", resp.StatusCode, answer)
	}
}

// What a program hands in or takes out is in the log: who and how much, one
// entry a request, and never an answer.
func TestProgramsAreInTheAuditLog(t *testing.T) {
	t.Parallel()
	s, _, writer := newAPIServer(t)
	v := contract(t, s)
	point := string(servertest.Code(servertest.PointLand))
	responses := `{"responses":[{"id":"` + servertest.ResponseID + `","point":"` + point + `","answers":{"overall":5}},{"id":"x","point":"` + point + `","answers":{}}]}`
	for _, request := range [][2]string{{"responses", responses}, {"responses", responses}} {
		if resp, answer := call(t, s, v, http.MethodPost, "/api/v1/"+request[0], writer, request[1]); resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", request[0], resp.StatusCode, answer)
		}
	}
	for _, path := range []string{"/api/v1/responses?dry_run=1", "/api/v1/slips?days=90"} {
		if resp, answer := call(t, s, v, http.MethodPost, path, writer, responses); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(answer, "“d") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, answer)
		}
	}
	var got []string
	err := s.Audit.Each(t.Context(), audit.EntryFilter{Actor: "token:" + people.Token{ID: people.HashSecret(writer)}.ShortID()}, func(e audit.ChainedEntry) error {
		got = append(got, string(e.Action)+" "+e.After)
		return nil
	})
	want := []string{
		`response.deliver {"stored":1,"duplicate":0,"invalid":1}`, `response.deliver {"stored":0,"duplicate":1,"invalid":1}`,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestTooManyRequestsOfAToken(t *testing.T) {
	t.Parallel()
	s, reader, writer := newAPIServer(t)
	v := contract(t, s)
	for s.Rates.Token.Take(people.HashSecret(reader)) == 0 { // until no more are taken
	}
	resp, answer := call(t, s, v, http.MethodGet, "/api/v1/campaigns", reader, "")
	if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); resp.StatusCode != http.StatusTooManyRequests || err != nil || wait < 1 ||
		resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d, Retry-After %q: %s", resp.StatusCode, resp.Header.Get("Retry-After"), answer)
	}
	if resp, _ := call(t, s, v, http.MethodGet, "/api/v1/campaigns", writer, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("another program: %d", resp.StatusCode)
	}
}

func TestAPITokens(t *testing.T) {
	t.Parallel()
	s := servertest.NewWithTargets(t, func(c *web.Config) { c.APIToken = "of the settings" })
	servertest.SubmitOverall(t, s, 30, "5")
	servertest.Release(t, s)
	v := contract(t, s)
	viewer := issue(t, s, survey.Grant{Role: survey.Viewer})
	reader := issue(t, s, survey.Grant{Role: survey.ReleaseReader})
	commune := issue(t, s, survey.Grant{Role: survey.CommuneCommittee, Scope: survey.Scope{Units: []survey.UnitID{"xa"}}})
	school := issue(t, s, survey.Grant{Role: survey.EducationOffice})
	elsewhere := issue(t, s, survey.Grant{Role: survey.HomeAffairs, Scope: survey.Scope{Units: []survey.UnitID{"cu"}}})
	surveyor := issue(t, s, survey.Grant{Role: survey.Surveyor})
	revoked := issue(t, s, survey.Grant{Role: survey.Viewer})
	if err := s.Accounts.RevokeToken(t.Context(), survey.Actor{}, people.HashSecret(revoked)[:8]); err != nil {
		t.Fatal(err)
	}
	const all, unit, other = "/api/v1/results?campaign=tthc-2026", "/api/v1/results?campaign=tthc-2026&unit=xa", "/api/v1/results?campaign=tthc-2026&unit=cu"
	for name, c := range map[string]struct {
		token, target string
		status        int
	}{
		"Settings":         {"of the settings", all, 200},
		"SettingsAlmost":   {"of the setting", all, 401},
		"None":             {"", all, 401},
		"Unknown":          {"hailong_x", all, 401},
		"Revoked":          {revoked, all, 401},
		"Viewer":           {viewer, all, 404}, // nothing is published yet
		"ReleaseReader":    {reader, all, 200},
		"Surveyor":         {surveyor, all, 403},
		"CommuneTotal":     {commune, all, 403},
		"CommuneItself":    {commune, unit, 200},
		"CommuneNeighbour": {commune, other, 403},
		"OtherFamily":      {school, all, 404},
	} {
		if resp, answer := call(t, s, v, http.MethodGet, c.target, c.token, ""); resp.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %s", name, resp.StatusCode, c.status, answer)
		}
	}
	if _, answer := call(t, s, v, http.MethodGet, "/api/v1/points", elsewhere, ""); strings.Contains(answer, string(servertest.Code(servertest.PointOpen))) || !strings.Contains(answer, string(servertest.Code(servertest.PointClosed))) {
		t.Errorf("points of a scope: %s", answer)
	}
	if _, answer := call(t, s, v, http.MethodGet, "/api/v1/campaigns", school, ""); strings.TrimSpace(answer) != "[]" {
		t.Errorf("campaigns of another family: %s", answer)
	}
	id, err := survey.NewResponseID()
	if err != nil {
		t.Fatal(err)
	}
	body := `{"responses":[{"id":"` + string(id) + `","point":"` + string(servertest.Code(servertest.PointLand)) + `","answers":{"overall":5}}]}`
	if _, answer := call(t, s, v, http.MethodPost, "/api/v1/responses", elsewhere, body); !strings.Contains(answer, `"stored":0,"duplicate":0,"invalid":1`) {
		t.Errorf("a response outside the scope: %s", answer)
	}
}
