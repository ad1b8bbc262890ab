package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/staff"
)

// visitor is a browser in a test: it keeps cookies, sends forms as a page of
// the server would, and knows the token of its forms.
type visitor struct {
	t      *testing.T
	server *Server
	cookie string
	csrf   string
}

const testPassword = "đủ dài để dùng"

// testHash is of testPassword; making it anew for each test takes long.
var testHash = func() people.Password {
	hash, err := people.HashPassword(testPassword)
	if err != nil {
		panic(err)
	}
	return hash
}()

func testClock() time.Time { return testNow }

// hire stores a member of staff whose password is testPassword.
func hire(t *testing.T, s *Server, login survey.Login, grant survey.Grant, change ...func(*people.User)) {
	t.Helper()
	user := people.User{Login: login, Rev: 1, Name: "Nguyễn Thị " + string(login), Grant: grant, Password: testHash, Created: testNow.AddDate(-1, 0, 0)}
	for _, f := range change {
		f(&user)
	}
	if err := (survey.Table[people.User]{Store: s.Store, Collection: survey.Users}).Insert(t.Context(), user); err != nil {
		t.Fatal(err)
	}
}

// visit is a browser of somebody who has signed in.
func visit(t *testing.T, s *Server, login survey.Login) *visitor {
	t.Helper()
	v := &visitor{t: t, server: s}
	resp, body := v.post("/staff/login", "login", string(login), "password", testPassword)
	if resp.StatusCode != http.StatusSeeOther || v.cookie == "" {
		t.Fatalf("sign-in of %s: %d %s", login, resp.StatusCode, body)
	}
	return v
}

func (v *visitor) send(r *http.Request) (*http.Response, string) {
	v.t.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if v.cookie != "" {
		r.Header.Set("Cookie", v.cookie)
	}
	resp, body := do(v.t, v.server, r)
	for _, c := range resp.Cookies() {
		v.cookie = c.Name + "=" + c.Value
		v.csrf = staff.CSRFOf(c.Value)
	}
	return resp, body
}

func (v *visitor) get(target string) (*http.Response, string) {
	v.t.Helper()
	return v.send(httptest.NewRequest(http.MethodGet, target, http.NoBody))
}

// post sends a form of pairs with the session's token.
func (v *visitor) post(target string, pairs ...string) (*http.Response, string) {
	v.t.Helper()
	return v.send(formRequest(target, append(pairs, staff.CSRFField, v.csrf)...))
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})

	resp, _ := get(t, s, "/staff/anything?x=1")
	if want := "/staff/login?next=%2Fstaff%2Fanything%3Fx%3D1"; resp.Header.Get("Location") != want {
		t.Errorf("not signed in: %d to %q, want %q", resp.StatusCode, resp.Header.Get("Location"), want)
	}
	v := visit(t, s, " LAN ")
	resp, body := v.get("/staff")
	doc := document(t, body)
	if resp.StatusCode != http.StatusOK || !strings.Contains(doc.Find(".me").Text(), "Nguyễn Thị lan") || !strings.Contains(doc.Find("main").Text(), "Đợt 2026") {
		t.Errorf("home: %d\n%s", resp.StatusCode, body)
	}
	if resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("cached: %q", resp.Header.Get("Cache-Control"))
	}
	before := v.cookie
	resp, _ = v.post("/staff/logout")
	if resp.StatusCode != http.StatusSeeOther || !strings.HasSuffix(v.cookie, "=") {
		t.Errorf("sign-out: %d, cookie %q", resp.StatusCode, v.cookie)
	}
	v.cookie = before
	if resp, _ := v.get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the session of a signed-out browser opens /staff: %d", resp.StatusCode)
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
	hire(t, s, "off", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.Disabled = true })
	for _, tt := range []struct {
		login, password string
		status          int
		text            string
	}{
		{"lan", "wrong password", http.StatusUnauthorized, "chưa đúng"},
		{"nobody", testPassword, http.StatusUnauthorized, "chưa đúng"},
		{"off", testPassword, http.StatusForbidden, "tạm ngừng"},
		{"off", "wrong password", http.StatusUnauthorized, "chưa đúng"},
	} {
		v := &visitor{t: t, server: s}
		resp, body := v.post("/staff/login", "login", tt.login, "password", tt.password, "next", "/staff/x")
		doc := document(t, body)
		if resp.StatusCode != tt.status || !strings.Contains(doc.Find("[role=alert]").Text(), tt.text) || v.cookie != "" {
			t.Errorf("%s: %d %q, cookie %q", tt.login, resp.StatusCode, doc.Find("[role=alert]").Text(), v.cookie)
		}
		if doc.Find("[name=login]").AttrOr("value", "") != tt.login || doc.Find("[name=next]").AttrOr("value", "") != "/staff/x" || strings.Contains(body, tt.password) {
			t.Errorf("%s: the form comes back with other content", tt.login)
		}
	}
}

