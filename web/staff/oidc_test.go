package staff_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web"
	"hailong/web/page"
	"hailong/web/servertest"
	"hailong/web/staff"
)

// identityProvider is an OpenID provider, as small as the standard lets it be:
// discovery, authorization code with PKCE, signed ID tokens, published keys.
// Everybody who comes is the person of its claims.
type identityProvider struct {
	*httptest.Server
	key    *rsa.PrivateKey
	claims map[string]any        // of the next ID tokens
	change func(map[string]any)  // falsifies them
	codes  map[string]url.Values // authorization requests by code
}

const (
	oidcClient = "hailong"
	oidcSecret = "between the two"
)

func newIdentityProvider(t *testing.T, claims map[string]any) *identityProvider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &identityProvider{key: key, claims: claims, codes: map[string]url.Values{}, change: func(map[string]any) {}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("client_id") != oidcClient || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || !strings.Contains(q.Get("scope"), "openid") {
			http.Error(w, "invalid_request", http.StatusBadRequest)
			return
		}
		code := rand.Text()
		p.codes[code] = q
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		asked, known := p.codes[r.PostFormValue("code")]
		delete(p.codes, r.PostFormValue("code"))
		id, secret, basic := r.BasicAuth()
		if !basic {
			id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
		}
		secret, _ = url.QueryUnescape(secret)
		verifier := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		if !known || id != oidcClient || secret != oidcSecret || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") ||
			base64.RawURLEncoding.EncodeToString(verifier[:]) != asked.Get("code_challenge") {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		token := map[string]any{
			"iss": p.URL, "aud": oidcClient, "sub": "42", "nonce": asked.Get("nonce"),
			"iat": servertest.Now.Unix(), "exp": servertest.Now.Add(time.Minute).Unix(),
		}
		for name, value := range p.claims {
			token[name] = value
		}
		p.change(token)
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}, nil)
		if err != nil {
			t.Error(err)
			return
		}
		signed, err := jwt.Signed(signer).Claims(token).Serialize()
		if err != nil {
			t.Error(err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "id_token": signed})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// newOIDCServer is a server whose staff may sign in at p.
func newOIDCServer(t *testing.T, p *identityProvider) *servertest.Server {
	t.Helper()
	s := servertest.New(t, func(c *web.Config) {
		c.OIDC = staff.OIDC{Issuer: p.URL, ClientID: oidcClient, ClientSecret: oidcSecret, Name: "SSO tỉnh"}
	})
	servertest.AddUser(t, s, "lan.nt", survey.Grant{Role: survey.Viewer})
	link(t, s, p, "lan.nt", "42")
	servertest.AddUser(t, s, "off", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.Disabled = true })
	link(t, s, p, "off", "99")
	return s
}

// link binds somebody at the provider to an account.
func link(t *testing.T, s *servertest.Server, p *identityProvider, login survey.Login, subject string) {
	t.Helper()
	if err := s.Accounts.LinkIdentity(t.Context(), survey.Actor{}, login, p.URL, subject); err != nil {
		t.Fatal(err)
	}
}

// cookies keeps those of a test browser that has several.
type cookies map[string]string

