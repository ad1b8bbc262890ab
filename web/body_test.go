package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"hailong/survey"
	"hailong/web"
	"hailong/web/servertest"
)

// gzipped is n bytes of a form in parts, compressed.
func gzipped(t testing.TB, n int64) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n")
	if err == nil {
		_, err = io.CopyN(w, zeros{}, n)
	}
	if err == nil {
		_, err = io.WriteString(w, "\r\n--x--\r\n")
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever says that its body is packed is refused before the body is looked at,
// wherever it is sent: an address that exists, that does not, with any method.
func TestEncodedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	bomb := gzipped(t, 4<<20)
	for _, target := range []string{"/", "/healthz", "/readyz", "/nothing-here", "/y", servertest.FormPath(servertest.PointOpen), "/staff/login", "/staff/units", "/staff/invitation/x", "/api/v1/responses", "/api/v1/nothing"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut} {
			for _, coding := range []string{"gzip", "gzip, gzip", "identity, GZIP", "br", "deflate", "zstd", "nonsense"} {
				if strings.HasSuffix(target, "z") && method != http.MethodGet {
					continue // they take no other method
				}
				r := httptest.NewRequest(method, target, strings.NewReader(bomb))
				r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
				r.Header.Set("Content-Encoding", coding)
				r.Header.Set("Sec-Fetch-Site", "same-origin")
				resp, body := servertest.Do(t, s, r)
				if resp.StatusCode != http.StatusUnsupportedMediaType {
					t.Errorf("%s %s with %s: %d", method, target, coding, resp.StatusCode)
				}
				if method == http.MethodHead {
					continue
				}
				if problem := strings.HasPrefix(target, "/api/"); problem != (resp.Header.Get("Content-Type") == "application/problem+json") || !strings.Contains(body, "nén") {
					t.Errorf("%s %s is answered as %s: %s", method, target, resp.Header.Get("Content-Type"), body)
				}
			}
		}
	}
	for _, coding := range []string{"identity", " Identity "} {
		r := servertest.FormRequest(servertest.FormPath(servertest.PointLand), "id", servertest.ResponseID, "nonce", servertest.ResponseID, "a.overall", "5", "a.polite", "na")
		r.Header.Set("Content-Encoding", coding)
		if resp, _ := servertest.Do(t, s, r); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%q is no packing: %d", coding, resp.StatusCode)
		}
	}
}

// A stranger may send 64 KiB, whatever cookie or token they make up; who is known
// may send what the routes take.
func TestLongBodiesAreForThoseWhoAreKnown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	servertest.AddUser(t, s, "boss", survey.Grant{Role: survey.Administrator})
	boss := servertest.OpenSession(t, s, "boss")
	token := issue(t, s, survey.Grant{Role: survey.HomeAffairs})
	address := strings.TrimPrefix(servertest.Serve(t, s), "http://")
	long := "a=" + strings.Repeat("x", 300<<10)
	for name, c := range map[string]struct {
		target, header, value string
		status                int
		says                  string
	}{
		"Citizen":      {servertest.FormPath(servertest.PointOpen), "", "", 413, "64 KB"},
		"TakeBack":     {"/y", "", "", 413, "64 KB"},
		"Nowhere":      {"/nothing-here", "", "", 413, "64 KB"},
		"SignIn":       {"/staff/login", "", "", 413, "64 KB"},
		"Invitation":   {"/staff/invitation/x", "", "", 413, "64 KB"},
		"MadeUpCookie": {"/staff/units", "Cookie", "__Host-hailong=" + strings.Repeat("A", 43), 413, "64 KB"},
		"SignedIn":     {"/staff/units", "Cookie", boss.Cookie, 403, "Trang này"},
		"NoToken":      {"/api/v1/responses", "", "", 401, "problem"},
		"WrongToken":   {"/api/v1/responses", "Authorization", "Bearer hailong_guess", 401, "problem"},
		"Token":        {"/api/v1/responses", "Authorization", "Bearer " + token, 422, "JSON"},
	} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%t", name, chunked), func(t *testing.T) {
				r := httptest.NewRequest(http.MethodPost, c.target, strings.NewReader(long))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if c.header != "" {
					r.Header.Set(c.header, c.value)
				}
				resp, body := exchange(t, address, r, chunked)
				if resp.StatusCode != c.status || c.says != "problem" && c.status != 403 && !strings.Contains(body, c.says) {
					t.Errorf("%d, want %d: %s", resp.StatusCode, c.status, body)
				}
			})
		}
	}
	if !s.BodiesGivenBack() {
		t.Error("something is still taken of the budget")
	}
}

// exchange sends a request over a connection, with or without the length of its body.
func exchange(t *testing.T, address string, r *http.Request, chunked bool) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r.Host = "hailong.example"
	if chunked {
		r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
	}
	go func() { _ = r.Write(conn) }() // a refusal may come before all is sent
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
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

