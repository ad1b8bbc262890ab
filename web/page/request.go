package page

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	mathrand "math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// RequestIDKey is where the id of a request is kept, for pages and the log.
type RequestIDKey struct{}

const requestIDAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// RequestID is short enough to be read out over the telephone.
func RequestID(c *fiber.Ctx) string {
	id, _ := c.Locals(RequestIDKey{}).(string)
	return id
}

// NewRequestID makes an id for a request.
func NewRequestID() string {
	var b [10]byte
	n := mathrand.Uint64() //nolint:gosec // a name for a log line, not a secret
	for i := range b {
		b[i] = requestIDAlphabet[n&31]
		n >>= 5
	}
	return string(b[:])
}

// Secure reports whether the browser speaks HTTPS, to this server or to a
// proxy before it.
func (s *Site) Secure(c *fiber.Ctx) bool {
	return strings.HasPrefix(s.PublicURL, "https://") || c.Protocol() == "https"
}

// SetCookie sets a cookie of the whole site that no script can read; without a lifetime
// it ends with the browser, and an empty value takes it away.
func (s *Site) SetCookie(c *fiber.Ctx, name, value string, lifetime time.Duration) {
	s.SetCookieBelow(c, "/", name, value, lifetime)
}

// SetCookieBelow sets a cookie that is sent to a path and what lies below it alone.
func (s *Site) SetCookieBelow(c *fiber.Ctx, path, name, value string, lifetime time.Duration) {
	cookie := &fiber.Cookie{
		Name: name, Value: value, Path: path, HTTPOnly: true, Secure: s.Secure(c), SameSite: fiber.CookieSameSiteLaxMode,
	}
	switch {
	case value == "":
		cookie.Expires = time.Unix(1, 0)
	case lifetime == 0:
		cookie.SessionOnly = true
	default:
		cookie.MaxAge = int(lifetime.Seconds())
	}
	c.Cookie(cookie)
}

// FromHere reports whether a browser says that the request comes from a page
// of this server. foreign reports that it says otherwise; a program says
// nothing.
func (s *Site) FromHere(c *fiber.Ctx) (here, foreign bool) {
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin", site != "same-origin" && site != "none"
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || origin == "null" { // so says a page without a referrer, as those with a secret in their address are
		return false, false
	}
	u, err := url.Parse(origin)
	here = err == nil && u.Host != "" && (u.Host == c.Hostname() || u.Scheme+"://"+u.Host == s.PublicURL)
	return here, !here
}

// NotForeign refuses what a browser says comes from another site.
func (s *Site) NotForeign(c *fiber.Ctx) error {
	if _, foreign := s.FromHere(c); foreign {
		return survey.NewError(survey.Forbidden, "take a form of another site", nil)
	}
	return c.Next()
}

// SameOrigin refuses what another site sends in a visitor's name, for the
// forms that come before there is a session: whoever is signed in unknowingly, to
// an account of somebody else, works for them. An old browser does not say where
// a form comes from; it has to show the token that the form's page gave it.
func (s *Site) SameOrigin(c *fiber.Ctx) error {
	here, foreign := s.FromHere(c)
	if !here && !foreign {
		secret := c.Cookies(s.formCookie(c))
		token := FormOf(c).Raw(FormTokenField)
		here = len(secret) == formSecretLength && subtle.ConstantTimeCompare([]byte(token), []byte(formToken(secret))) == 1
	}
	if !here {
		return &survey.Error{Kind: survey.Forbidden, Op: "take a form of another site", Key: "error.form_foreign"}
	}
	return c.Next()
}

// FormTokenField is the hidden field that carries the token of a form.
const FormTokenField = "csrf"

const formSecretLength = 26 // of rand.Text

// FormToken is the token of a form that SameOrigin guards. It is "" for a browser
// that will say by itself where the form comes from; any other gets a cookie.
func (s *Site) FormToken(c *fiber.Ctx) string {
	if c.Get("Sec-Fetch-Site") != "" {
		return ""
	}
	secret := strings.Clone(c.Cookies(s.formCookie(c)))
	if len(secret) != formSecretLength {
		secret = rand.Text()
		s.SetCookie(c, s.formCookie(c), secret, 0)
	}
	return formToken(secret)
}

// formToken follows from the secret of a cookie and gives nothing of it away.
func formToken(secret string) string {
	sum := sha256.Sum256([]byte("form " + secret))
	return hex.EncodeToString(sum[:])
}

func (s *Site) formCookie(c *fiber.Ctx) string {
	if s.Secure(c) {
		return "__Host-hailong-form"
	}
	return "hailong-form"
}
