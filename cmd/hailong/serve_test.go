package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
)

// startServer runs a command that serves, on a free port, and returns what it
// printed once it had an address. It is stopped, and its outcome checked, when
// the test ends.
func startServer(t *testing.T, command string, args ...string) (printed, base string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	root := newRootCommand()
	root.SetArgs(append([]string{command, "--addr", "127.0.0.1:0", "--metrics-addr", ""}, args...))
	root.SetOut(writer)
	root.SetErr(t.Output())
	done := make(chan error, 1)
	go func() {
		done <- root.ExecuteContext(ctx)
		_ = writer.Close()
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	var out bytes.Buffer
	buffer := make([]byte, 4096)
	for !strings.Contains(out.String(), "Ctrl+C") {
		n, err := reader.Read(buffer)
		out.Write(buffer[:n])
		if err != nil {
			t.Fatalf("serve ended before it was ready, having printed:\n%s", out.String())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	found := regexp.MustCompile(`https?://(localhost|127\.0\.0\.1):\d+`).FindString(out.String())
	if found == "" {
		t.Fatalf("no address printed:\n%s", out.String())
	}
	return out.String(), found
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, &http.Client{}, r)
}

// awaitReady returns when a server has loaded its figures, or the test has no more time.
func awaitReady(t *testing.T, base string) {
	t.Helper()
	for {
		switch status, body := get(t, base+"/readyz"); {
		case status == http.StatusOK:
			return
		case body != "figures are not loaded yet; wait\n":
			t.Fatalf("GET /readyz: %d %q, want that figures are loaded or will be", status, body)
		}
	}
}

func TestServeFirstStart(t *testing.T) {
	t.Parallel()
	store := "bolt:" + filepath.Join(t.TempDir(), "data", "hailong.db")
	printed, base := startServer(t, "serve", "--store", store)

	password := regexp.MustCompile(`(?m)^    ([0-9a-z]{4}(-[0-9a-z]{4}){3})$`).FindStringSubmatch(printed)
	if password == nil {
		t.Errorf("no one-time password printed:\n%s", printed)
	}
	points := regexp.MustCompile(`/s/[0-9A-Z]{7}`).FindAllString(printed, -1)
	if len(points) != samplePoints {
		t.Errorf("%d sample points printed, want %d:\n%s", len(points), samplePoints, printed)
	}
	awaitReady(t, base)
	for _, path := range append(points, "/", "/healthz") {
		if status, _ := get(t, base+path); status != http.StatusOK {
			t.Errorf("GET %s: status %d", path, status)
		}
	}
}

func TestServeSecondStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := "bolt:" + filepath.Join(dir, "hailong.db")
	var first string
	t.Run("First", func(t *testing.T) {
		first, _ = startServer(t, "serve", "--store", store, "--admin-password", "bảy con suối chảy qua bản")
		if strings.Contains(first, "bảy con suối chảy qua bản") {
			t.Error("a given password is printed")
		}
	})
	second, _ := startServer(t, "serve", "--store", store)
	sample := regexp.MustCompile(`/s/[0-9A-Z]{7}`)
	if a, b := sample.FindAllString(first, -1), sample.FindAllString(second, -1); strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("the points changed from %v to %v", a, b)
	}
	if strings.Contains(second, "one-time password") {
		t.Error("a second start made a password")
	}
}

func TestServeOnATakenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hailong.db")
	startServer(t, "serve", "--store", "bolt:"+path)
	root := newRootCommand()
	root.SetArgs([]string{"serve", "--addr", "127.0.0.1:0", "--store", "bolt:" + path})
	err := root.ExecuteContext(t.Context())
	if !survey.Is(err, survey.Unavailable) || !strings.Contains(err.Error(), "another hailong uses this file") {
		t.Errorf("a second server on the file: %v", err)
	}
}

func TestServeMetrics(t *testing.T) {
	t.Parallel()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := probe.Addr().String()
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
	printed, base := startServer(t, "serve", "--store", "bolt:"+filepath.Join(t.TempDir(), "hailong.db"), "--metrics-addr", addr)
	awaitReady(t, base)
	get(t, base+"/healthz")
	get(t, base+"/s/nonsense")
	submit(t, base, regexp.MustCompile(`/s/[0-9A-Z]{7}`).FindString(printed))
	signIn(t, base, "nobody", "không phải mật khẩu")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/v1/campaigns", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer hailong_wrong")
	answer(t, &http.Client{}, r)
	_, body := get(t, "http://"+addr+"/metrics")
	checkMetrics(t, body)
	for _, want := range []string{`hailong_request_duration_seconds_count{method="GET",route="/s/:code"`, "process_resident_memory_bytes", "hailong_build_info{version=", `channel="qr",class="open"} 1`, `hailong_fault{fault="store_refuses_writes"} 0`, "hailong_clock_doubtful 0", `hailong_sign_in_failures_total{by="staff",reason="wrong"} 1`, `hailong_sign_in_failures_total{by="program",reason="wrong"} 1`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, "nonsense") {
		t.Error("a path is a label")
	}
	if status, _ := get(t, base+"/metrics"); status != http.StatusNotFound {
		t.Errorf("metrics are public: status %d", status)
	}
}

