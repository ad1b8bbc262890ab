package page

import (
	"math/rand/v2"
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
	n := rand.Uint64() //nolint:gosec // a name for a log line, not a secret
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
	if origin == "" {
		return false, false
	}
	u, err := url.Parse(origin)
	here = err == nil && u.Host != "" && (u.Host == c.Hostname() || u.Scheme+"://"+u.Host == s.PublicURL)
	return here, !here
}

// SameOrigin refuses what another site sends in a visitor's name, for the
// forms that come before there is a session.
func (s *Site) SameOrigin(c *fiber.Ctx) error {
	if _, foreign := s.FromHere(c); foreign {
		return survey.NewError(survey.Forbidden, "take a form of another site", nil)
	}
	return c.Next()
}
