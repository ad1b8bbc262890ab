package web

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/pquerna/otp/totp"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
	"hailong/web/staff"
)

func plainHTTP(c *Config) { c.PublicURL = "" }

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string
		secure bool
	}{
		"HTTPS": {func(*Config) {}, "__Host-hailong", true},
		"HTTP":  {plainHTTP, "hailong", false},
	} {
		s := newTestServer(t, tt.change)
		hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
		resp, _ := do(t, s, formRequest("/staff/login", "login", "lan", "password", testPassword))
		all := resp.Cookies()
		if len(all) != 1 {
			t.Fatalf("%s: %d cookies", name, len(all))
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
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
	hire(t, s, "thief", survey.Grant{Role: survey.Viewer})
	thief := visit(t, s, "thief")
	planted := thief.cookie
	v := &visitor{t: t, server: s, cookie: planted}
	if resp, _ := v.post("/staff/login", "login", "lan", "password", testPassword); resp.StatusCode != http.StatusSeeOther || v.cookie == planted {
		t.Fatalf("%d; the cookie stays %q", resp.StatusCode, v.cookie)
	}
	if resp, _ := thief.get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the planted session still opens something: %d", resp.StatusCode)
	}
	v = &visitor{t: t, server: s, cookie: "__Host-hailong=chosen-by-a-thief"}
	v.post("/staff/login", "login", "lan", "password", testPassword)
	if strings.Contains(v.cookie, "chosen") {
		t.Error("a made-up session is taken up")
	}
}

func TestSecondFactorAtSignIn(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	secret := people.NewTOTPSecret()
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(secret, at)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.TOTP = &people.TOTP{Secret: secret} })
	v := &visitor{t: t, server: s}
	resp, body := v.post("/staff/login", "login", "lan", "password", testPassword, "next", "/staff/account")
	half := v.cookie
	if resp.StatusCode != http.StatusOK || document(t, body).Find("[name=passcode]").Length() != 1 {
		t.Fatalf("%d\n%s", resp.StatusCode, body)
	}
	if resp, _ := v.get("/staff"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("the password alone opens /staff: %d", resp.StatusCode)
	}
	resp, body = v.post("/staff/login/code", "passcode", "000000", "next", "/staff/account")
	if resp.StatusCode != http.StatusUnprocessableEntity || document(t, body).Find("[name=next]").AttrOr("value", "") != "/staff/account" {
		t.Errorf("a wrong code: %d", resp.StatusCode)
	}
	token := v.csrf
	v.csrf = "another"
	if resp, _ := v.post("/staff/login/code", "passcode", code(testNow)); resp.StatusCode != http.StatusForbidden {
		t.Errorf("without the token: %d", resp.StatusCode)
	}
	v.csrf = token
	resp, _ = v.post("/staff/login/code", "passcode", code(testNow), "next", "/staff/account")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/staff/account" || v.cookie == half {
		t.Errorf("the right code: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if resp, _ := v.get("/staff/account"); resp.StatusCode != http.StatusOK {
		t.Errorf("then: %d", resp.StatusCode)
	}
	v.cookie = half
	if resp, _ := v.post("/staff/login/code", "passcode", code(testNow.Add(30*time.Second))); resp.StatusCode != http.StatusSeeOther || v.cookie != half {
		t.Errorf("the half session is good for a second sign-in: %d", resp.StatusCode)
	}
}

// What a person must do comes before anything else, and only that.
func TestGates(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.MustChange = true })
	if err := s.Accounts.SetRules(t.Context(), survey.Actor{}, 0, []survey.Role{survey.Viewer}); err != nil {
		t.Fatal(err)
	}
	v := visit(t, s, "lan")
	leads := func(want string) {
		t.Helper()
		resp, _ := v.get("/staff")
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("/staff leads to %q, want %q", got, want)
		}
		if want == "" {
			return
		}
		if resp, _ := v.post("/staff/users"); resp.Header.Get("Location") != want {
			t.Errorf("a change leads to %q (%d), want %q", resp.Header.Get("Location"), resp.StatusCode, want)
		}
		if resp, _ := v.get(want); resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", want, resp.StatusCode)
		}
	}
	leads("/staff/account/password")
	resp, _ := v.post("/staff/account/password", "current_password", testPassword, "password", "một câu khác hẳn", "password_again", "một câu khác")
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("two different passwords: %d", resp.StatusCode)
	}
	resp, _ = v.post("/staff/account/password", "current_password", testPassword, "password", "một câu khác hẳn", "password_again", "một câu khác hẳn")
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("password: %d", resp.StatusCode)
	}
	leads("/staff/account/second-factor")
	_, body := v.get("/staff/account/second-factor")
	secret := document(t, body).Find("[name=secret]").AttrOr("value", "")
	code, err := totp.GenerateCode(secret, testNow)
	if err != nil {
		t.Fatal(err)
	}
	resp, body = v.post("/staff/account/second-factor", "secret", secret, "passcode", "123")
	if resp.StatusCode != http.StatusUnprocessableEntity || document(t, body).Find("[name=secret]").AttrOr("value", "") != secret {
		t.Errorf("a wrong code: %d; the secret must stay, it is in the telephone by now", resp.StatusCode)
	}
	resp, body = v.post("/staff/account/second-factor", "secret", secret, "passcode", code)
	if n := document(t, body).Find(".codes code").Length(); resp.StatusCode != http.StatusOK || n != 8 {
		t.Errorf("%d with %d recovery codes", resp.StatusCode, n)
	}
	leads("")
}