// taken listens on a free port until the test ends.
func taken(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// A start that fails must not use up the administrator's password, which is
// shown once.
func TestServeAfterAFailedStart(t *testing.T) {
	t.Parallel()
	taken := taken(t)
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"PortTaken":        {[]string{"--addr", taken}, "cannot listen on " + taken},
		"MetricsPortTaken": {[]string{"--addr", "127.0.0.1:0", "--metrics-addr", taken}, "cannot serve metrics on " + taken},
		"NoCertificate":    {[]string{"--addr", "127.0.0.1:0", "--metrics-addr", "", "--tls-cert", taken, "--tls-key", taken}, "--tls-cert and --tls-key: stat"},
		"NoProvider":       {[]string{"--addr", "127.0.0.1:0", "--metrics-addr", "", "--public-url", "http://localhost:8080", "--oidc-issuer", "nonsense", "--oidc-client-id", "x"}, `the issuer "nonsense" is no address`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := "bolt:" + filepath.Join(t.TempDir(), "hailong.db")
			if out, _, err := runCommand(t, append([]string{"serve", "--store", store}, test.args...)...); err == nil || !strings.Contains(err.Error(), test.says) || out != "" {
				t.Fatalf("error %v, want one that says %q; written:\n%s", err, test.says, out)
			}
			if printed, _ := startServer(t, "serve", "--store", store); !strings.Contains(printed, "one-time password") {
				t.Errorf("no password printed:\n%s", printed)
			}
		})
	}
}

// Nobody asked for metrics on the default address; somebody may be there.
func TestServeWithoutMetrics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := serveOptions{addr: "127.0.0.1:0", metricsAddr: taken(t), logFormat: "text"}
	d, err := o.listen(t.Context(), o.logger(&log))
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if d.public == nil || d.metrics != nil || !strings.Contains(log.String(), "serving without metrics") {
		t.Errorf("public %v, metrics %v, log %q", d.public, d.metrics, &log)
	}
}

func TestServeRefusesSettings(t *testing.T) {
	t.Parallel()
	root := newRootCommand()
	root.SetArgs([]string{"serve", "--addr", "8080", "--public-url", "example.vn", "--log-format", "xml", "--trusted-proxies", "10.0.0.5,nginx", "--admin-password", "mật khẩu", "--api-token", "0123456789abcde"})
	err := root.ExecuteContext(t.Context())
	var usage shell.UsageError
	if !errors.As(err, &usage) {
		t.Fatalf("error %v", err)
	}
	for _, flag := range []string{"--addr", "--public-url", "--log-format", `--trusted-proxies "nginx"`, "--admin-password must have at least 10", "--api-token must have at least 16"} {
		if !strings.Contains(err.Error(), flag) {
			t.Errorf("the problem with %s is not named: %v", flag, err)
		}
	}
}

// A person at a terminal reads warnings, such as answers that a form dropped,
// and not a line for each request; a program gets both.
func TestServeLog(t *testing.T) {
	t.Parallel()
	for format, want := range map[string][]bool{"text": {true, false}, "json": {true, true}} {
		var out bytes.Buffer
		log := (&serveOptions{logFormat: format}).logger(&out)
		log.Warn("answers dropped")
		log.Info("request answered")
		got := []bool{strings.Contains(out.String(), "answers dropped"), strings.Contains(out.String(), "request answered")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: warning, request (-want +got):\n%s", format, diff)
		}
	}
}

func TestDemo(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Run("Serves", func(t *testing.T) {
		printed, base := startServer(t, "demo", "--responses", "500")
		if !strings.Contains(printed, "DỮ LIỆU MINH HỌA") {
			t.Errorf("not labelled:\n%s", printed)
		}
		for _, path := range append(regexp.MustCompile(`/s/[0-9A-Z]{7}`).FindAllString(printed, -1), "/") {
			status, body := get(t, base+path)
			if status != http.StatusOK || !strings.Contains(body, "Dữ liệu minh họa") {
				t.Errorf("GET %s: status %d, label there: %v", path, status, strings.Contains(body, "Dữ liệu minh họa"))
			}
		}
	})
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
