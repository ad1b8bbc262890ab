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

// Access is what the bearer of a token may do.
type Access int

// The kinds of access, each including those before it.
const (
	NoAccess Access = iota
	ReadAccess
	WriteAccess
)

// Tokens knows the tokens of programs.
type Tokens interface {
	// Access tells what the bearer of a token may do, NoAccess for a token
	// that is not known. It must take the same time for every wrong token.
	Access(ctx context.Context, token string) (Access, error)
}

// ReadToken is the one token that may read. The empty one admits nobody.
type ReadToken string

// Access implements Tokens.
func (t ReadToken) Access(_ context.Context, token string) (Access, error) {
	if t == "" {
		return NoAccess, nil
	}
	// Digests have one length, so that the comparison tells nothing of it.
	want, got := sha256.Sum256([]byte(t)), sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
		return ReadAccess, nil
	}
	return NoAccess, nil
}

// allow admits requests whose token has an access.
func (s *Server) allow(need Access) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
		access := NoAccess
		if s.config.Tokens != nil && strings.EqualFold(scheme, "Bearer") && token != "" {
			var err error
			if access, err = s.config.Tokens.Access(c.UserContext(), strings.Clone(token)); err != nil {
				return err
			}
		}
		switch {
		case access == NoAccess:
			c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="hailong"`)
			return &survey.Error{Kind: survey.Unauthenticated, Op: "use the API", Key: "api.token_needed"}
		case access < need:
			return &survey.Error{Kind: survey.Forbidden, Op: "use the API", Key: "api.read_only"}
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

// parameter returns a parameter of the query as a string that outlives the request.
func parameter(c *fiber.Ctx, name string) string { return string(c.Context().QueryArgs().Peek(name)) }
