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
	servertest.AddUser(t, s, "off", survey.Grant{Role: survey.Viewer}, func(u *people.User) { u.Disabled = true })
	return s
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
	resp, _ := k.get(t, s, "/staff/login/oidc?next=/staff/account")
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
	p := newIdentityProvider(t, map[string]any{"preferred_username": "Lan.NT"})
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
	right := func(token map[string]any) { token["preferred_username"] = "lan.nt" }
	for _, tt := range []struct {
		name   string
		token  func(map[string]any)
		status int
		text   string
	}{
		{"NoAccount", func(c map[string]any) { c["preferred_username"] = "stranger" }, http.StatusForbidden, "stranger"},
		{"Disabled", func(c map[string]any) { c["preferred_username"] = "off" }, http.StatusForbidden, "tạm ngừng"},
		{"NoClaim", func(map[string]any) {}, http.StatusUnauthorized, "Chưa đăng nhập được"},
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
	} {
		if _, err := staff.New(&staff.Pages{Site: &page.Site{Now: servertest.Clock}}, o, staff.HomeSources{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}
