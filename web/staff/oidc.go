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
	redirect string // address that the provider sends people back to
	now      func() time.Time

	mu         sync.Mutex
	discovered *oidc.Provider
}

func newProvider(o OIDC, publicURL string, now func() time.Time) (*Provider, error) {
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
	if publicURL == "" {
		return nil, errors.New("web: an identity provider needs the public URL: it sends people back to it, never to what a request calls itself")
	}
	if o.Name == "" {
		o.Name = issuer.Host
	}
	return &Provider{OIDC: o, redirect: publicURL + oidcCallback, now: now}, nil
}

// client returns what talks to the provider.
func (p *Provider) client(ctx context.Context) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
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
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: p.redirect,
		Endpoint: p.discovered.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
	return config, p.discovered.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.now}), nil
}

// oidcPurpose is what somebody goes to the provider for.
type oidcPurpose string

const (
	toSignIn  oidcPurpose = "sign-in"
	toLink    oidcPurpose = "link"    // to bind who they are there to their account
	toInvite  oidcPurpose = "invite"  // to take an invitation up
	toConfirm oidcPurpose = "confirm" // to show once more who they are
)

// oidcSignIn is a sign-in under way. Everything that has to be unguessable follows
// from the secret in the browser's cookie, so that the server keeps nothing.
type oidcSignIn struct {
	secret  string
	purpose oidcPurpose
	about   string // where to go afterwards; of an invitation, its text
	session string // short name of the session that it began in, empty for none
}

func (t oidcSignIn) state() string { return people.HashSecret("state " + t.secret) }

func (t oidcSignIn) nonce() string { return people.HashSecret("nonce " + t.secret) }

func (t oidcSignIn) verifier() string { return people.HashSecret("verifier " + t.secret) }

func (t oidcSignIn) cookie() string {
	return strings.Join([]string{t.secret, string(t.purpose), t.session, url.QueryEscape(t.about)}, ".")
}

func parseOIDCSignIn(cookie string) (oidcSignIn, bool) {
	parts := strings.SplitN(strings.Clone(cookie), ".", 4)
	if len(parts) != 4 || parts[0] == "" {
		return oidcSignIn{}, false
	}
	about, err := url.QueryUnescape(parts[3])
	t := oidcSignIn{secret: parts[0], purpose: oidcPurpose(parts[1]), session: parts[2], about: about}
	if t.purpose != toInvite {
		t.about = localPath(about)
	}
	return t, err == nil
}

func (a *Area) oidcCookie(c *fiber.Ctx) string { return a.cookieName(c) + "-oidc" }

