package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// bearerKey is where the program behind a request is kept.
type bearerKey struct{}

// bearer returns what the program behind a request was trusted with.
func bearer(c *fiber.Ctx) survey.Grant {
	grant, _ := c.Locals(bearerKey{}).(survey.Grant)
	return grant
}

// grantOfToken returns the grant of a token: the one of the settings, which may
// read everything, or one that was issued. Unauthenticated for any other.
func (s *Server) grantOfToken(ctx context.Context, token string) (survey.Grant, error) {
	// Digests have one length, so that the comparison tells nothing of it.
	want, got := sha256.Sum256([]byte(s.config.APIToken)), sha256.Sum256([]byte(token))
	if s.config.APIToken != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
		return survey.Grant{Role: survey.Viewer}, nil
	}
	issued, err := s.accounts.Token(ctx, token)
	return issued.Grant, err
}

// allow admits programs whose token allows something.
func (s *Server) allow(need survey.Permission) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="hailong"`)
			return &survey.Error{Kind: survey.Unauthenticated, Op: "use the API", Key: "api.token_needed"}
		}
		grant, err := s.grantOfToken(c.UserContext(), strings.Clone(token))
		switch {
		case err != nil && survey.KindOf(err) == survey.Unauthenticated:
			c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="hailong", error="invalid_token"`)
			return err
		case err != nil:
			return err
		case !grant.May(need):
			return &survey.Error{Kind: survey.Forbidden, Op: "use the API", Key: "api.not_allowed"}
		}
		c.Locals(bearerKey{}, grant)
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

// parameter returns a parameter of the query as a string that outlives the request.
func parameter(c *fiber.Ctx, name string) string { return string(c.Context().QueryArgs().Peek(name)) }
