package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hailong/survey"
	"hailong/web"
	"hailong/web/servertest"
)

// A name that is not this server's is refused on every path, and no answer repeats it.
func TestForeignHostIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *web.Config) { c.Hosts = []string{"noi-bo.example:8080"} })
	form := servertest.FormPath(servertest.PointOpen)
	for host, status := range map[string]int{
		"hailong.example": 200, "HAILONG.example.": 200, "hailong.example:443": 200, "noi-bo.example": 200,
		"localhost:8080": 200, "127.0.0.1": 200, "[::1]:8080": 200,
		"evil.example": 421, "hailong.example.evil.example": 421, "192.168.1.20": 421, "127.0.0.1.evil.example": 421, "-": 421,
	} {
		for _, path := range []string{form, "/qr/" + string(servertest.Code(servertest.PointOpen)) + ".svg", "/staff/login", "/api/v1/points", "/not-there"} {
			r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
			r.Host = host
			resp, body := servertest.Do(t, s, r)
			if refused := resp.StatusCode == 421; refused != (status == 421) {
				t.Errorf("%s at %s answers %d, want %d", path, host, resp.StatusCode, status)
			}
			if status == 421 && strings.Contains(body, host) && host != "-" {
				t.Errorf("%s repeats %q", path, host)
			}
		}
	}
	// Whoever watches the process asks by any name.
	r := httptest.NewRequest(http.MethodGet, "/healthz", http.NoBody)
	r.Host = "10.2.3.4:8080"
	if resp, _ := servertest.Do(t, s, r); resp.StatusCode != 200 {
		t.Errorf("/healthz answers %d", resp.StatusCode)
	}
}

// Without a public address nothing is handed out that would lead nowhere; nothing is
// made either. A demonstration and a trial hand out, and say what they are.
func TestNothingIsHandedOutWithoutAnAddress(t *testing.T) {
	t.Parallel()
	code := string(servertest.Code(servertest.PointOpen))
	s := servertest.New(t, func(c *web.Config) { c.PublicURL = "" })
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	boss := servertest.SignIn(t, s, "boss")
	for _, path := range []string{"/qr/" + code + ".png", "/qr/" + code + ".svg", "/poster/" + code + ".pdf", "/staff/points.pdf"} {
		resp, body := boss.Get("http://localhost" + path)
		if resp.StatusCode != http.StatusConflict || !strings.Contains(body, "--public-url") {
			t.Errorf("%s answers %d:\n%s", path, resp.StatusCode, body)
		}
	}
	if resp, body := boss.Post("http://localhost/staff/users", "login", "lan", "name", "Lan", "role", "administrator", "admission", "invite"); resp.StatusCode != http.StatusConflict || !strings.Contains(body, "--public-url") {
		t.Errorf("an invitation answers %d:\n%s", resp.StatusCode, body)
	}
	if resp, _ := boss.Get("http://localhost/staff/users/lan"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the invited person was made: %d", resp.StatusCode)
	}
	trial := servertest.New(t, func(c *web.Config) { c.PublicURL, c.LAN = "http://192.168.1.7:8080", true })
	if resp, body := servertest.Get(t, trial, "http://192.168.1.7:8080/poster/"+code+".pdf"); resp.StatusCode != 200 || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("a poster of a trial answers %d", resp.StatusCode)
	}
	for _, path := range []string{"/", servertest.FormPath(servertest.PointOpen), "/results", "/staff/login", servertest.KioskPath(servertest.PointOpen), "/not-there"} {
		_, body := servertest.Get(t, trial, "http://192.168.1.7:8080"+path)
		if !strings.Contains(body, "Chạy thử trong mạng nội bộ") {
			t.Errorf("%s does not say that it is a trial", path)
		}
	}
}

// A proxy that nobody named is said once in the log, without its address, and at home to
// whoever operates the server.
func TestUntrustedProxyIsSaidOnce(t *testing.T) {
	t.Parallel()
	const header, task = "X-Forwarded-For", "--trusted-proxies"
	for name, test := range map[string]struct {
		proxies []string
		said    int
	}{"Unknown": {nil, 1}, "Named": {[]string{"0.0.0.0"}, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			s := servertest.New(t, func(c *web.Config) { c.Proxies, c.Log = test.proxies, servertest.NewLog(&log) })
			servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
			servertest.AddUser(t, s, "clerk", survey.Grant{Role: survey.OneStopOffice})
			boss, clerk := servertest.SignIn(t, s, "boss"), servertest.SignIn(t, s, "clerk")
			if _, body := boss.Get("/staff"); strings.Contains(body, task) {
				t.Error("it is said before anything came")
			}
			for range 3 {
				servertest.Get(t, s, "/", header, "203.0.113.9")
			}
			if n := strings.Count(log.String(), "does not name"); n != test.said {
				t.Errorf("the log says it %d times, want %d:\n%s", n, test.said, &log)
			}
			if strings.Contains(log.String(), "203.0.113.9") {
				t.Error("the log holds an address")
			}
			if _, body := boss.Get("/staff"); strings.Contains(body, task) != (test.said > 0) {
				t.Errorf("the administrator's first page names the flag: %v", test.said == 0)
			}
			if _, body := clerk.Get("/staff"); strings.Contains(body, task) {
				t.Error("a clerk is told")
			}
		})
	}
}