// Another site cannot sign a visitor in as somebody of its choice.
func TestSignInFromAnotherSite(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
	for header, values := range map[string]map[string]int{
		"Sec-Fetch-Site": {"same-origin": http.StatusSeeOther, "cross-site": http.StatusForbidden, "same-site": http.StatusForbidden},
		"Origin":         {"https://hailong.example": http.StatusSeeOther, "http://example.com": http.StatusSeeOther, "https://evil.example": http.StatusForbidden, "null": http.StatusForbidden},
	} {
		for value, want := range values {
			r := formRequest("/staff/login", "login", "lan", "password", testPassword)
			r.Header.Set(header, value)
			if resp, _ := do(t, s, r); resp.StatusCode != want {
				t.Errorf("%s: %s: %d, want %d", header, value, resp.StatusCode, want)
			}
		}
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for path, local := range map[string]bool{
		"/staff": true, "/staff/users": true, "/staff?x=1": true, "/staff/users?q=a%20b": true, "/staff/login": true,
		"": false, "/": false, "/results": false, "//evil.example": false, "https://evil.example/staff": false, "/staffx": false,
		"/staff//evil.example": false, "/staff/../x": false, "/staff\\evil": false, "\\\\evil": false, "/staff/\nSet-Cookie": false, "javascript:alert(1)": false,
		"/%2Fevil.example": false, "/staff@evil.example": false,
	} {
		if got := staff.LocalPath(path) == path && path != ""; got != local {
			t.Errorf("%q: local %v, want %v", path, got, local)
		}
	}
}

// Whatever is kept through a sign-in leads to a staff page of this server, as a
// browser reads addresses: with backslashes for slashes, and without tabs.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/staff", "/staff/users?q=a", "//evil.example", "/staff\\evil.example", "/staff/..//evil.example", "/\t/evil.example", "/staff/%2e%2e//evil.example", "https:evil.example"} {
		f.Add(seed)
		f.Add((&staff.Carried{Path: seed, Fields: []staff.CarriedField{{Name: "name", Value: "x"}}}).Text())
	}
	base, err := url.Parse("https://hailong.example/staff/login")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		paths := []string{staff.LocalPath(text)}
		if k := staff.ParseCarried(text); k != nil {
			paths = append(paths, k.Path)
			if again := staff.ParseCarried(k.Text()); again == nil || again.Path != k.Path || len(again.Fields) != len(k.Fields) {
				t.Errorf("%+v is read back as %+v", k, again)
			}
		}
		for _, path := range paths {
			if path == "" {
				continue
			}
			address, err := base.Parse(strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(path))
			if err != nil || address.Host != base.Host || !strings.HasPrefix(address.Path, "/staff") {
				t.Errorf("%q leads to %v (%v)", path, address, err)
			}
		}
	})
}

// A form that arrives after the session has ended waits for the sign-in, and
// is then sent by the person, not by itself.
func TestFormOutlivesTheSession(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
	v := &visitor{t: t, server: s}
	resp, body := v.post("/staff/logout?lang=en", "name", "Chữ & dấu = ba", "password", "a secret thing")
	doc := document(t, body)
	carried := doc.Find("[name=carried]").AttrOr("value", "")
	if resp.StatusCode != http.StatusUnauthorized || carried == "" {
		t.Fatalf("%d, carried %q", resp.StatusCode, carried)
	}
	if k := staff.ParseCarried(carried); k == nil || strings.Contains(k.Text(), "secret") || len(k.Fields) != 1 {
		t.Errorf("carried: %+v", k)
	}
	resp, body = v.post("/staff/login", "login", "lan", "password", testPassword, "carried", carried)
	doc = document(t, body)
	form := doc.Find("main form")
	if resp.StatusCode != http.StatusOK || form.AttrOr("action", "") != "/staff/logout?lang=en" ||
		form.Find("[name=name]").AttrOr("value", "") != "Chữ & dấu = ba" || form.Find("[name=csrf]").AttrOr("value", "") != v.csrf {
		t.Errorf("after the sign-in: %d\n%s", resp.StatusCode, body)
	}

	// What another site makes a browser send is not carried.
	r := formRequest("/staff/logout", "name", "x")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if _, body := do(t, s, r); strings.Contains(body, `name="carried"`) {
		t.Error("a form of another site is carried through the sign-in")
	}
}

