package staff_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/servertest"
	"hailong/web/staff"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.HomeAffairs})

	resp, _ := servertest.Get(t, s, "/staff/anything?x=1")
	if want := "/staff/login?next=%2Fstaff%2Fanything%3Fx%3D1"; resp.Header.Get("Location") != want {
		t.Errorf("not signed in: %d to %q, want %q", resp.StatusCode, resp.Header.Get("Location"), want)
	}
	v := servertest.SignIn(t, s, " LAN ")
	resp, body := v.Get("/staff")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusOK || !strings.Contains(doc.Find(".me").Text(), "Nguyễn Thị lan") || !strings.Contains(doc.Find("main").Text(), "Đợt 2026") {
		t.Errorf("home: %d\n%s", resp.StatusCode, body)
	}
	if resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("cached: %q", resp.Header.Get("Cache-Control"))
	}
	before := v.Cookie
	resp, _ = v.Post("/staff/logout")
	if resp.StatusCode != http.StatusSeeOther || !strings.HasSuffix(v.Cookie, "=") {
		t.Errorf("sign-out: %d, cookie %q", resp.StatusCode, v.Cookie)
	}
	v.Cookie = before
	if resp, _ := v.Get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the session of a signed-out browser opens /staff: %d", resp.StatusCode)
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	servertest.AddUser(t, s, "off", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.Disabled = true })
	for _, tt := range []struct {
		login, password string
		status          int
		text            string
	}{
		{"lan", "wrong password", http.StatusUnauthorized, "chưa đúng"},
		{"nobody", servertest.Password, http.StatusUnauthorized, "chưa đúng"},
		{"off", servertest.Password, http.StatusForbidden, "tạm ngừng"},
		{"off", "wrong password", http.StatusUnauthorized, "chưa đúng"},
	} {
		v := servertest.NewClient(t, s)
		resp, body := v.Post("/staff/login", "login", tt.login, "password", tt.password, "next", "/staff/x")
		doc := servertest.Document(t, body)
		if resp.StatusCode != tt.status || !strings.Contains(doc.Find("[role=alert]").Text(), tt.text) || v.Cookie != "" {
			t.Errorf("%s: %d %q, cookie %q", tt.login, resp.StatusCode, doc.Find("[role=alert]").Text(), v.Cookie)
		}
		if doc.Find("[name=login]").AttrOr("value", "") != tt.login || doc.Find("[name=next]").AttrOr("value", "") != "/staff/x" || strings.Contains(body, tt.password) {
			t.Errorf("%s: the form comes back with other content", tt.login)
		}
	}
}

// Another site cannot sign a visitor in as somebody of its choice.
func TestSignInFromAnotherSite(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	for header, values := range map[string]map[string]int{
		"Sec-Fetch-Site": {"same-origin": http.StatusSeeOther, "cross-site": http.StatusForbidden, "same-site": http.StatusForbidden},
		"Origin":         {"https://hailong.example": http.StatusSeeOther, "http://example.com": http.StatusSeeOther, "https://evil.example": http.StatusForbidden, "null": http.StatusForbidden},
	} {
		for value, want := range values {
			r := servertest.FormRequest("/staff/login", "login", "lan", "password", servertest.Password)
			r.Header.Set(header, value)
			if resp, _ := servertest.Do(t, s, r); resp.StatusCode != want {
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
		f.Add((&staff.KeptForm{Path: seed, Fields: []staff.KeptField{{Name: "name", Value: "x"}}}).Text())
	}
	base, err := url.Parse("https://hailong.example/staff/login")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		paths := []string{staff.LocalPath(text)}
		if k := staff.ParseKeptForm(text); k != nil {
			paths = append(paths, k.Path)
			if again := staff.ParseKeptForm(k.Text()); again == nil || again.Path != k.Path || len(again.Fields) != len(k.Fields) {
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
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	v := servertest.NewClient(t, s)
	resp, body := v.Post("/staff/logout?lang=en", "name", "Chữ & dấu = ba", "password", "a secret thing")
	doc := servertest.Document(t, body)
	kept := doc.Find("[name=kept_form]").AttrOr("value", "")
	if resp.StatusCode != http.StatusUnauthorized || kept == "" {
		t.Fatalf("%d, kept form %q", resp.StatusCode, kept)
	}
	if k := staff.ParseKeptForm(kept); k == nil || strings.Contains(k.Text(), "secret") || len(k.Fields) != 1 {
		t.Errorf("kept form: %+v", k)
	}
	resp, body = v.Post("/staff/login", "login", "lan", "password", servertest.Password, "kept_form", kept)
	doc = servertest.Document(t, body)
	form := doc.Find("main form")
	if resp.StatusCode != http.StatusOK || form.AttrOr("action", "") != "/staff/logout?lang=en" ||
		form.Find("[name=name]").AttrOr("value", "") != "Chữ & dấu = ba" || form.Find("[name=csrf]").AttrOr("value", "") != v.CSRF {
		t.Errorf("after the sign-in: %d\n%s", resp.StatusCode, body)
	}

	// What another site makes a browser send is not kept.
	r := servertest.FormRequest("/staff/logout", "name", "x")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if _, body := servertest.Do(t, s, r); strings.Contains(body, `name="kept_form"`) {
		t.Error("a form of another site is kept through the sign-in")
	}
}

func TestFormOfAnotherSession(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	v := servertest.SignIn(t, s, "lan")
	token := v.CSRF
	v.CSRF = "of an earlier session"
	resp, body := v.Post("/staff/logout", "note", "giữ lại")
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusForbidden || doc.Find("main [name=note]").AttrOr("value", "") != "giữ lại" || doc.Find("main [name=csrf]").AttrOr("value", "") != token {
		t.Errorf("%d\n%s", resp.StatusCode, body)
	}
	r := servertest.FormRequest("/staff/logout", "note", "x")
	r.Header.Set("Cookie", v.Cookie)
	r.Header.Set("Origin", "https://evil.example")
	if resp, body := servertest.Do(t, s, r); resp.StatusCode != http.StatusForbidden || servertest.Document(t, body).Find("main form").Length() != 0 || strings.Count(body, token) > 1 {
		t.Errorf("a form of another site: %d; it must not be given back with the token, which only the menu has", resp.StatusCode)
	}
	if resp, _ := v.Get("/staff"); resp.StatusCode != http.StatusOK {
		t.Errorf("it signed the person out: %d", resp.StatusCode)
	}
}