func (k cookies) get(t *testing.T, s *servertest.Server, target string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	for name, value := range k {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, body := servertest.Do(t, s, r)
	for _, c := range resp.Cookies() {
		k[c.Name] = c.Value
	}
	return resp, body
}

// there goes to the provider with a fresh sign-in and returns the address it
// sends the browser back to.
func (k cookies) there(t *testing.T, s *servertest.Server) string {
	t.Helper()
	return k.through(t, s, "/staff/login/oidc?next=/staff/account")
}

// through is there for a way in of one's own.
func (k cookies) through(t *testing.T, s *servertest.Server, start string) string {
	t.Helper()
	resp, _ := k.get(t, s, start)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	back, err := client.Get(resp.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	defer back.Body.Close()
	if back.StatusCode != http.StatusFound {
		body, _ := io.ReadAll(back.Body)
		t.Fatalf("the provider answers %d %s", back.StatusCode, body)
	}
	return strings.TrimPrefix(back.Header.Get("Location"), "https://hailong.example")
}

func TestIdentityProvider(t *testing.T) {
	t.Parallel()
	p := newIdentityProvider(t, nil)
	s := newOIDCServer(t, p)
	k := cookies{}
	if _, body := k.get(t, s, "/staff/login?next=/staff/account"); !strings.Contains(body, "Đăng nhập bằng SSO tỉnh") {
		t.Error("the sign-in page does not name the provider")
	}
	resp, body := k.get(t, s, k.there(t, s))
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/staff/account" {
		t.Fatalf("%d to %q\n%s", resp.StatusCode, resp.Header.Get("Location"), body)
	}
	if resp, body := k.get(t, s, "/staff/account"); resp.StatusCode != http.StatusOK || !strings.Contains(body, "lan.nt") {
		t.Errorf("after the sign-in: %d", resp.StatusCode)
	}
}

func TestIdentityProviderRefused(t *testing.T) {
	t.Parallel()
	p := newIdentityProvider(t, nil)
	s := newOIDCServer(t, p)
	right := func(map[string]any) {}
	for _, tt := range []struct {
		name   string
		token  func(map[string]any)
		status int
		text   string
	}{
		{"NoAccount", func(c map[string]any) { c["sub"] = "stranger" }, http.StatusForbidden, "chưa gắn"},
		{"NameOfAnAccount", func(c map[string]any) {
			c["sub"], c["preferred_username"], c["email"], c["email_verified"] = "evil-7", " LAN.NT ", "lan.nt", true
		}, http.StatusForbidden, "chưa gắn"},
		{"Disabled", func(c map[string]any) { c["sub"] = "99" }, http.StatusForbidden, "tạm ngừng"},
		{"NobodyNamed", func(c map[string]any) { c["sub"] = "" }, http.StatusUnauthorized, "Chưa đăng nhập được"},
		{"TwoAudiences", func(c map[string]any) { c["aud"], c["azp"] = []string{oidcClient, "other"}, "other" }, http.StatusUnauthorized, "Chưa đăng nhập được"},
		{"OtherParty", func(c map[string]any) { c["azp"] = "other" }, http.StatusUnauthorized, "Chưa đăng nhập được"},
		{"OtherNonce", func(c map[string]any) { right(c); c["nonce"] = "x" }, http.StatusUnauthorized, "Chưa đăng nhập được"},
		{"OtherAudience", func(c map[string]any) { right(c); c["aud"] = "another" }, http.StatusUnauthorized, "Chưa đăng nhập được"},
		{"OtherIssuer", func(c map[string]any) { right(c); c["iss"] = "https://evil.example" }, http.StatusUnauthorized, "Chưa đăng nhập được"},
		{"Expired", func(c map[string]any) { right(c); c["exp"] = servertest.Now.Add(-time.Hour).Unix() }, http.StatusUnauthorized, "Chưa đăng nhập được"},
	} {
		p.change = tt.token
		k := cookies{}
		resp, body := k.get(t, s, k.there(t, s))
		doc := servertest.Document(t, body)
		if resp.StatusCode != tt.status || !strings.Contains(doc.Find("[role=alert]").Text(), tt.text) || k["__Host-hailong"] != "" {
			t.Errorf("%s: %d %q, session %q", tt.name, resp.StatusCode, doc.Find("[role=alert]").Text(), k["__Host-hailong"])
		}
	}
	p.change = right

	t.Run("AnswerForAnotherBrowser", func(t *testing.T) {
		victim, thief := cookies{}, cookies{}
		answer := thief.there(t, s)
		if resp, _ := victim.get(t, s, answer); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("a browser that began no sign-in: %d", resp.StatusCode)
		}
		victim.there(t, s)
		if resp, _ := victim.get(t, s, answer); resp.StatusCode != http.StatusUnauthorized || victim["__Host-hailong"] != "" {
			t.Errorf("a browser that began another sign-in: %d", resp.StatusCode)
		}
	})
	t.Run("AnswerTwice", func(t *testing.T) {
		k := cookies{}
		answer := k.there(t, s)
		kept := k["__Host-hailong-oidc"]
		if resp, _ := k.get(t, s, answer); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("the first time: %d", resp.StatusCode)
		}
		again := cookies{"__Host-hailong-oidc": kept}
		if resp, _ := again.get(t, s, answer); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("the second time: %d", resp.StatusCode)
		}
	})
	t.Run("ForeignKey", func(t *testing.T) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		p.key = key
		k := cookies{}
		if resp, _ := k.get(t, s, k.there(t, s)); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("a token signed with a key the provider did not publish: %d", resp.StatusCode)
		}
	})
}

// A server works while the provider is down; only the sign-in there does not.
func TestIdentityProviderDown(t *testing.T) {
	t.Parallel()
	p := newIdentityProvider(t, nil)
	s := newOIDCServer(t, p)
	p.Close()
	if resp, _ := servertest.Get(t, s, "/staff/login/oidc"); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%d", resp.StatusCode)
	}
	if resp, _ := servertest.Get(t, s, "/staff/login"); resp.StatusCode != http.StatusOK {
		t.Errorf("the sign-in page: %d", resp.StatusCode)
	}
}

