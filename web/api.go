package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"

	"github.com/gofiber/fiber/v2"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/web/api"
)

// mountAPI adds the interface for programs.
func (s *Server) mountAPI() error {
	return api.Mount(s.app, api.Config{
		Catalog: s.config.Catalog, Intake: s.config.Intake, Links: s.links, Audit: s.audit,
		Figures: apiFigures{s}, Words: apiWords{s},
		Token: s.tokenOf, Limit: s.limitToken, PublicURL: s.publicURL, LinkPath: linkPath, Now: s.config.Now,
	})
}

// tokenOf returns the token of a secret: the one of the settings, which may
// read everything, or one that was issued. Unauthenticated for any other.
func (s *Server) tokenOf(ctx context.Context, secret string) (survey.Token, error) {
	// Digests have one length, so that the comparison tells nothing of it.
	want, got := sha256.Sum256([]byte(s.config.APIToken)), sha256.Sum256([]byte(secret))
	if s.config.APIToken != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
		return survey.Token{ID: survey.HashSecret(secret), Grant: survey.Grant{Role: survey.Viewer}}, nil
	}
	return s.accounts.Token(ctx, secret)
}

// limitToken bounds the requests of one program.
func (s *Server) limitToken(c *fiber.Ctx, token string) error {
	if wait := s.rates.token.take(token); wait > 0 {
		return tooMany(c, wait)
	}
	return nil
}

// apiFigures answers programs with the figures that pages show.
type apiFigures struct{ server *Server }

// Table implements api.Figures.
func (f apiFigures) Table(ctx context.Context, q results.Query, from api.Source) (results.Table, *survey.Edition, error) {
	if from == api.SourceLive {
		t, err := f.server.results.Table(ctx, q)
		return t, nil, err
	}
	t, edition, err := f.server.table(ctx, q)
	switch {
	case err != nil:
		return t, nil, err
	case edition != nil:
		return t, &edition.Edition, nil
	case from == api.SourcePublished:
		return t, nil, &survey.Error{Kind: survey.NotFound, Op: "ask for figures", Key: "api.not_published"}
	}
	return t, nil, nil
}

// Verdicts implements api.Figures.
func (f apiFigures) Verdicts(ctx context.Context, on survey.Date) ([]results.Verdict, error) {
	return f.server.verdicts(ctx, on)
}

// apiWords says things to programs in the words of the pages.
type apiWords struct{ server *Server }

// Lang implements api.Words.
func (w apiWords) Lang(c *fiber.Ctx) survey.Lang { return viewOf(c).Lang }

// Say implements api.Words.
func (w apiWords) Say(lang survey.Lang, m survey.Message) string {
	return w.server.views.locales[lang].T(m.Key, m.Args...)
}

// GroupNames implements api.Words.
func (w apiWords) GroupNames(lang survey.Lang, t *results.Table) func(results.Group) string {
	return w.server.views.locales[lang].namer(w.server.config.Catalog(), t)
}

// parameter returns a parameter of the query as a string that outlives the request.
func parameter(c *fiber.Ctx, name string) string { return string(c.Context().QueryArgs().Peek(name)) }