// oidcStart sends the browser to the provider.
func (a *Area) oidcStart(c *fiber.Ctx) error {
	t := oidcSignIn{secret: people.NewSecret(), purpose: toSignIn, about: localPath(strings.Clone(c.Query("next")))}
	if invitation := strings.Clone(c.Query("invitation")); invitation != "" {
		t.purpose, t.about = toInvite, invitation
	} else if p := oidcPurpose(c.Query("for")); p == toLink || p == toConfirm {
		who, err := a.signedIn(c)
		if err != nil {
			return a.askToSignIn(c)
		}
		t.purpose, t.session = oidcPurpose(strings.Clone(string(p))), who.Session.Name()
	}
	config, _, err := a.provider.client(c.UserContext())
	if err != nil {
		return err
	}
	a.SetCookie(c, a.oidcCookie(c), t.cookie(), oidcLifetime)
	options := []oauth2.AuthCodeOption{oidc.Nonce(t.nonce()), oauth2.S256ChallengeOption(t.verifier())}
	if t.purpose == toConfirm || t.purpose == toLink { // who they are now, not who signed in there this morning
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return c.Redirect(config.AuthCodeURL(t.state(), options...), fiber.StatusSeeOther)
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
	answer, err := a.oidcAnswer(c, t)
	switch {
	case survey.Is(err, survey.Unavailable):
		return err
	case err != nil:
		return a.oidcAgain(c, refused(err))
	}
	switch t.purpose {
	case toLink, toConfirm:
		return a.oidcForSession(c, t, answer)
	case toInvite:
		user, err := a.Accounts.TakeInviteBy(c.UserContext(), t.about, answer.issuer, answer.subject)
		if err != nil {
			return a.oidcAgain(c, err)
		}
		return a.admitBy(c, &user, "", "", answer.shown)
	case toSignIn:
	}
	user, err := a.Accounts.IdentityOwner(c.UserContext(), answer.issuer, answer.subject)
	switch {
	case err != nil && !survey.Is(err, survey.NotFound):
		return err
	case err != nil:
		return a.oidcAgain(c, &survey.Error{Kind: survey.Forbidden, Op: "sign in", Key: "account.oidc_unknown"})
	case user.Disabled:
		return a.oidcAgain(c, &survey.Error{Kind: survey.Forbidden, Op: "sign in", Key: "account.disabled"})
	}
	return a.admitBy(c, &user, t.about, "", answer.shown)
}

// oidcForSession takes the answer for somebody who is signed in here, in the session in
// which they went to the provider.
func (a *Area) oidcForSession(c *fiber.Ctx, t oidcSignIn, answer oidcAnswer) error {
	who, err := a.signedIn(c)
	if err != nil || who.Session.Name() != t.session {
		return a.oidcAgain(c, &survey.Error{Kind: survey.Unauthenticated, Op: "use the identity provider's answer", Key: "account.signed_out", Err: err})
	}
	if t.purpose == toLink {
		if err := a.Accounts.OfferIdentity(c.UserContext(), who.Session, answer.issuer, answer.subject); err != nil {
			return err
		}
		return c.Redirect(a.Page(c).Link(identityPath), fiber.StatusSeeOther)
	}
	owner, err := a.Accounts.IdentityOwner(c.UserContext(), answer.issuer, answer.subject)
	if err != nil && !survey.Is(err, survey.NotFound) {
		return err
	}
	if err != nil || owner.Login != who.User.Login || a.Now().Sub(answer.shown) > people.ConfirmedFor {
		if err := a.Audit.Record(c.UserContext(), who.Actor(), "account.confirm_failed", "users/"+string(who.User.Login), nil, nil); err != nil {
			return err
		}
		return &survey.Error{Kind: survey.Forbidden, Op: "confirm", Key: "account.oidc_failed", Err: err}
	}
	if err := a.Accounts.ConfirmedAt(c.UserContext(), who.Session, answer.shown); err != nil {
		return err
	}
	return c.Redirect(a.Page(c).Link(orHome(t.about)), fiber.StatusSeeOther)
}

// oidcAnswer is whom the provider knows, and when they last showed it who they are; zero
// where it does not say.
type oidcAnswer struct {
	issuer, subject string
	shown           time.Time
}

// oidcAnswer exchanges the code of the provider's answer for whom it stands for.
func (a *Area) oidcAnswer(c *fiber.Ctx, t oidcSignIn) (oidcAnswer, error) {
	if problem := c.Query("error"); problem != "" {
		return oidcAnswer{}, fmt.Errorf("the provider answers %q", problem)
	}
	ctx := c.UserContext()
	config, verifier, err := a.provider.client(ctx)
	if err != nil {
		return oidcAnswer{}, err
	}
	token, err := config.Exchange(ctx, strings.Clone(c.Query("code")), oauth2.VerifierOption(t.verifier()))
	if err != nil {
		return oidcAnswer{}, err
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return oidcAnswer{}, errors.New("the provider sends no ID token")
	}
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return oidcAnswer{}, err
	}
	return a.provider.answerOf(id, t)
}

// answerOf reads a verified ID token, which must be of this sign-in and for this program
// alone.
func (p *Provider) answerOf(id *oidc.IDToken, t oidcSignIn) (oidcAnswer, error) {
	var claims struct {
		AuthorizedParty string `json:"azp"`
		AuthTime        int64  `json:"auth_time"`
	}
	if err := id.Claims(&claims); err != nil {
		return oidcAnswer{}, err
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(t.nonce())) != 1:
		return oidcAnswer{}, errors.New("the ID token is of another sign-in")
	case len(id.Audience) != 1 || claims.AuthorizedParty != "" && claims.AuthorizedParty != p.ClientID:
		return oidcAnswer{}, errors.New("the ID token is for another program as well")
	case id.Subject == "":
		return oidcAnswer{}, errors.New("the ID token names nobody")
	}
	answer := oidcAnswer{issuer: id.Issuer, subject: id.Subject}
	if claims.AuthTime > 0 {
		answer.shown = time.Unix(claims.AuthTime, 0)
	}
	return answer, nil
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
