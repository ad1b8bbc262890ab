package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web"
	"hailong/web/page"
	"hailong/web/servertest"
)

// The tests' requests come from 0.0.0.0.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	var got string
	s.App().Get("/who", func(c *fiber.Ctx) error { got = page.Network(s.Client(c)); return nil })
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
		servertest.Do(t, s, r)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	if _, err := page.ParseProxies([]string{"proxy.example"}); err == nil || !strings.Contains(err.Error(), `ParsePrefix("proxy.example")`) {
		t.Errorf("a name is taken for a proxy: error %v", err)
	}
}

// What a stranger claims about scheme and host is not believed.
func TestForwardedHeadersOfAStranger(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		proxies []string
		want    bool
	}{"Stranger": {nil, false}, "Proxy": {[]string{"0.0.0.0"}, true}} {
		s := servertest.New(t, servertest.PlainHTTP, func(c *web.Config) { c.Proxies, c.Hosts = tt.proxies, append(c.Hosts, "other.example") })
		servertest.AddUser(t, s, "lan", survey.Grant{Role: survey.Viewer})
		r := servertest.FormRequest("/staff/login", "login", "lan", "password", servertest.Password)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("X-Forwarded-Proto", "https")
		resp, _ := servertest.Do(t, s, r)
		if got := resp.Cookies()[0].Secure; got != tt.want {
			t.Errorf("%s: secure %v, want %v", name, got, tt.want)
		}
		var base string
		s.App().Get("/base", func(c *fiber.Ctx) error { base = s.BaseURL(c); return nil })
		r = httptest.NewRequest(http.MethodGet, "/base", http.NoBody)
		r.Header.Set("X-Forwarded-Host", "other.example")
		servertest.Do(t, s, r)
		if strings.Contains(base, "other") != tt.want {
			t.Errorf("%s: codes would lead to %s", name, base)
		}
	}
}
