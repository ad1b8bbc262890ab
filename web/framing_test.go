package web_test

import (
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"hailong/web/servertest"
)

// A request whose end a proxy and the server could see in different places is
// refused, or answered once and the connection closed: what follows it on the line
// is never answered as a request of its own. RFC 9112, 6.3 and 11.2.
func TestAmbiguousFramingIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	address := strings.TrimPrefix(servertest.Serve(t, s), "http://")
	const smuggled = "GET /healthz HTTP/1.1\r\nHost: hailong.example\r\n\r\n"
	const post = "POST /staff/login HTTP/1.1\r\nHost: hailong.example\r\n"
	for name, request := range map[string]string{
		"LengthAndChunked":     post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
		"ChunkedAndLength":     post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + smuggled,
		"TwoLengths":           post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + smuggled,
		"UnknownCoding":        post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled,
		"ChunkedThenIdentity":  post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + smuggled,
		"TwoCodings":           post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled,
		"NewlineInExtension":   post + "Transfer-Encoding: chunked\r\n\r\n0;x\ny\r\n\r\n" + smuggled,
		"SpaceBeforeColon":     post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled,
		"SignedLength":         post + "Content-Length: +0\r\n\r\n" + smuggled,
		"NegativeLength":       post + "Content-Length: -1\r\n\r\n" + smuggled,
		"ReturnInValue":        "GET /healthz HTTP/1.1\r\nHost: hailong.example\r\nX: a\rb\r\n\r\n",
		"NULInValue":           "GET /healthz HTTP/1.1\r\nHost: hailong.example\r\nX: a\x00b\r\n\r\n",
		"TwoHosts":             "GET /healthz HTTP/1.1\r\nHost: hailong.example\r\nHost: b\r\n\r\n",
		"NoHost":               "GET /healthz HTTP/1.1\r\n\r\n",
		"BareNewlines":         "GET /healthz HTTP/1.1\nHost: hailong.example\n\n",
		"Version09":            "GET /healthz\r\n\r\n",
		"LengthInTheGetBefore": "GET /healthz HTTP/1.1\r\nHost: hailong.example\r\nContent-Length: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := sendRaw(t, address, request)
			if n := len(answers); n > 1 || n == 1 && answers[0][0] != '4' {
				t.Errorf("answered %q, want one refusal or none", answers)
			}
		})
	}
}

var statusLine = regexp.MustCompile(`HTTP/1\.[01] (\d+)`)

// sendRaw sends bytes on a connection of their own and returns the statuses of what
// is answered until the server closes it.
func sendRaw(t *testing.T, address, request string) []string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil { // never reached but by a server that waits
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil { //nolint:forcetypeassert // of tcp
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatalf("the connection is not closed: %v", err)
	}
	var statuses []string
	for _, line := range statusLine.FindAllSubmatch(answer, -1) {
		statuses = append(statuses, string(line[1]))
	}
	return statuses
}
