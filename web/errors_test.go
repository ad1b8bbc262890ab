package web_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"hailong/web/servertest"
)

// A body over the limit is answered, and the sender, who reads only after the
// last byte, gets to see the answer.
func TestTooLargeBodyIsAnswered(t *testing.T) {
	t.Parallel()
	s, _ := servertest.NewEditable(t)
	address := servertest.Serve(t, s)
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r, err := http.NewRequest(http.MethodPost, address+"/staff/schools/import", io.LimitReader(zeros{}, 20<<20))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 20 << 20
	if err := r.Write(conn); err != nil {
		t.Fatalf("the sender was cut off: %v", err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "Nội dung gửi quá dài") {
		t.Errorf("%d %v %s", resp.StatusCode, err, body)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