func TestGuessingSlowsDown(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
	v := &visitor{t: t, server: s}
	for range 5 {
		v.post("/staff/login", "login", "lan", "password", "wrong password")
	}
	resp, body := v.post("/staff/login", "login", "lan", "password", testPassword)
	doc := document(t, body)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "2" || doc.Find("[name=login]").AttrOr("value", "") != "lan" || !strings.Contains(doc.Find("[role=alert]").Text(), "2 giây") {
		t.Errorf("%d, Retry-After %q\n%s", resp.StatusCode, resp.Header.Get("Retry-After"), body)
	}
}

// The tests' requests come from 0.0.0.0.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	var got string
	s.app.Get("/who", func(c *fiber.Ctx) error { got = page.Network(s.Client(c)); return nil })
	for name, tt := range map[string]struct {
		proxies     []string
		chain, want string
	}{
		"NobodyTrusted":  {nil, "203.0.113.9", "0.0.0.0"},
		"OneProxy":       {[]string{"0.0.0.0"}, "203.0.113.9", "203.0.113.9"},
		"MadeUp":         {[]string{"0.0.0.0"}, "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		"TwoProxies":     {[]string{"0.0.0.0", "10.0.0.0/8"}, "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"},
		"TwoHeaders":     {[]string{"0.0.0.0"}, "198.51.100.1 + 203.0.113.9", "203.0.113.9"},
		"NoHeader":       {[]string{"0.0.0.0"}, "", "0.0.0.0"},
		"NoAddress":      {[]string{"0.0.0.0"}, "unknown", "0.0.0.0"},
		"V6":             {[]string{"0.0.0.0"}, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		"V4InV6":         {[]string{"0.0.0.0"}, "::ffff:203.0.113.9", "203.0.113.9"},
		"OtherProxyOnly": {[]string{"10.0.0.0/8"}, "203.0.113.9", "0.0.0.0"},
	} {
		var err error
		if s.Proxies, err = page.ParseProxies(tt.proxies); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/who", http.NoBody)
		for part := range strings.SplitSeq(tt.chain, " + ") { // a header of its own each
			r.Header.Add("X-Forwarded-For", part)
		}
		do(t, s, r)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	if _, err := page.ParseProxies([]string{"proxy.example"}); err == nil {
		t.Error("a name is taken for a proxy")
	}
}

// What a stranger claims about scheme and host is not believed.
func TestForwardedHeadersOfAStranger(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		proxies []string
		want    bool
	}{"Stranger": {nil, false}, "Proxy": {[]string{"0.0.0.0"}, true}} {
		s := newTestServer(t, plainHTTP, func(c *Config) { c.Proxies = tt.proxies })
		hire(t, s, "lan", survey.Grant{Role: survey.Viewer})
		r := formRequest("/staff/login", "login", "lan", "password", testPassword)
		r.Header.Set("X-Forwarded-Proto", "https")
		resp, _ := do(t, s, r)
		if got := resp.Cookies()[0].Secure; got != tt.want {
			t.Errorf("%s: secure %v, want %v", name, got, tt.want)
		}
		var base string
		s.app.Get("/base", func(c *fiber.Ctx) error { base = s.BaseURL(c); return nil })
		r = httptest.NewRequest(http.MethodGet, "/base", http.NoBody)
		r.Header.Set("X-Forwarded-Host", "evil.example")
		do(t, s, r)
		if strings.Contains(base, "evil") != tt.want {
			t.Errorf("%s: codes would lead to %s", name, base)
		}
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	now := testNow
	r := page.NewRate(10, func() time.Time { return now })
	take := func(key string) (taken int) {
		for range 30 {
			if r.Take(key) == 0 {
				taken++
			}
		}
		return taken
	}
	if n := take("a"); n != 10 {
		t.Errorf("%d taken, want 10", n)
	}
	if n := take("b"); n != 10 {
		t.Errorf("another key: %d taken, want 10", n)
	}
	if wait := r.Take("a"); wait < time.Second || wait > page.RateWindow {
		t.Errorf("wait %s", wait)
	}
	now = now.Add(page.RateWindow + page.RateWindow/2) // half of the last window still counts
	if n := take("a"); n != 5 {
		t.Errorf("in the middle of the next window: %d taken, want 5", n)
	}
	now = now.Add(3 * page.RateWindow)
	if n := take("a"); n != 10 {
		t.Errorf("long after: %d taken, want 10", n)
	}
}

// Too many forms from one address at one point: everything typed stays, others
// and other points are not held up.
func TestTooManyForms(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, func(c *Config) { c.Proxies = []string{"0.0.0.0"} })
	const flood, other = "203.0.113.9", "203.0.113.10"
	for range page.RateClientPoint {
		s.Rates.ClientPoint.Take(flood, string(code(pointLand)))
	}
	send := func(point survey.PointCode, from string) (*http.Response, string) {
		id, err := survey.NewResponseID()
		if err != nil {
			t.Fatal(err)
		}
		r := formRequest("/s/"+string(code(point)), "id", string(id), "a.overall", "2", "a.sector", "land", "t.words", "Chữ đã gõ")
		r.Header.Set("X-Forwarded-For", from)
		return do(t, s, r)
	}
	resp, body := send(pointLand, flood)
	doc := document(t, body)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Fatalf("%d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	if doc.Find("textarea").Text() != "Chữ đã gõ" || doc.Find("input[name='a.overall'][value='2'][checked]").Length() != 1 {
		t.Errorf("what was typed is lost:\n%s", body)
	}
	if resp, _ := send(pointLand, other); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("another address: %d", resp.StatusCode)
	}
	if resp, _ := send(pointOpen, flood); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("another point: %d", resp.StatusCode)
	}
	if resp, _ := send(pointLand, "127.0.0.1"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("this machine: %d", resp.StatusCode)
	}
}

