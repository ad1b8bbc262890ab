package web_test

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/editions"
	"hailong/survey/intake"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/sampling"
	"hailong/survey/slips"
	"hailong/survey/surveytest"
	"hailong/survey/verification"
	"hailong/web"
	"hailong/web/page"
	"hailong/web/servertest"
	"hailong/web/staff"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// staffSite is a server with something behind every parameter of a staff path.
type staffSite struct {
	*servertest.Server
	params map[string]string
	// places are the targets of paths that need something of their own to show:
	// a survey in another state, a part of a questionnaire.
	places map[string]string
}

// newStaffSite serves Catalog with more behind it. What changes something
// answers 204 and does nothing, so that routes do not get into each other's
// way; who gets that far is what is tested.
func newStaffSite(t *testing.T, more ...staff.Route) staffSite {
	t.Helper()
	store := surveytest.Store(t)
	catalog := servertest.Catalog()
	catalog.Units = append(catalog.Units,
		survey.Unit{ID: "truong", Parent: "xa", Kind: survey.School, Name: servertest.ViEn("Trường Tiểu học", "Primary school")},
		survey.Unit{ID: "truong-cu", Parent: "xa", Kind: survey.School, Name: servertest.ViEn("Trường cũ", "Former school"), Valid: survey.Span{To: "2025-06-30"}},
		survey.Unit{ID: "motcua-cu", Parent: "xa", Kind: survey.OneStop, Name: servertest.ViEn("Bộ phận cũ", "Former shop"), Valid: survey.Span{To: "2025-06-30"}})
	draft := servertest.Form()
	draft.Version, draft.Draft, draft.ID = 3, true, "quick@3"
	draft.Sections[0].Items[1].Label = servertest.ViEn("Ông/Bà hài lòng đến mức nào?", "How satisfied are you?")
	ready := completeForm()
	ready.Draft = true
	catalog.Drafts = []survey.Questionnaire{draft, ready}
	edition, err := editions.NewSnapshot("published", 1, servertest.Now, struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	for id, state := range map[survey.CampaignID]survey.CampaignState{"draft": survey.Draft, "closed": survey.ClosedDown, "published": survey.Published} {
		campaign := catalog.Campaigns[1]
		campaign.ID, campaign.State, campaign.Period, campaign.Units = id, state, survey.Span{From: "2024-01-01", To: "2024-12-31"}, scopeInside.Units
		if state == survey.Published {
			campaign.Editions = []survey.Edition{{Number: 1, Hash: edition.Hash}}
		}
		catalog.Campaigns = append(catalog.Campaigns, campaign)
	}
	servertest.AddPaperPoint(catalog)
	get := func() *survey.Catalog { return catalog }
	idle := func(routes []staff.Route) []staff.Route {
		routes = append(routes, more...)
		for i := range routes {
			if !staff.Safe(routes[i].Method) {
				routes[i].Handler = func(c *fiber.Ctx, _ *staff.SignedIn) error { return c.SendStatus(http.StatusNoContent) }
			}
		}
		return routes
	}
	services := servertest.NewServices(store, surveytest.Keys(t), get, servertest.Clock, slog.New(slog.DiscardHandler))
	mounted, err := web.NewWithRoutes(web.Config{Catalog: get, Views: servertest.Views(t), Hosts: []string{"example.com"}, LAN: true, Now: servertest.Clock}, services, idle)
	if err != nil {
		t.Fatal(err)
	}
	s := &servertest.Server{Server: mounted, Services: services}
	batch, drawn := servertest.AddBatch(t, s, batchOwner)
	ended := paper.Batch{ID: "tthc-2026-002", Rev: 1, Campaign: "tthc-2026", Title: "Lô đã đóng", Point: servertest.PointPaper, Surveyor: "hoa", Forms: 5, Closed: true, IDPrefix: "0b1b2c3d-4e5f-8a6b-8c7d-8e9f0a1b2c3d"}
	if err := (survey.Documents[paper.Batch]{Store: store, Collection: survey.PaperBatches}).Insert(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	servertest.AddUser(t, s, "target", survey.Grant{Role: survey.Viewer})
	// The row of the surveyor inside the scope; who runs the sample sees it too.
	servertest.InsertAll(t, store, survey.Snapshots, []editions.Snapshot{edition})
	place := sampling.Place{Unit: "motcua"}
	servertest.InsertAll(t, store, survey.Samples, []sampling.Sample{{
		ID: "tthc-2026", Rev: 1, Next: 2, Draws: []sampling.Draw{{Number: 1, Method: sampling.DrawRandom, Seed: "1", First: 1, Rows: 1}},
		Work: []sampling.Assignment{{Place: place, Surveyor: "u1surveyor"}},
	}})
	servertest.InsertAll(t, store, survey.DrawnRows, []sampling.Drawn{{ID: sampling.DrawnID("tthc-2026", 1), Rev: 1, Campaign: "tthc-2026", Draw: 1, Number: 1, Place: place}})
	burst := verification.NewBurstID("tthc-2026", servertest.Code(servertest.PointOpen), "2026-03-04")
	servertest.InsertAll(t, store, survey.Suspects, []verification.Suspect{verification.NewSuspect(burst, servertest.ResponseID, verification.SignCrowd, 9, servertest.Now)})
	secret, err := s.Accounts.IssueToken(t.Context(), survey.Actor{}, "Cổng", survey.Grant{Role: survey.Viewer}, "")
	if err != nil {
		t.Fatal(err)
	}
	// Each has issued slips of their own, by a request of the same id.
	const request = "5d0b1c9e-3f4a-4b6c-8d7e-9f0a1b2c3d4e"
	for _, role := range survey.Roles {
		for _, scope := range []survey.Scope{{}, scopeInside} {
			who := survey.Actor{Login: loginOf(survey.Grant{Role: role, Scope: scope})}
			if _, err := services.Slips.Issue(t.Context(), who, slips.IssueRequest{ID: request, Point: servertest.Code(servertest.PointOpen), Count: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	device, _, err := s.Proofs.Invite(t.Context(), survey.Actor{Login: "target"}, servertest.Code(servertest.PointOpen), proof.Kiosk, "Máy tính bảng")
	if err != nil {
		t.Fatal(err)
	}
	return staffSite{Server: s, params: map[string]string{
		"day": "2026-03-05", "issue": request, "device": device.ID,
		"login": "target", "identity": "01234567", "token": people.HashSecret(secret)[:8], "session": "01234567", "change": "disable",
		"school": "truong", "sector": "land", "point_change": "off",
		"version": "3", "section": "a", "item": "polite", "format": "yaml", "draw": "1", "row": sampling.DrawnID("tthc-2026", 1),
		"unit": "motcua", "point": string(servertest.Code(servertest.PointOpen)), "campaign": "tthc-2026", "role": "viewer", "form": "quick",
		"batch": string(batch), "paper_form": string(drawn),
	}, places: map[string]string{
		"/campaigns/:campaign/suspects/:point/:day": "/campaigns/tthc-2026/suspects/" + string(servertest.Code(servertest.PointOpen)) + "/2026-03-04",
		"/batches/:batch/void":                      "/batches/tthc-2026-001/void?serial=1",
		"/batches/:batch/exclude":                   "/batches/tthc-2026-001/exclude?serial=1",
		"/batches/:batch/reopen":                    "/batches/tthc-2026-002/reopen",
		"/units/:unit/reopen":                       "/units/motcua-cu/reopen",
		"/schools/:school/reopen":                   "/schools/truong-cu/reopen",
		"/questionnaires/:form/:version/remove":     "/questionnaires/quick/3/remove?part=item&code=polite",
		"/questionnaires/:form/:version/publish":    "/questionnaires/sound/1/publish",
		"/campaigns/:campaign/open":                 "/campaigns/draft/open",
		"/campaigns/:campaign/edit":                 "/campaigns/draft/edit",
		"/campaigns/:campaign/discard":              "/campaigns/draft/discard",
		"/campaigns/:campaign/reopen":               "/campaigns/closed/reopen",
		"/campaigns/:campaign/publish":              "/campaigns/closed/publish",
		"/campaigns/:campaign/editions/:hash":       "/campaigns/published/editions/" + edition.Hash,
		"/campaigns/:campaign/withdraw":             "/campaigns/published/withdraw",
	}}
}

// completeForm is a questionnaire that breaks no rule, so that it can be published.
func completeForm() survey.Questionnaire {
	return survey.Questionnaire{
		ID: "sound@1", Code: "sound", Version: 1, Order: 9, Family: survey.Procedures, Title: servertest.ViEn("Phiếu gọn", "Sound form"),
		Intro: servertest.ViEn("Trả lời là tự nguyện.", "Answering is voluntary."), Source: servertest.ViEn("Tự soạn", "Own work"), Scales: servertest.Form().Scales,
		Sections: []survey.Section{{Code: "a", Title: servertest.ViEn("Chung", "General"), Items: []survey.Item{
			{Code: "overall", Type: survey.ScaleItem, Scale: "satisfaction5", Label: servertest.ViEn("Ông/Bà có hài lòng không?", "Are you satisfied?"), Required: true, Overall: true},
		}}},
	}
}

// inLanguage adds a language to a target.
func inLanguage(target string, lang survey.Lang) string {
	if strings.Contains(target, "?") {
		return target + "&lang=" + string(lang)
	}
	return target + "?lang=" + string(lang)
}

var pathParam = regexp.MustCompile(`:([a-z_]+)`)

// target is a path of the table with its parameters filled in.
func (w staffSite) target(t *testing.T, path string) string {
	t.Helper()
	if place, ok := w.places[path]; ok {
		return staff.StaffPrefix + place
	}
	return staff.StaffPrefix + pathParam.ReplaceAllStringFunc(path, func(p string) string {
		value, ok := w.params[p[1:]]
		if !ok {
			t.Errorf("%s: put something that %s names into newStaffSite", path, p)
		}
		return value
	})
}

// loginOf is the login of the person with a grant.
func loginOf(grant survey.Grant) survey.Login {
	return survey.Login(fmt.Sprintf("u%x", len(grant.Scope.Units)) + strings.ReplaceAll(string(grant.Role), "_", "-"))
}

// client opens a session of a person with a grant, without the page.
func (w staffSite) client(t *testing.T, grant survey.Grant) *servertest.Client {
	t.Helper()
	login := loginOf(grant)
	servertest.AddUser(t, w.Server, login, grant)
	return w.session(t, login)
}

// session opens a session of somebody without the page.
func (w staffSite) session(t *testing.T, login survey.Login) *servertest.Client {
	t.Helper()
	secret, _, err := w.Accounts.OpenSession(t.Context(), login, "", false)
	if err != nil {
		t.Fatal(err)
	}
	return &servertest.Client{T: t, Server: w.Server, Cookie: "hailong=" + secret, CSRF: staff.CSRFOf(secret)}
}

// ask makes the request of a route and returns its status.
func (w staffSite) ask(t *testing.T, v *servertest.Client, route staff.Route) (int, string) {
	t.Helper()
	target := w.target(t, route.Path)
	var resp *http.Response
	var body string
	if staff.Safe(route.Method) {
		resp, body = v.Get(target)
	} else {
		resp, body = v.Post(target)
	}
	if cache := resp.Header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("%s %s: Cache-Control %q", route.Method, target, cache)
	}
	return resp.StatusCode, body
}

// The inside of the scope is the commune of the test points; the outside is a
// unit and a family that have nothing to do with them.
var (
	scopeInside  = survey.Scope{Units: []survey.UnitID{"xa"}}
	scopeOutside = survey.Scope{Units: []survey.UnitID{"cu", "cu"}, Families: []survey.Family{survey.Residents}}
)

// actsOnAll are the paths of acts that reach every unit of a campaign or of the country.
var actsOnAll = regexp.MustCompile(`^/campaigns/:campaign/(edit|open|next|close|reopen|discard|publish|withdraw|release|sample/draw.*|sample/keep|sample/erase)$|^/sectors/(new|import.*|:sector)$|^/questionnaires/(new|import|:form/draft|:form/:version/(head|sections|items|move|remove|publish|discard).*)$`)

// about is how far what a path's parameter names reaches, said here once more so that a
// route which forgets its scope is found.
func about(route staff.Route) (extent survey.Reach, asked bool) {
	unit, family := place(route.Path)
	campaign := (&survey.Campaign{Family: survey.Procedures, Units: scopeInside.Units}).Reach() // of all these tests
	switch {
	case strings.Contains(route.Path, "/campaigns/:campaign") && unit == "":
		if actsOnAll.MatchString(route.Path) {
			return campaign, true
		}
		return campaign.Part(), true
	case actsOnAll.MatchString(route.Path) || !staff.Safe(route.Method) && (route.Path == "/sectors" || route.Path == "/questionnaires"):
		if family == "" {
			return survey.Everywhere(), true
		}
		return survey.Everywhere().In(family), true
	case unit != "" && family != "":
		return survey.OfUnit(unit).In(family), true
	case unit != "":
		return survey.OfUnit(unit), true
	case family != "":
		return survey.Everywhere().In(family).Part(), true
	}
	return survey.Reach{}, false
}

// place is the unit and the family of what a path's parameter names, empty for none.
func place(path string) (survey.UnitID, survey.Family) {
	switch {
	case strings.Contains(path, ":school"):
		return "truong", survey.Education
	case strings.Contains(path, ":sector"):
		return "", survey.Procedures
	case strings.Contains(path, ":point"), strings.Contains(path, ":device"), strings.Contains(path, ":row"):
		return "motcua", survey.Procedures
	case strings.Contains(path, ":unit"):
		return "motcua", ""
	case strings.Contains(path, ":batch") && !owned(path), strings.Contains(path, ":paper_form"):
		return "motcua", survey.Procedures
	case strings.Contains(path, ":campaign"), strings.Contains(path, ":form"):
		return "", survey.Procedures
	}
	return "", ""
}

// batchOwner is the surveyor inside the scope, whose batch is that of the
// paths.
const batchOwner survey.Login = "u1surveyor"

// owned reports whether what a path names belongs to its surveyor alone.
func owned(path string) bool { return path == "/batches/:batch" || path == "/batches/:batch/void" }

// refusal is how a route must refuse a person, 0 if it must not.
func refusal(c *survey.Catalog, route staff.Route, login survey.Login, grant survey.Grant) int {
	extent, asked := about(route)
	switch {
	case owned(route.Path) && login != batchOwner:
		return http.StatusNotFound
	case !asked || grant.Covers(c, extent):
	case grant.Covers(c, extent.Part()) && (!strings.Contains(route.Path, ":") || grant.May(route.Permission)):
		return http.StatusForbidden
	default:
		return http.StatusNotFound
	}
	switch {
	case grant.May(route.Permission):
		return 0
	case strings.Contains(route.Path, ":") && !grant.May(route.Known):
		return http.StatusNotFound
	}
	return http.StatusForbidden
}

// TestStaffRoutes asks every route as every role, inside and outside the scope,
// and holds the answers against a table that people can read.
func TestStaffRoutes(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t)
	type person struct {
		*servertest.Client
		login survey.Login
		grant survey.Grant
	}
	of := func(grant survey.Grant) person { return person{w.client(t, grant), loginOf(grant), grant} }
	people := map[survey.Role][2]person{} // inside and outside
	for _, role := range survey.Roles {
		inside, outside := survey.Grant{Role: role, Scope: scopeInside}, survey.Grant{Role: role, Scope: scopeOutside}
		if role == survey.Administrator { // whose scope is always everything
			one := of(survey.Grant{Role: role})
			people[role] = [2]person{one, one}
			continue
		}
		people[role] = [2]person{of(inside), of(outside)}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "What each role is answered, inside its scope and, after a stroke where it differs, outside.\n")
	fmt.Fprintf(&table, "204 stands for a change that would be made. Nobody signed in: a GET leads to the sign-in, a POST gets 401.\n\n")
	fmt.Fprintf(&table, "%-58s %-20s", "", "permission")
	for _, role := range survey.Roles {
		fmt.Fprintf(&table, " %-13s", role)
	}
	table.WriteByte('\n')
	for _, route := range w.Server.StaffRoutes() {
		fmt.Fprintf(&table, "%-4s %-53s %-20s", route.Method, staff.StaffPrefix+route.Path, route.Permission)
		for _, role := range survey.Roles {
			var cells []string
			for _, p := range people[role] {
				got, _ := w.ask(t, p.Client, route)
				want := refusal(w.Catalog(), route, p.login, p.grant)
				if want != 0 && got != want || want == 0 && (got == http.StatusForbidden || got == http.StatusNotFound || got >= 500) {
					t.Errorf("%s %s as %s of %v answers %d, want %d (0: anything that is no refusal)", route.Method, route.Path, role, p.grant.Scope, got, want)
				}
				cells = append(cells, fmt.Sprint(got))
			}
			fmt.Fprintf(&table, " %-13s", strings.Join(slices.Compact(cells), "/"))
		}
		table.WriteByte('\n')
	}
	golden := filepath.Join("testdata", "staff_routes.golden")
	if *updateGolden {
		if err := os.WriteFile(golden, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), table.String()); diff != "" {
		t.Errorf("run the test with -update and read the difference:\n%s", diff)
	}
}

func TestStaffRoutesSignedOut(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t)
	for _, route := range append(w.Server.StaffRoutes(), staff.Route{Method: http.MethodGet, Path: "/no-such-page"}) {
		v := servertest.NewClient(t, w.Server)
		status, body := w.ask(t, v, route)
		want := http.StatusUnauthorized
		if staff.Safe(route.Method) {
			want = http.StatusSeeOther
		}
		if status != want || strings.Contains(body, "class=\"me\"") {
			t.Errorf("%s %s: %d, want %d", route.Method, route.Path, status, want)
		}
	}
}

// Every change wants the token of the session it is made in.
func TestStaffRoutesWantTheToken(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t)
	boss, surveyor := w.client(t, survey.Grant{Role: survey.Administrator}), w.client(t, survey.Grant{Role: survey.Surveyor, Scope: scopeInside})
	other := w.client(t, survey.Grant{Role: survey.Administrator, Scope: survey.Scope{Units: []survey.UnitID{"x"}}})
	for _, route := range w.Server.StaffRoutes() {
		if staff.Safe(route.Method) {
			continue
		}
		v := boss
		if owned(route.Path) {
			v = surveyor
		}
		right := v.CSRF
		for name, token := range map[string]string{"None": "", "Wrong": strings.Repeat("0", 64), "OfAnotherSession": other.CSRF} {
			v.CSRF = token
			if status, _ := w.ask(t, v, route); status != http.StatusForbidden {
				t.Errorf("%s: %s %s answers %d", name, route.Method, route.Path, status)
			}
		}
		v.CSRF = right
		if status, _ := w.ask(t, v, route); status != http.StatusNoContent {
			t.Errorf("%s %s with the right token answers %d", route.Method, route.Path, status)
		}
		r := httptest.NewRequest(route.Method, w.target(t, route.Path), http.NoBody)
		r.Header.Set("Cookie", v.Cookie)
		r.Header.Set(staff.CSRFHeader, right)
		if resp, _ := servertest.Do(t, w.Server, r); resp.StatusCode != http.StatusNoContent {
			t.Errorf("%s %s with the token in the header answers %d", route.Method, route.Path, resp.StatusCode)
		}
	}
}

// Every page that can be looked at speaks both languages: no key of a missing
// sentence is to be seen, and every form that changes something has its token.
func TestStaffPagesSpeak(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t)
	boss, surveyor := w.client(t, survey.Grant{Role: survey.Administrator}), w.client(t, survey.Grant{Role: survey.Surveyor, Scope: scopeInside})
	key := regexp.MustCompile(`^[a-z_]+(\.[a-z0-9_]+)+$`)
	for _, route := range w.Server.StaffRoutes() {
		if !staff.Safe(route.Method) {
			continue
		}
		v := boss
		if owned(route.Path) {
			v = surveyor
		}
		for _, lang := range page.Languages {
			resp, body := v.Get(inLanguage(w.target(t, route.Path), lang))
			if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
				continue
			}
			doc := servertest.Document(t, body)
			if got := doc.Find("html").AttrOr("lang", ""); resp.StatusCode != http.StatusOK || got != string(lang) {
				t.Errorf("%s in %s: %d, language %q", route.Path, lang, resp.StatusCode, got)
			}
			doc.Find("code, script, style").Remove()
			for _, word := range strings.Fields(doc.Text()) {
				if key.MatchString(word) && !strings.HasSuffix(word, ".nt") && !strings.HasSuffix(word, ".vn") {
					t.Errorf("%s in %s shows the key %s", route.Path, lang, word)
				}
			}
			doc.Find("form[method=post]:not(#form)").Each(func(_ int, f *goquery.Selection) {
				if f.Find("input[name=csrf]").AttrOr("value", "") != v.CSRF {
					t.Errorf("%s: the form to %q has no token", route.Path, f.AttrOr("action", ""))
				}
			})
			if doc.Find("h1").Length() != 1 || doc.Find("title").Text() == "" {
				t.Errorf("%s: %d headings of the first level", route.Path, doc.Find("h1").Length())
			}
		}
	}
}

