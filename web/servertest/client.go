package servertest

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/alexedwards/argon2id"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/people"
	"hailong/web/staff"
)

// Upload posts a form with a file.
func (v *Client) Upload(target, field, name, content string, pairs ...string) (*http.Response, string) {
	v.T.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			v.T.Fatal(err)
		}
	}
	if err := w.WriteField(staff.CSRFField, v.CSRF); err != nil {
		v.T.Fatal(err)
	}
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.T.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, target, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.Send(r)
}

// OpenSession gives somebody a session without the page to sign in, which takes
// its time.
func OpenSession(t *testing.T, s *Server, login survey.Login) *Client {
	t.Helper()
	secret, _, err := s.Accounts.OpenSession(t.Context(), login, "", false)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{T: t, Server: s, Cookie: "__Host-hailong=" + secret, CSRF: staff.CSRFOf(secret)} // its public address is https
}

// Client asks a server as a browser does: it keeps cookies, sends forms as a
// page of the server would, and knows the token of its forms.
type Client struct {
	T      *testing.T
	Server *Server
	Cookie string // of the session
	Device string // cookie by which accounts know the browser again
	CSRF   string
}

// NewClient is a client that has not signed in.
func NewClient(t *testing.T, s *Server) *Client {
	t.Helper()
	return &Client{T: t, Server: s}
}

// Password is that of every member of staff of these tests.
const Password = "đủ dài để dùng"

// passwordHash is a hash of Password. Its cost, which is part of the hash, is
// low, so that the hundreds of tests that sign somebody in are fast.
var passwordHash = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash(Password, &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

// AddUser stores a member of staff whose password is Password.
func AddUser(t *testing.T, s *Server, login survey.Login, grant survey.Grant, change ...func(*people.User)) {
	t.Helper()
	hash, err := passwordHash()
	if err != nil {
		t.Fatal(err)
	}
	user := people.User{Login: login, Rev: 1, Name: "Nguyễn Thị " + string(login), Grant: grant, Password: people.Password(hash), Created: Now.AddDate(-1, 0, 0)}
	for _, f := range change {
		f(&user)
	}
	if err := (survey.Documents[people.User]{Store: s.Store, Collection: survey.Users}).Insert(t.Context(), user); err != nil {
		t.Fatal(err)
	}
}

// SignIn is a client of somebody who has signed in.
func SignIn(t *testing.T, s *Server, login survey.Login) *Client {
	t.Helper()
	v := NewClient(t, s)
	resp, body := v.Post("/staff/login", "login", string(login), "password", Password)
	if resp.StatusCode != http.StatusSeeOther || v.Cookie == "" {
		t.Fatalf("sign-in of %s: %d %s", login, resp.StatusCode, body)
	}
	return v
}

// Send makes a request with the cookie and keeps the cookie of the answer.
func (v *Client) Send(r *http.Request) (*http.Response, string) {
	v.T.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if sent := strings.Trim(v.Cookie+"; "+v.Device, "; "); sent != "" {
		r.Header.Set("Cookie", sent)
	}
	resp, body := Do(v.T, v.Server, r)
	for _, c := range resp.Cookies() {
		if strings.HasSuffix(c.Name, "-device") {
			v.Device = c.Name + "=" + c.Value
			continue
		}
		v.Cookie = c.Name + "=" + c.Value
		v.CSRF = staff.CSRFOf(c.Value)
	}
	return resp, body
}

// Get asks for a page.
func (v *Client) Get(target string) (*http.Response, string) {
	v.T.Helper()
	return v.Send(httptest.NewRequest(http.MethodGet, target, http.NoBody))
}

// Post sends a form of pairs with the session's token.
func (v *Client) Post(target string, pairs ...string) (*http.Response, string) {
	v.T.Helper()
	return v.Send(FormRequest(target, append(pairs, staff.CSRFField, v.CSRF)...))
}

// AuditActions lists the actions in the audit log that begin with a word, oldest
// first.
func AuditActions(t *testing.T, s *Server, action survey.Action) []survey.Action {
	t.Helper()
	var actions []survey.Action
	if err := s.Audit.Each(t.Context(), audit.EntryFilter{Action: action}, func(e audit.ChainedEntry) error {
		actions = append(actions, e.Action)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return actions
}
