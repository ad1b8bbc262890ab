package people

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
	"hailong/web/staff"
)

// tokenPage lists the tokens of programs and makes new ones.
type tokenPage struct {
	staff.StaffPage
	Form   page.Form
	Tokens []tokenRow
	Secret string // of a token just made
	staff.GrantChoices
}

type tokenRow struct {
	people.Token
	Scope []survey.Text
	Live  bool
}

func (s *Handlers) tokenList(c *fiber.Ctx, who *staff.SignedIn) error {
	return s.tokenShow(c, who, fiber.StatusOK, page.FormWith("role", string(survey.Viewer)), "")
}

func (s *Handlers) tokenShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form, secret string) error {
	page := tokenPage{StaffPage: s.StaffPage(c, who, "token.list"), Form: typed, Secret: secret}
	page.GrantChoices = s.GrantChoices(page.Lang)
	all, err := s.Accounts.AllTokens(c.UserContext())
	if err != nil {
		return err
	}
	for _, token := range all {
		page.Tokens = append(page.Tokens, tokenRow{token, staff.UnitNames(s.Catalog(), token.Grant.Scope.Units), token.Live(s.Now())})
	}
	return s.Render(c, status, "staff/tokens", page)
}

func (s *Handlers) tokenCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	expires := survey.Date(typed.Value("expires"))
	if day, err := survey.ParseDate(string(expires)); err == nil {
		expires = day
	}
	secret, err := s.Accounts.IssueToken(c.UserContext(), who.Actor(), typed.Value("name"), grantOf(typed), expires)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return s.tokenShow(c, who, fiber.StatusUnprocessableEntity, wrong, "")
		}
		return err
	}
	return s.tokenShow(c, who, fiber.StatusOK, page.FormWith("role", string(survey.Viewer)), secret)
}

func (s *Handlers) tokenConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	all, err := s.Accounts.AllTokens(c.UserContext())
	if err != nil {
		return err
	}
	for _, token := range all {
		if token.ShortID() == c.Params("token") && token.Revoked.IsZero() {
			return s.Confirm(c, staff.Confirmation{
				StaffPage: s.StaffPage(c, who, "token.revoke", "/staff/tokens", "token.list"),
				Text:      survey.Message{Key: "token.revoke.text", Args: []any{token.Name}},
				Action:    "/staff/tokens/" + token.ShortID() + "/revoke", Button: "token.revoke", Danger: true, Cancel: "/staff/tokens",
			})
		}
	}
	return fiber.ErrNotFound
}

func (s *Handlers) tokenRevoke(c *fiber.Ctx, who *staff.SignedIn) error {
	if err := s.Accounts.RevokeToken(c.UserContext(), who.Actor(), strings.Clone(c.Params("token"))); err != nil {
		return err
	}
	return s.Done(c, "/staff/tokens", "token_revoked")
}