func TestFormOfAnotherSession(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
	v := visit(t, s, "lan")
	token := v.csrf
	v.csrf = "of an earlier session"
	resp, body := v.post("/staff/logout", "note", "giữ lại")
	doc := document(t, body)
	if resp.StatusCode != http.StatusForbidden || doc.Find("main [name=note]").AttrOr("value", "") != "giữ lại" || doc.Find("main [name=csrf]").AttrOr("value", "") != token {
		t.Errorf("%d\n%s", resp.StatusCode, body)
	}
	r := formRequest("/staff/logout", "note", "x")
	r.Header.Set("Cookie", v.cookie)
	r.Header.Set("Origin", "https://evil.example")
	if resp, body := do(t, s, r); resp.StatusCode != http.StatusForbidden || document(t, body).Find("main form").Length() != 0 || strings.Count(body, token) > 1 {
		t.Errorf("a form of another site: %d; it must not be given back with the token, which only the menu has", resp.StatusCode)
	}
	if resp, _ := v.get("/staff"); resp.StatusCode != http.StatusOK {
		t.Errorf("it signed the person out: %d", resp.StatusCode)
	}
}

// Whoever is signed in keeps the navigation when something goes wrong; whoever
// is not sees none of it.
func TestStaffErrorsKeepTheFrame(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t, staff.Route{Method: http.MethodGet, Path: "/broken", Permission: survey.SeeOwnAccount, Handler: func(*fiber.Ctx, *staff.SignedIn) error {
		panic("broken")
	}})
	boss := w.visitor(t, survey.Grant{Role: survey.Administrator})
	viewer := w.visitor(t, survey.Grant{Role: survey.Viewer})
	get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, http.NoBody) }
	for name, tt := range map[string]struct {
		who     *visitor
		request *http.Request
		status  int
		says    string
	}{
		"NotFound":  {boss, get("/staff/no-such-page"), http.StatusNotFound, "Không tìm thấy trang này"},
		"Forbidden": {viewer, get("/staff/users"), http.StatusForbidden, "Không có quyền truy cập"},
		"Conflict":  {boss, get("/staff/questionnaires/quick/2/items/polite"), http.StatusConflict, "Nội dung đã được người khác thay đổi"},
		"TooLarge":  {boss, formRequest("/staff/units", "name.vi", strings.Repeat("x", staff.StaffBodyLimit)), http.StatusRequestEntityTooLarge, "Nội dung gửi quá dài"},
		"Internal":  {boss, get("/staff/broken"), http.StatusInternalServerError, "Hệ thống gặp lỗi"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := tt.who.send(tt.request)
			doc := document(t, body)
			if resp.StatusCode != tt.status || doc.Find("h1").Text() != tt.says || doc.Find(".me").Length() != 1 || doc.Find(".menu a[href='/staff/account']").Length() != 1 {
				t.Errorf("%d %q, navigation %d", resp.StatusCode, doc.Find("h1").Text(), doc.Find(".me").Length())
			}
			if request := doc.Find("main code").Length(); (request == 1) != (tt.status == http.StatusInternalServerError) {
				t.Errorf("the id of the request is shown %d times", request)
			}
		})
	}
	stranger := &visitor{t: t, server: w.Server}
	resp, body := stranger.post("/staff/units", "name.vi", strings.Repeat("x", staff.StaffBodyLimit))
	if doc := document(t, body); resp.StatusCode != http.StatusRequestEntityTooLarge || doc.Find(".menu").Length() != 0 {
		t.Errorf("a stranger's long form: %d", resp.StatusCode)
	}
}