// A server does not start with a route that names no permission.
func TestStaffRouteNeedsAPermission(t *testing.T) {
	t.Parallel()
	handler := func(*fiber.Ctx, *staff.SignedIn) error { return nil }
	for name, route := range map[string]staff.Route{
		"NoPermission":      {Method: "GET", Path: "/x", Handler: handler},
		"UnknownPermission": {Method: "GET", Path: "/x", Handler: handler, Permission: "x.see"},
		"UnknownKnown":      {Method: "GET", Path: "/x", Handler: handler, Permission: survey.SeeResults, Known: "x.see"},
		"NoHandler":         {Method: "GET", Path: "/x", Permission: survey.SeeResults},
	} {
		catalog := servertest.Catalog
		_, err := web.NewWithRoutes(web.Config{Catalog: catalog, Views: servertest.Views(t)}, web.Services{Intake: &intake.Intake{}}, func([]staff.Route) []staff.Route { return []staff.Route{route} })
		if err == nil || !strings.Contains(err.Error(), "/x") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever is responsible for one commune acts on no campaign that reaches beyond it, and
// sees of no page, and of no line of the audit log, what lies outside.
func TestNobodyActsBeyondTheirScope(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t)
	catalog := w.Catalog()
	for i := range catalog.Campaigns { // all reach every commune now
		catalog.Campaigns[i].Units = nil
	}
	boss := survey.Actor{Login: "boss"}
	foreign := string(servertest.Code(servertest.PointOpen))
	for subject, before := range map[string]string{"points/" + foreign: "foreign point", "users/target": "foreign user", "campaigns/tthc-2026": "foreign campaign", "units/motcua": "foreign unit", "responses": "foreign export"} {
		if err := w.Audit.Record(t.Context(), boss, "test.act", subject, before, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Audit.Record(t.Context(), boss, "test.act", "units/cu", "own unit", nil); err != nil {
		t.Fatal(err)
	}
	for _, role := range survey.Roles {
		if role == survey.Administrator {
			continue
		}
		v := w.client(t, survey.Grant{Role: role, Scope: survey.Scope{Units: []survey.UnitID{"cu", "cu", "cu"}}})
		for _, route := range w.Server.StaffRoutes() {
			status, body := w.ask(t, v, route)
			unit, _ := place(route.Path)
			named := strings.Contains(route.Path, ":") && unit != ""
			if (named || actsOnAll.MatchString(route.Path)) && status != http.StatusNotFound && status != http.StatusForbidden && !owned(route.Path) {
				t.Errorf("%s %s as %s of another commune answers %d", route.Method, route.Path, role, status)
			}
			if strings.Contains(body, "foreign ") || strings.Contains(body, "hành chính công xã Bum Tở") {
				t.Errorf("%s %s shows %s of another commune what is outside", route.Method, route.Path, role)
			}
			if (route.Path == "/audit.csv") && status == http.StatusOK && !strings.Contains(body, "own unit") {
				t.Errorf("%s does not see what was done in their own commune", role)
			}
		}
	}
}

// What a browser that was left open must not do asks for the password first; the list
// is said here once more.
func TestStaffRoutesThatConfirm(t *testing.T) {
	t.Parallel()
	w := newStaffSite(t)
	confirms := regexp.MustCompile(`^(GET|POST) /account/second-factor(/off)?$|^POST /(confirm|account/identity.*|users.*|tokens.*|security)$|^POST /campaigns/:campaign/(close|publish|withdraw|discard|sample/erase)$`)
	boss := w.client(t, survey.Grant{Role: survey.Administrator})
	_, secret, _ := strings.Cut(boss.Cookie, "=")
	session, err := w.Accounts.FindSession(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Accounts.ConfirmedAt(t.Context(), session, servertest.Now.Add(-people.ConfirmedFor)); err != nil {
		t.Fatal(err)
	}
	for _, route := range w.Server.StaffRoutes() {
		if owned(route.Path) {
			continue
		}
		status, body := w.ask(t, boss, route)
		asks := servertest.Document(t, body).Find("[name=confirm_password]").Length() == 1
		if want := confirms.MatchString(route.Method + " " + route.Path); asks != want || want && status != http.StatusForbidden {
			t.Errorf("%s %s asks for the password: %v (%d), want %v", route.Method, route.Path, asks, status, want)
		}
	}
}
