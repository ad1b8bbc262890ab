package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
)

// get answers one GET and returns the response with its body read.
func get(t testing.TB, s *Server, target string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return do(t, s, r)
}

func do(t testing.TB, s *Server, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := s.Test(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func document(t testing.TB, body string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestServeAndShutdown(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	resp, err := http.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("healthz answers %d", resp.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if err := <-served; err != nil {
		t.Errorf("serve returned %v after a shutdown", err)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	for _, target := range []string{"/", "/nothing-here", "/s?code=AAAA"} {
		resp, body := get(t, s, target)
		if v := resp.Header.Get("Set-Cookie"); v != "" {
			t.Errorf("%s sets the cookie %q", target, v)
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", target, policy)
		}
		if resp.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: no request id", target)
		}
		doc := document(t, body)
		if n := doc.Find("[style], style, script:not([src]), [onclick], [onload]").Length(); n > 0 {
			t.Errorf("%s has %d inline styles or scripts", target, n)
		}
		doc.Find("[src], link[href]").Each(func(_ int, sel *goquery.Selection) {
			address := sel.AttrOr("src", sel.AttrOr("href", ""))
			if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
				t.Errorf("%s loads %q from elsewhere", target, address)
			}
		})
	}
}

func TestPanicIsAnsweredAndLoggedOnce(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := newTestServer(t, func(c *Config) { c.Log = newTestLog(&log) })
	s.app.Get("/boom", func(*fiber.Ctx) error { panic("a secret") })
	resp, body := get(t, s, "/boom")
	if resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", resp.StatusCode)
	}
	id := resp.Header.Get("X-Request-Id")
	if !strings.Contains(body, id) || strings.Contains(body, "a secret") {
		t.Errorf("the page must show the request's id and not the cause")
	}
	if n := strings.Count(log.String(), "a secret"); n != 1 {
		t.Errorf("the cause is logged %d times:\n%s", n, log.String())
	}
}

func TestErrorsByKind(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	for kind, status := range page.StatusOf {
		fail := func(*fiber.Ctx) error {
			return &survey.Error{Kind: kind, Op: "test", Key: "answer.too_many", Args: []any{3}, Fields: map[string]survey.Message{"q": {Key: "answer.required"}}}
		}
		s.app.Get("/page/"+kind.String(), fail)
		s.app.Get("/api/v1/"+kind.String(), fail)

		resp, body := get(t, s, "/page/"+kind.String())
		if resp.StatusCode != status || !strings.Contains(body, "nhiều nhất 3 câu") {
			t.Errorf("page of %s: %d %s", kind, resp.StatusCode, body)
		}
		resp, body = get(t, s, "/api/v1/"+kind.String()+"?lang=en")
		if resp.StatusCode != status || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("problem of %s: %d %s", kind, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		for _, want := range []string{`"status":`, `"type":"urn:hailong:error:` + kind.String(), `at most 3 answers`, `"field":"q"`, resp.Header.Get("X-Request-Id")} {
			if !strings.Contains(body, want) {
				t.Errorf("problem of %s lacks %s: %s", kind, want, body)
			}
		}
	}
}
