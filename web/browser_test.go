package web

import (
	"net"
	"os"
	"testing"

	"hailong/web/webtest"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childStore); file != "" {
		serveAsChild(file)
		return
	}
	webtest.Main(m)
}

// serve runs a server on a free port until the test ends and returns its
// address.
func serve(t testing.TB, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}