// When uploads have taken all there is for them, the next waits, and citizens are
// answered; when citizens' share is taken too, a form is told to come again.
func TestBodiesOverTheBudgetComeAgain(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	token := issue(t, s, survey.Grant{Role: survey.HomeAffairs})
	upload := func() *http.Response {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/responses", strings.NewReader(strings.Repeat("x", 100<<10)))
		r.Header.Set("Authorization", "Bearer "+token)
		resp, _ := servertest.Do(t, s, r)
		return resp
	}
	form := func() (*http.Response, string) {
		return servertest.SendForm(t, s, servertest.PointLand, "id", servertest.ResponseID, "a.overall", "5", "a.polite", "na")
	}
	release := s.TakeBodies(true)
	if resp := upload(); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("an upload over the budget: %d", resp.StatusCode)
	}
	if resp, _ := form(); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("a form while uploads have taken their budget: %d", resp.StatusCode)
	}
	release()
	if resp := upload(); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an upload within the budget: %d", resp.StatusCode)
	}
	release = s.TakeBodies(false)
	resp, body := form()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, "đợi một phút rồi gửi lại") {
		t.Errorf("a form over the budget: %d %s", resp.StatusCode, body)
	}
	if resp, _ := servertest.Get(t, s, servertest.FormPath(servertest.PointOpen)); resp.StatusCode != http.StatusOK {
		t.Errorf("the form itself: %d", resp.StatusCode)
	}
	release()
	if resp, _ := form(); resp.StatusCode == http.StatusServiceUnavailable {
		t.Errorf("the form, sent again: %d", resp.StatusCode)
	}
}

// Whatever becomes of a connection, what its body took of the budget comes back.
func TestBudgetComesBackFromDeadConnections(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	address := strings.TrimPrefix(servertest.Serve(t, s), "http://")
	token := issue(t, s, survey.Grant{Role: survey.HomeAffairs})
	for i := range 60 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		head := "POST " + servertest.FormPath(servertest.PointOpen) + " HTTP/1.1\r\nHost: hailong.example\r\n"
		if i%2 == 0 {
			head = "POST /api/v1/responses HTTP/1.1\r\nHost: hailong.example\r\nAuthorization: Bearer " + token + "\r\n"
		}
		switch i % 3 {
		case 0:
			head += "Content-Length: 60000\r\n\r\n" + strings.Repeat("x", i*900)
		case 1:
			head += "Transfer-Encoding: chunked\r\n\r\n2000\r\n" + strings.Repeat("x", 0x2000) + "\r\n" + strings.Repeat("1", i%2)
		case 2:
			head += "Transfer-Encoding: chunked\r\n\r\nno number\r\n"
		}
		if _, err := io.WriteString(conn, head); err != nil {
			t.Fatal(err)
		}
		if i%4 == 0 {
			err = conn.(*net.TCPConn).SetLinger(0) //nolint:forcetypeassert // of tcp: a reset
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(time.Minute); !s.BodiesGivenBack(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("what dead connections took is not given back")
		}
	}
}

// One network has so many connections and no more, and gets a place back by closing one.
func TestConnectionsOfANetworkAreBounded(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	s.BoundAll()
	address := strings.TrimPrefix(servertest.Serve(t, s), "http://")
	ask := func() (net.Conn, error) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return nil, err
		}
		if _, err = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: hailong.example\r\n\r\n"); err == nil {
			_, err = bufio.NewReader(conn).ReadString('\n')
		}
		return conn, err
	}
	var open []net.Conn
	for range web.MostOfNetwork {
		conn, err := ask()
		if err != nil {
			t.Fatalf("connection %d: %v", len(open), err)
		}
		open = append(open, conn)
	}
	if conn, err := ask(); err == nil {
		t.Errorf("connection %d was answered", len(open))
		_ = conn.Close()
	}
	_ = open[0].Close()
	for deadline := time.Now().Add(time.Minute); ; {
		conn, err := ask()
		if conn != nil {
			_ = conn.Close()
		}
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of a connection that ended is not given back")
		}
	}
	for _, conn := range open {
		_ = conn.Close()
	}
}

// Nothing reads a body but the guard, and what handlers see of it they see by
// package page: what Fiber has for that unpacks without a bound.
func TestBodiesAreReadInOnePlace(t *testing.T) {
	t.Parallel()
	refused := map[string]bool{"MultipartForm": true, "FormFile": true, "FormValue": true, "BodyParser": true, "SaveFile": true, "BodyStream": true, "RequestBodyStream": true, "BodyRaw": true, "BodyGunzip": true, "BodyUncompressed": true, "BodyUnbrotli": true, "BodyInflate": true}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == "body.go" || strings.HasPrefix(path, "servertest") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			chosen, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			of, plain := chosen.X.(*ast.Ident)
			ours := plain && of.Name == "page"
			if refused[chosen.Sel.Name] && !ours || chosen.Sel.Name == "Body" && plain && of.Name == "c" {
				t.Errorf("%s calls %s: use what web/page/body.go has", path, chosen.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
