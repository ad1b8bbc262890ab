package web_test

import (
	"net/http"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web/servertest"
)

// An old browser does not say where a form comes from. Another site could sign a
// visitor in to an account of its own, who would then work for it; so the form has
// to come with the token of its page, and with the cookie that the page set.
func TestSignInNeedsAFormOfThisSite(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
	open := func() (cookie, token string) {
		resp, body := servertest.Get(t, s, "/staff/login")
		for _, c := range resp.Cookies() {
			if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") {
				t.Errorf("the cookie %s can be read or planted", c.Name)
			}
			cookie = c.Name + "=" + c.Value
		}
		return cookie, servertest.Document(t, body).Find("main input[name=csrf]").AttrOr("value", "")
	}
	cookie, token := open()
	other, otherToken := open()
	if cookie == "" || token == "" || cookie == other || token == otherToken || strings.Contains(cookie, token) {
		t.Fatalf("cookie %q with token %q, then %q with %q", cookie, token, other, otherToken)
	}
	for name, c := range map[string]struct {
		token  string
		header []string
		status int
	}{
		"Nothing":        {"", nil, http.StatusForbidden},
		"TokenAlone":     {token, nil, http.StatusForbidden},
		"CookieAlone":    {"", []string{"Cookie", cookie}, http.StatusForbidden},
		"OtherCookie":    {token, []string{"Cookie", other}, http.StatusForbidden},
		"ForeignOrigin":  {token, []string{"Cookie", cookie, "Origin", "https://elsewhere.example"}, http.StatusForbidden},
		"NullOrigin":     {"", []string{"Cookie", cookie, "Origin", "null"}, http.StatusForbidden},
		"ForeignSite":    {token, []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"NeighbourSite":  {token, []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"TokenAndCookie": {token, []string{"Cookie", cookie}, http.StatusSeeOther},
		"OwnOrigin":      {"", []string{"Origin", "https://hailong.example"}, http.StatusSeeOther},
		"SameOrigin":     {"", []string{"Sec-Fetch-Site", "same-origin"}, http.StatusSeeOther},
	} {
		t.Run(name, func(t *testing.T) {
			r := servertest.FormRequest("/staff/login", "login", "lan", "password", servertest.Password, "csrf", c.token)
			for i := 0; i+1 < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			resp, _ := servertest.Do(t, s, r)
			if signedIn := strings.Contains(strings.Join(resp.Header.Values("Set-Cookie"), "\n"), "__Host-hailong="); resp.StatusCode != c.status || signedIn != (c.status == http.StatusSeeOther) {
				t.Errorf("%d, want %d; signed in: %t", resp.StatusCode, c.status, signedIn)
			}
		})
	}
	for _, target := range []string{"/staff/invitation/lan~x", "/enrol/x"} {
		if resp, _ := servertest.Do(t, s, servertest.FormRequest(target, "password", servertest.Password)); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s without a sign of where it comes from: %d", target, resp.StatusCode)
		}
	}
	resp, body := servertest.Get(t, s, "/staff/login", "Sec-Fetch-Site", "none")
	if resp.Header.Get("Set-Cookie") != "" || servertest.Document(t, body).Find("main input[name=csrf]").Length() != 0 {
		t.Error("a browser that says where its forms come from gets a cookie that it does not need")
	}
}

// Whatever answers has the headers, the address for the health of the process too.
func TestHealthHasTheHeaders(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for _, target := range []string{"/healthz", "/readyz"} {
		resp, _ := servertest.Get(t, s, target)
		for header, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age"} {
			if !strings.HasPrefix(resp.Header.Get(header), want) {
				t.Errorf("%s: %s is %q", target, header, resp.Header.Get(header))
			}
		}
	}
}
