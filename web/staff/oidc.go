package staff

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/oauth2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// OIDC is an identity provider that members of staff may sign in with instead
// of a password. It says who somebody is; accounts, roles and scopes stay here,
// and it makes none.
type OIDC struct {
	Issuer       string // "https://sso.example.gov.vn/realms/staff"; empty: no provider
	ClientID     string
	ClientSecret string // empty for a public client
	Claim        string // whose value is the login; empty: preferred_username
	Name         string // on the button; empty: the issuer's host
}

// The cookie that ties a browser to the sign-in it began.
const (
	oidcPath     = "/staff/login/oidc"
	oidcCallback = oidcPath + "/callback"
	oidcLifetime = 10 * time.Minute
)

// Provider is an OIDC with what its issuer publishes about itself, asked for at
// the first sign-in: a server must start while the provider is down.
type Provider struct {
	OIDC
	now func() time.Time

	mu         sync.Mutex
	discovered *oidc.Provider
}

func newProvider(o OIDC, now func() time.Time) (*Provider, error) {
	if o.Issuer == "" {
		return nil, nil //nolint:nilnil // no provider is a common setting, not a failure
	}
	issuer, err := url.Parse(o.Issuer)
	if err != nil || issuer.Host == "" || (issuer.Scheme != "https" && issuer.Scheme != "http") {
		return nil, fmt.Errorf("web: the issuer %q is no address", o.Issuer)
	}
	if o.ClientID == "" {
		return nil, errors.New("web: an identity provider needs a client id")
	}
	if o.Claim == "" {
		o.Claim = "preferred_username"
	}
	if o.Name == "" {
		o.Name = issuer.Host
	}
	return &Provider{OIDC: o, now: now}, nil
}

// client returns what talks to the provider.
func (p *Provider) client(ctx context.Context, redirect string) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discovered == nil {
		// The keys are fetched again later, so that the context must outlive the request.
		found, err := oidc.NewProvider(context.WithoutCancel(ctx), p.Issuer)
		if err != nil {
			return nil, nil, survey.NewError(survey.Unavailable, "ask the identity provider", err)
		}
		p.discovered = found
	}
	config := &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: redirect,
		Endpoint: p.discovered.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
	return config, p.discovered.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.now}), nil
}

// oidcSignIn is a sign-in under way. Everything that has to be unguessable follows
// from the secret in the browser's cookie, so that the server keeps nothing.
type oidcSignIn struct{ secret, next string }

func (t oidcSignIn) state() string { return people.HashSecret("state " + t.secret) }

func (t oidcSignIn) nonce() string { return people.HashSecret("nonce " + t.secret) }

func (t oidcSignIn) verifier() string { return people.HashSecret("verifier " + t.secret) }

func (t oidcSignIn) cookie() string { return t.secret + "." + url.QueryEscape(t.next) }

func parseOIDCSignIn(cookie string) (oidcSignIn, bool) {
	secret, next, found := strings.Cut(cookie, ".")
	next, err := url.QueryUnescape(next)
	return oidcSignIn{strings.Clone(secret), localPath(next)}, found && err == nil && secret != ""
}

func (a *Area) oidcCookie(c *fiber.Ctx) string { return a.cookieName(c) + "-oidc" }

// oidcStart sends the browser to the provider.
func (a *Area) oidcStart(c *fiber.Ctx) error {
	config, _, err := a.provider.client(c.UserContext(), a.BaseURL(c)+oidcCallback)
	if err != nil {
		return err
	}
	t := oidcSignIn{people.NewSecret(), localPath(c.Query("next"))}
	a.SetCookie(c, a.oidcCookie(c), t.cookie(), oidcLifetime)
	address := config.AuthCodeURL(t.state(), oidc.Nonce(t.nonce()), oauth2.S256ChallengeOption(t.verifier()))
	return c.Redirect(address, fiber.StatusSeeOther)
}

// oidcFinish takes the browser back from the provider.
func (a *Area) oidcFinish(c *fiber.Ctx) error {
	refused := func(cause error) error {
		return &survey.Error{Kind: survey.Unauthenticated, Op: "sign in with the identity provider", Key: "account.oidc_failed", Err: cause}
	}
	t, ok := parseOIDCSignIn(c.Cookies(a.oidcCookie(c)))
	a.SetCookie(c, a.oidcCookie(c), "", 0)
	if !ok || subtle.ConstantTimeCompare([]byte(c.Query("state")), []byte(t.state())) != 1 {
		return a.oidcAgain(c, refused(errors.New("the answer belongs to no sign-in of this browser")))
	}
	login, err := a.oidcLogin(c, t)
	if err != nil {
		if survey.Is(err, survey.Unavailable) {
			return err
		}
		return a.oidcAgain(c, refused(err))
	}
	user, err := a.Accounts.User(c.UserContext(), login)
	switch {
	case err != nil && !survey.Is(err, survey.NotFound):
		return err
	case err != nil:
		return a.oidcAgain(c, &survey.Error{Kind: survey.Forbidden, Op: "sign in", Key: "account.oidc_unknown", Args: []any{string(login)}})
	case user.Disabled:
		return a.oidcAgain(c, &survey.Error{Kind: survey.Forbidden, Op: "sign in", Key: "account.disabled"})
	}
	return a.admit(c, &user, t.next, "")
}

// oidcLogin exchanges the code of the provider's answer for the login it stands for.
func (a *Area) oidcLogin(c *fiber.Ctx, t oidcSignIn) (survey.Login, error) {
	if problem := c.Query("error"); problem != "" {
		return "", fmt.Errorf("the provider answers %q", problem)
	}
	ctx := c.UserContext()
	config, verifier, err := a.provider.client(ctx, a.BaseURL(c)+oidcCallback)
	if err != nil {
		return "", err
	}
	token, err := config.Exchange(ctx, strings.Clone(c.Query("code")), oauth2.VerifierOption(t.verifier()))
	if err != nil {
		return "", err
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", errors.New("the provider sends no ID token")
	}
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(t.nonce())) != 1 {
		return "", errors.New("the ID token is of another sign-in")
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return "", err
	}
	// An address that nobody has verified could be anybody's.
	if verified, given := claims["email_verified"].(bool); a.provider.Claim == "email" && given && !verified {
		return "", errors.New("the e-mail address is not verified")
	}
	login, ok := claims[a.provider.Claim].(string)
	if !ok || login == "" {
		return "", fmt.Errorf("the ID token has no %q; choose another claim", a.provider.Claim)
	}
	return survey.NormalLogin(login), nil
}

// oidcAgain shows the sign-in page with what went wrong.
func (a *Area) oidcAgain(c *fiber.Ctx, err error) error {
	a.Log.Warn("sign-in with the identity provider refused", "request", page.RequestID(c), "error", err)
	f := page.FailureOf(err, page.RequestID(c))
	page := a.loginPage(c)
	page.URLPath, page.Query = "/staff/login", url.Values{} // not the provider's answer
	page.Note = &f.Message
	return a.Render(c, f.Status, "staff/login", page)
}
