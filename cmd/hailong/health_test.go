package main

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"hailong/cmd/hailong/shell"
)

func TestCheckHealth(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	server := httptest.NewServer(mux)
	addr := server.Listener.Addr().String()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}

	for _, a := range []string{addr, ":" + port, "0.0.0.0:" + port, "[::]:" + port} {
		if err := checkHealth(t.Context(), a, false); err != nil {
			t.Errorf("healthy server, asked at %s: %v", a, err)
		}
	}

	status = http.StatusServiceUnavailable
	if err := checkHealth(t.Context(), addr, false); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("ailing server: error %v, want one that names status 503", err)
	}

	server.Close()
	if err := checkHealth(t.Context(), addr, false); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("no server: error %v", err)
	}

	var usage shell.UsageError
	if err := checkHealth(t.Context(), "8080", false); !errors.As(err, &usage) {
		t.Errorf("address without a colon: error %v, want a usage error", err)
	}
}

func TestHealthCommand(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	// The container sets the address once, for the server and its health check.
	t.Setenv("HAILONG_ADDR", server.Listener.Addr().String())
	root := newRootCommand()
	root.SetArgs([]string{"health"})
	if err := root.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("error %v, want one that names status 404", err)
	}
}