func TestIdentityProviderSettings(t *testing.T) {
	t.Parallel()
	for says, o := range map[string]staff.OIDC{
		`the issuer "sso.example" is no address`: {Issuer: "sso.example", ClientID: "x"},
		"needs a client id":                      {Issuer: "https://sso.example"},
		"needs the public URL":                   {Issuer: "https://sso.example", ClientID: "x"},
	} {
		if _, err := staff.New(&staff.Pages{Site: &page.Site{Now: servertest.Clock}}, o, staff.HomeSources{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}

// Somebody who is signed in binds who they are at the provider, after they have seen who
// that is; an invitation is taken up without a password.
func TestIdentityIsBound(t *testing.T) {
	t.Parallel()
	p := newIdentityProvider(t, map[string]any{"sub": "7", "auth_time": servertest.Now.Unix()})
	s := newOIDCServer(t, p)
	servertest.AddUser(t, s, "minh", survey.Grant{Role: survey.Viewer})
	v := servertest.OpenSession(t, s, "minh")
	_, secret, _ := strings.Cut(v.Cookie, "=")
	k := cookies{"__Host-hailong": secret}
	resp, _ := k.get(t, s, k.through(t, s, "/staff/login/oidc?for=link"))
	if to := resp.Header.Get("Location"); to != "/staff/account/identity" {
		t.Fatalf("back from the provider: %d to %q", resp.StatusCode, to)
	}
	if _, err := s.Accounts.IdentityOwner(t.Context(), p.URL, "7"); !survey.Is(err, survey.NotFound) {
		t.Errorf("bound before the person said that it is them: %v", err)
	}
	if _, body := v.Get("/staff/account/identity"); !strings.Contains(servertest.Document(t, body).Find("main").Text(), "“7”") {
		t.Error("the page does not say who is to be bound")
	}
	if resp, _ := v.Post("/staff/account/identity"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("bound: %d", resp.StatusCode)
	}
	if owner, err := s.Accounts.IdentityOwner(t.Context(), p.URL, "7"); err != nil || owner.Login != "minh" {
		t.Errorf("bound to %q, %v", owner.Login, err)
	}
	// Another account cannot have the same person.
	hoa, admission, err := s.Accounts.Hire(t.Context(), survey.Actor{}, "hoa", "Hoa", survey.Grant{Role: survey.Viewer}, true)
	if err != nil {
		t.Fatal(err)
	}
	invite := "/staff/login/oidc?" + page.AsQuery("invitation", admission.Invitation)
	k = cookies{}
	if resp, _ := k.get(t, s, k.through(t, s, invite)); resp.StatusCode != http.StatusConflict || k["__Host-hailong"] != "" {
		t.Errorf("an invitation with somebody who has an account: %d", resp.StatusCode)
	}
	p.claims["sub"] = "8"
	if resp, _ := k.get(t, s, k.through(t, s, invite)); resp.Header.Get("Location") != "/staff" {
		t.Errorf("an invitation: %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if owner, err := s.Accounts.IdentityOwner(t.Context(), p.URL, "8"); err != nil || owner.Login != hoa.Login || owner.Invite != nil {
		t.Errorf("the invitation bound %+v, %v", owner, err)
	}
	err = s.Accounts.UnlinkIdentity(t.Context(), survey.Actor{Login: "hoa"}, "hoa", mustIdentity(t, s, "hoa"))
	if !survey.Is(err, survey.Forbidden) {
		t.Errorf("the only way in is given up: %v", err)
	}
	if resp, _ := v.Post("/staff/account/identity/" + mustIdentity(t, s, "minh") + "/unlink"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("unlinked: %d", resp.StatusCode)
	}
	if _, err := s.Accounts.IdentityOwner(t.Context(), p.URL, "7"); !survey.Is(err, survey.NotFound) {
		t.Errorf("still bound: %v", err)
	}
}

func mustIdentity(t *testing.T, s *servertest.Server, login survey.Login) string {
	t.Helper()
	bound, err := s.Accounts.IdentitiesOf(t.Context(), login)
	if err != nil || len(bound) != 1 {
		t.Fatalf("%d identities, %v", len(bound), err)
	}
	return bound[0].Name()
}

// Somebody without a password confirms who they are at the provider, anew.
func TestStepUpAtTheProvider(t *testing.T) {
	t.Parallel()
	p := newIdentityProvider(t, map[string]any{"sub": "8"})
	s := newOIDCServer(t, p)
	servertest.AddUser(t, s, "hoa", survey.Grant{Role: survey.Administrator}, func(u *people.User) { u.Password = "" })
	link(t, s, p, "hoa", "8")
	v := leftOpen(t, s, "hoa")
	_, secret, _ := strings.Cut(v.Cookie, "=")
	k := cookies{"__Host-hailong": secret}
	asks := func() bool {
		_, body := v.Post("/staff/tokens", "name", "Cổng")
		doc := servertest.Document(t, body)
		return doc.Find("a[href='/staff/login/oidc?for=confirm']").Length() == 1 && doc.Find("[name=name][value=Cổng]").Length() == 1
	}
	if !asks() {
		t.Error("the page does not lead to the provider, or forgets what was typed")
	}
	for _, since := range []time.Duration{0, time.Hour} { // no time, and one of this morning
		if since > 0 {
			p.claims["auth_time"] = servertest.Now.Add(-since).Unix()
		}
		if resp, _ := k.get(t, s, k.through(t, s, "/staff/login/oidc?for=confirm")); resp.StatusCode != http.StatusForbidden || !asks() {
			t.Errorf("signed in there %s ago: %d", since, resp.StatusCode)
		}
	}
	p.claims["auth_time"] = servertest.Now.Unix()
	if resp, _ := k.get(t, s, k.through(t, s, "/staff/login/oidc?for=confirm")); resp.StatusCode != http.StatusSeeOther || asks() {
		t.Errorf("signed in there just now: %d", resp.StatusCode)
	}
}
