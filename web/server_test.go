package web_test

import (
	"context"
	"errors"
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
	"hailong/web"
	"hailong/web/page"
	"hailong/web/servertest"
)

// serveHere serves on a free address until somebody stops the server; then served
// says how that went.
func serveHere(t *testing.T, s *servertest.Server) (l net.Listener, served <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	return l, ended
}

func TestServeAndShutdown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	l, served := serveHere(t, s)
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

// A browser opens connections in advance; a stop closes them and waits for none.
func TestShutdownClosesUnusedConnections(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	l, served := serveHere(t, s)
	silent, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	// It is accepted before the one that is answered.
	resp, err := http.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if err := s.Shutdown(t.Context()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if err := <-served; err != nil {
		t.Errorf("serve returned %v after a shutdown", err)
	}
	if _, err := silent.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the unused connection says %v, want that it has ended", err)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for _, target := range []string{"/", "/nothing-here", "/s?code=AAAA"} {
		resp, body := servertest.Get(t, s, target)
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
		doc := servertest.Document(t, body)
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
	s := servertest.New(t, func(c *web.Config) { c.Log = servertest.NewLog(&log) })
	s.App().Get("/boom", func(*fiber.Ctx) error { panic("a secret") })
	resp, body := servertest.Get(t, s, "/boom")
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
	s := servertest.New(t)
	for kind, status := range page.StatusOf {
		fail := func(*fiber.Ctx) error {
			return &survey.Error{Kind: kind, Op: "test", Key: "answer.too_many", Args: []any{3}, Fields: map[string]survey.Message{"q": {Key: "answer.required"}}}
		}
		s.App().Get("/page/"+kind.String(), fail)
		s.App().Get("/api/v1/"+kind.String(), fail)

		resp, body := servertest.Get(t, s, "/page/"+kind.String())
		if resp.StatusCode != status || !strings.Contains(body, "nhiều nhất 3 câu") {
			t.Errorf("page of %s: %d %s", kind, resp.StatusCode, body)
		}
		resp, body = servertest.Get(t, s, "/api/v1/"+kind.String()+"?lang=en")
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

// The log of the server names routes, never what stands in an address.
func TestServerLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := servertest.New(t, func(c *web.Config) { c.Log = servertest.NewLog(&log) })
	servertest.Do(t, s, httptest.NewRequest(http.MethodGet, "/staff/invitation/lan~top-secret", http.NoBody))
	servertest.Do(t, s, servertest.FormRequest("/staff/login", "login", "lan", "password", "top-secret"))
	if strings.Contains(log.String(), "top-secret") || !strings.Contains(log.String(), "/staff/invitation/") {
		t.Errorf("%s", log.String())
	}
}
