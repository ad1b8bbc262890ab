package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// tokenPage lists the tokens of programs and makes new ones.
type tokenPage struct {
	StaffPage
	Form   form
	Tokens []tokenRow
	Secret string // of a token just made
	grantChoices
}

type tokenRow struct {
	people.Token
	Scope []survey.Text
	Live  bool
}

func (s *Server) tokenList(c *fiber.Ctx, who *signedIn) error {
	return s.tokenShow(c, who, fiber.StatusOK, formWith("role", string(survey.Viewer)), "")
}

func (s *Server) tokenShow(c *fiber.Ctx, who *signedIn, status int, typed form, secret string) error {
	page := tokenPage{StaffPage: s.staffPage(c, who, "token.list"), Form: typed, Secret: secret}
	page.grantChoices = s.grantChoices(page.Lang)
	all, err := s.accounts.AllTokens(c.UserContext())
	if err != nil {
		return err
	}
	for _, token := range all {
		page.Tokens = append(page.Tokens, tokenRow{token, unitNames(s.Catalog(), token.Grant.Scope.Units), token.Live(s.Now())})
	}
	return s.render(c, status, "staff/tokens", page)
}

func (s *Server) tokenCreate(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	expires := survey.Date(typed.Value("expires"))
	if day, err := survey.ParseDate(string(expires)); err == nil {
		expires = day
	}
	secret, err := s.accounts.IssueToken(c.UserContext(), who.Actor(), typed.Value("name"), grantOf(typed), expires)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.tokenShow(c, who, fiber.StatusUnprocessableEntity, wrong, "")
		}
		return err
	}
	return s.tokenShow(c, who, fiber.StatusOK, formWith("role", string(survey.Viewer)), secret)
}

func (s *Server) tokenConfirm(c *fiber.Ctx, who *signedIn) error {
	all, err := s.accounts.AllTokens(c.UserContext())
	if err != nil {
		return err
	}
	for _, token := range all {
		if token.ShortID() == c.Params("token") && token.Revoked.IsZero() {
			return s.confirm(c, confirmation{
				StaffPage: s.staffPage(c, who, "token.revoke", "/staff/tokens", "token.list"),
				Text:      survey.Message{Key: "token.revoke.text", Args: []any{token.Name}},
				Action:    "/staff/tokens/" + token.ShortID() + "/revoke", Button: "token.revoke", Danger: true, Cancel: "/staff/tokens",
			})
		}
	}
	return fiber.ErrNotFound
}

func (s *Server) tokenRevoke(c *fiber.Ctx, who *signedIn) error {
	if err := s.accounts.RevokeToken(c.UserContext(), who.Actor(), strings.Clone(c.Params("token"))); err != nil {
		return err
	}
	return s.done(c, "/staff/tokens", "token_revoked")
}