// Kiosks and one-time links are held to the same limits as forms.
func TestTooManyFormsElsewhere(t *testing.T) {
	t.Parallel()
	s := newLiving(t, func(c *Config) { c.Proxies = []string{"0.0.0.0"} }).Server
	link := issueLink(t, s, testDossier)
	const flood = "203.0.113.9"
	for range page.RateClient {
		s.Rates.Client.Take(flood)
	}
	for name, path := range map[string]string{"Kiosk": kioskPath(pointLand), "Link": link} {
		r := formRequest(path, "id", testID, "a.overall", "4", "t.words", "Chữ đã gõ")
		r.Header.Set("X-Forwarded-For", flood)
		resp, body := do(t, s, r)
		if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); resp.StatusCode != http.StatusTooManyRequests || err != nil || wait < 11 {
			t.Errorf("%s: %d, Retry-After %q", name, resp.StatusCode, resp.Header.Get("Retry-After"))
		}
		if typed := document(t, body).Find("textarea").Text(); name == "Link" && typed != "Chữ đã gõ" {
			t.Errorf("what was typed is lost: %q", typed)
		}
	}
	if n := len(stored(t, s)); n != 0 {
		t.Errorf("%d stored", n)
	}
}

func TestSniff(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content string
		want    page.FileKind
	}{
		"CSV":         {"tên,mã\r\nBum Tở,1\r\n", page.TextFile},
		"CSVWithMark": {"\ufefftên;mã\n", page.TextFile},
		"Workbook":    {"PK\x03\x04 … [Content_Types].xml …", page.WorkbookFile},
		"OtherZip":    {"PK\x03\x04 … readme.txt …", ""},
		"UTF16":       {"\xff\xfet\x00e\x00", ""},
		"Windows1258": {"t\xean", ""},
		"Program":     {"\x7fELF\x02\x01\x01\x00", ""},
		"PDF":         {"%PDF-1.7\n\x00", ""},
	} {
		if got := page.Sniff([]byte(tt.content)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestDeviceOf(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36":                         "Chrome, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0":               "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 5.0; SM-G900) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/95.0 Mobile Safari/537.36":                       "Chrome, Android",
		"Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0":                                                                  "Firefox, Linux",
		"curl/8.0": "", "": "",
	} {
		if got := staff.DeviceOf(agent); got != want {
			t.Errorf("%q, want %q, of %s", got, want, agent)
		}
	}
}
