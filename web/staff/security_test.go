package staff_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web"
	"hailong/web/servertest"
)

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*web.Config)
		want   string
		secure bool
	}{
		"HTTPS": {func(*web.Config) {}, "__Host-hailong", true},
		"HTTP":  {servertest.PlainHTTP, "hailong", false},
	} {
		s := servertest.New(t, tt.change)
		servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
		r := servertest.FormRequest("/staff/login", "login", "lan", "password", servertest.Password)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		resp, _ := servertest.Do(t, s, r)
		all := resp.Cookies()
		if len(all) != 2 { // the session, and by what the account knows the browser again
			t.Fatalf("%s: %d cookies", name, len(all))
		}
		slices.SortFunc(all, func(a, b *http.Cookie) int { return len(a.Name) - len(b.Name) })
		if d := all[1]; !strings.HasSuffix(d.Name, "hailong-device") || d.Secure != tt.secure || !d.HttpOnly || d.SameSite != http.SameSiteLaxMode || d.Path != "/staff" || d.MaxAge == 0 {
			t.Errorf("%s: %s", name, d.Raw)
		}
		c := all[0]
		if c.Name != tt.want || c.Secure != tt.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
			t.Errorf("%s: %s", name, c.Raw)
		}
		if hsts := resp.Header.Get("Strict-Transport-Security"); (hsts != "") != tt.secure {
			t.Errorf("%s: Strict-Transport-Security %q", name, hsts)
		}
	}
}

// A session that somebody planted in a browser is not the one a person gets.
func TestSessionIsNotFixed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	servertest.AddUser(t, s, "thief", survey.Grant{Role: survey.Viewer})
	thief := servertest.SignIn(t, s, "thief")
	planted := thief.Cookie
	v := &servertest.Client{T: t, Server: s, Cookie: planted}
	if resp, _ := v.Post("/staff/login", "login", "lan", "password", servertest.Password); resp.StatusCode != http.StatusSeeOther || v.Cookie == planted {
		t.Fatalf("%d; the cookie stays %q", resp.StatusCode, v.Cookie)
	}
	if resp, _ := thief.Get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the planted session still opens something: %d", resp.StatusCode)
	}
	v = &servertest.Client{T: t, Server: s, Cookie: "__Host-hailong=chosen-by-a-thief"}
	v.Post("/staff/login", "login", "lan", "password", servertest.Password)
	if strings.Contains(v.Cookie, "chosen") {
		t.Error("a made-up session is taken up")
	}
}

func TestSecondFactorAtSignIn(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(secret, at)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.TOTP = &people.TOTP{Secret: secret} })
	v := servertest.NewClient(t, s)
	resp, body := v.Post("/staff/login", "login", "lan", "password", servertest.Password, "next", "/staff/account")
	half := v.Cookie
	if resp.StatusCode != http.StatusOK || servertest.Document(t, body).Find("[name=passcode]").Length() != 1 {
		t.Fatalf("%d\n%s", resp.StatusCode, body)
	}
	if resp, _ := v.Get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the password alone opens /staff: %d", resp.StatusCode)
	}
	resp, body = v.Post("/staff/login/code", "passcode", "000000", "next", "/staff/account")
	if resp.StatusCode != http.StatusUnprocessableEntity || servertest.Document(t, body).Find("[name=next]").AttrOr("value", "") != "/staff/account" {
		t.Errorf("a wrong code: %d", resp.StatusCode)
	}
	token := v.CSRF
	v.CSRF = "another"
	if resp, _ := v.Post("/staff/login/code", "passcode", code(servertest.Now)); resp.StatusCode != http.StatusForbidden {
		t.Errorf("without the token: %d", resp.StatusCode)
	}
	v.CSRF = token
	resp, _ = v.Post("/staff/login/code", "passcode", code(servertest.Now), "next", "/staff/account")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/staff/account" || v.Cookie == half {
		t.Errorf("the right code: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if resp, _ := v.Get("/staff/account"); resp.StatusCode != http.StatusOK {
		t.Errorf("then: %d", resp.StatusCode)
	}
	v.Cookie = half
	if resp, _ := v.Post("/staff/login/code", "passcode", code(servertest.Now.Add(30*time.Second))); resp.StatusCode != http.StatusSeeOther || v.Cookie != half {
		t.Errorf("the half session is good for a second sign-in: %d", resp.StatusCode)
	}
}

// What a person must do comes before anything else, and only that.
func TestGates(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.MustChange = true })
	if err := s.Accounts.SetRules(t.Context(), survey.Actor{}, 0, []survey.Role{survey.Viewer}); err != nil {
		t.Fatal(err)
	}
	v := servertest.SignIn(t, s, "lan")
	leads := func(want string) {
		t.Helper()
		resp, _ := v.Get("/staff")
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("/staff leads to %q, want %q", got, want)
		}
		if want == "" {
			return
		}
		if resp, _ := v.Post("/staff/users"); resp.Header.Get("Location") != want {
			t.Errorf("a change leads to %q (%d), want %q", resp.Header.Get("Location"), resp.StatusCode, want)
		}
		if resp, _ := v.Get(want); resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", want, resp.StatusCode)
		}
	}
	leads("/staff/account/password")
	resp, _ := v.Post("/staff/account/password", "current_password", servertest.Password, "password", "một câu khác hẳn", "password_again", "một câu khác")
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("two different passwords: %d", resp.StatusCode)
	}
	resp, _ = v.Post("/staff/account/password", "current_password", servertest.Password, "password", "một câu khác hẳn", "password_again", "một câu khác hẳn")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("password: %d", resp.StatusCode)
	}
	leads("/staff/account/second-factor")
	_, body := v.Get("/staff/account/second-factor")
	offered := func(body string) string { return servertest.Document(t, body).Find("form p code").Text() }
	secret := offered(body)
	code, err := totp.GenerateCode(secret, servertest.Now)
	if err != nil {
		t.Fatal(err)
	}
	resp, body = v.Post("/staff/account/second-factor", "passcode", "123")
	if resp.StatusCode != http.StatusUnprocessableEntity || offered(body) != secret {
		t.Errorf("a wrong code: %d; the secret must stay, it is in the telephone by now", resp.StatusCode)
	}
	// What a form says of a secret means nothing: not even with its own code.
	own, err := totp.GenerateCode("AAAAAAAA", servertest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := v.Post("/staff/account/second-factor", "secret", "AAAAAAAA", "passcode", own); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a secret of one's own: %d", resp.StatusCode)
	}
	resp, body = v.Post("/staff/account/second-factor", "passcode", code)
	if n := servertest.Document(t, body).Find(".codes code").Length(); resp.StatusCode != http.StatusOK || n != 8 {
		t.Errorf("%d with %d recovery codes", resp.StatusCode, n)
	}
	leads("")
}

func TestGuessingSlowsDown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	v := servertest.NewClient(t, s)
	for range 5 {
		v.Post("/staff/login", "login", "lan", "password", "wrong password")
	}
	resp, body := v.Post("/staff/login", "login", "lan", "password", servertest.Password)
	doc := servertest.Document(t, body)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "2" || doc.Find("[name=login]").AttrOr("value", "") != "lan" || !strings.Contains(doc.Find("[role=alert]").Text(), "2 giây") {
		t.Errorf("%d, Retry-After %q\n%s", resp.StatusCode, resp.Header.Get("Retry-After"), body)
	}
}
