package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// tokenKey is where the token of the program behind a request is kept.
type tokenKey struct{}

// tokenOf returns the token of the program behind a request.
func tokenOf(c *fiber.Ctx) people.Token {
	token, _ := c.Locals(tokenKey{}).(people.Token)
	return token
}

// findToken returns the token of a secret: the one of the settings, which may
// read everything, or one that was issued. Unauthenticated for any other.
func (h *Handlers) findToken(ctx context.Context, secret string) (people.Token, error) {
	// Digests have one length, so that the comparison tells nothing of it.
	want, got := sha256.Sum256([]byte(h.ownToken)), sha256.Sum256([]byte(secret))
	if h.ownToken != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
		return people.Token{ID: people.HashSecret(secret), Grant: survey.Grant{Role: survey.ReleaseReader}}, nil
	}
	return h.services.Accounts.Token(ctx, secret)
}

// bearer is the secret that a request shows, "" if none. What it returns is kept.
func bearer(c *fiber.Ctx) string {
	scheme, secret, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.Clone(secret)
}

// KnowsToken returns Unauthenticated for a request without a token that is valid.
func (h *Handlers) KnowsToken(ctx context.Context, c *fiber.Ctx) error {
	_, err := h.authenticate(ctx, c)
	return err
}

// authenticate returns the token of the program behind a request, Unauthenticated, or
// RateLimited where too many wrong ones came from its network.
func (h *Handlers) authenticate(ctx context.Context, c *fiber.Ctx) (people.Token, error) {
	secret := bearer(c)
	if secret == "" {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="hailong"`)
		return people.Token{}, &survey.Error{Kind: survey.Unauthenticated, Op: "use the API", Key: "api.token_needed"}
	}
	var token people.Token
	err := h.Rates.Guesses.Try(c, page.Network(h.Client(c)), people.HashSecret(secret), func() (err error) {
		token, err = h.findToken(ctx, secret)
		return err
	})
	if survey.Is(err, survey.Unauthenticated) {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="hailong", error="invalid_token"`)
	}
	return token, err
}

// admit lets programs in whose token allows something and that do not flood.
func (h *Handlers) admit(need survey.Permission) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		token, err := h.authenticate(c.UserContext(), c)
		switch {
		case err != nil:
			return err
		case !token.Grant.May(need):
			return &survey.Error{Kind: survey.Forbidden, Op: "use the API", Key: "api.not_allowed"}
		}
		if wait := h.Rates.Token.Take(token.ID); wait > 0 {
			return page.TooMany(c, wait)
		}
		c.Locals(tokenKey{}, token)
		return c.Next()
	}
}

// coversPoint reports whether a point lies in the scope of the program.
func (h *Handlers) coversPoint(c *fiber.Ctx, code survey.PointCode) bool {
	catalog := h.Catalog()
	point := catalog.Point(code)
	if point == nil {
		return false
	}
	return tokenOf(c).Grant.Covers(catalog, catalog.PointReach(point))
}

// inScope returns an error for figures outside the scope of the program. Whose
// scope is units has to name one of them: a total would tell of the others.
func (h *Handlers) inScope(c *fiber.Ctx, q tables.Query) error {
	grant, catalog := tokenOf(c).Grant, h.Catalog()
	if campaign := catalog.Campaign(q.Campaign); campaign != nil && !grant.Covers(catalog, campaign.Reach().Part()) {
		return survey.NewError(survey.NotFound, "ask for figures", nil)
	}
	if len(grant.Scope.Units) == 0 && grant.Role != survey.CommuneCommittee {
		return nil
	}
	for _, f := range q.Where {
		if (f.Dimension == tables.ByUnit || f.Dimension == tables.BySchool) && grant.CoversUnit(catalog, survey.UnitID(f.Key)) {
			return nil
		}
	}
	return &survey.Error{Kind: survey.Forbidden, Op: "ask for figures", Key: "api.unit_needed"}
}
