package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// bearerKey is where the program behind a request is kept.
type bearerKey struct{}

// bearer returns the token of the program behind a request.
func bearer(c *fiber.Ctx) people.Token {
	token, _ := c.Locals(bearerKey{}).(people.Token)
	return token
}

// tokenOf returns the token of a secret: the one of the settings, which may
// read everything, or one that was issued. Unauthenticated for any other.
func (s *Server) tokenOf(ctx context.Context, secret string) (people.Token, error) {
	// Digests have one length, so that the comparison tells nothing of it.
	want, got := sha256.Sum256([]byte(s.config.APIToken)), sha256.Sum256([]byte(secret))
	if s.config.APIToken != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
		return people.Token{ID: people.HashSecret(secret), Grant: survey.Grant{Role: survey.Viewer}}, nil
	}
	return s.Accounts.Token(ctx, secret)
}

// allow admits programs whose token allows something and that do not flood.
func (s *Server) allow(need survey.Permission) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		scheme, secret, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
		if !strings.EqualFold(scheme, "Bearer") || secret == "" {
			c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="hailong"`)
			return &survey.Error{Kind: survey.Unauthenticated, Op: "use the API", Key: "api.token_needed"}
		}
		token, err := s.tokenOf(c.UserContext(), strings.Clone(secret))
		switch {
		case err != nil && survey.KindOf(err) == survey.Unauthenticated:
			c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="hailong", error="invalid_token"`)
			return err
		case err != nil:
			return err
		case !token.Grant.May(need):
			return &survey.Error{Kind: survey.Forbidden, Op: "use the API", Key: "api.not_allowed"}
		}
		if wait := s.Rates.Token.Take(token.ID); wait > 0 {
			return page.TooMany(c, wait)
		}
		c.Locals(bearerKey{}, token)
		return c.Next()
	}
}

// takes refuses a parameter of the query that is not among the known: a filter
// that is mistyped must not answer with everything.
func takes(known ...string) fiber.Handler {
	known = append(slices.Clone(known), "lang")
	return func(c *fiber.Ctx) error {
		for _, name := range slices.Sorted(maps.Keys(c.Queries())) {
			if !slices.Contains(known, name) {
				return &survey.Error{
					Kind: survey.Invalid, Op: "read parameters", Key: "api.unknown_parameter",
					Args: []any{strings.Clone(name), strings.Join(known, ", ")},
				}
			}
		}
		return c.Next()
	}
}

// sendJSON answers a program. Letters stay letters: "Bum Tở", not escapes.
func sendJSON(c *fiber.Ctx, v any) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	e := json.NewEncoder(c.Response().BodyWriter())
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
