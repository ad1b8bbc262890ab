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
	staff.BasePage
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

func (h *Handlers) tokenList(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.tokenShow(c, who, fiber.StatusOK, page.FormWith("role", string(survey.Viewer)), "")
}

func (h *Handlers) tokenShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form, secret string) error {
	page := tokenPage{BasePage: h.NewPage(c, who, "token.list"), Form: typed, Secret: secret}
	page.GrantChoices = h.GrantChoices(page.Lang)
	all, err := h.Accounts.AllTokens(c.UserContext())
	if err != nil {
		return err
	}
	for _, token := range all {
		page.Tokens = append(page.Tokens, tokenRow{token, staff.UnitNames(h.Catalog(), token.Grant.Scope.Units), token.Live(h.Now())})
	}
	return h.Render(c, status, "staff/tokens", page)
}

func (h *Handlers) tokenCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	expires := survey.Date(typed.Value("expires"))
	if day, err := survey.ParseDate(string(expires)); err == nil {
		expires = day
	}
	secret, err := h.Accounts.IssueToken(c.UserContext(), who.Actor(), typed.Value("name"), grantOf(typed), expires)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.tokenShow(c, who, fiber.StatusUnprocessableEntity, wrong, "")
		}
		return err
	}
	return h.tokenShow(c, who, fiber.StatusOK, page.FormWith("role", string(survey.Viewer)), secret)
}

func (h *Handlers) tokenConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	all, err := h.Accounts.AllTokens(c.UserContext())
	if err != nil {
		return err
	}
	for _, token := range all {
		if token.ShortID() == c.Params("token") && token.Revoked.IsZero() {
			return h.Confirm(c, staff.Confirmation{
				BasePage: h.NewPage(c, who, "token.revoke", "/staff/tokens", "token.list"),
				Text:     survey.Message{Key: "token.revoke.text", Args: []any{token.Name}},
				Action:   "/staff/tokens/" + token.ShortID() + "/revoke", Button: "token.revoke", Danger: true, Cancel: "/staff/tokens",
			})
		}
	}
	return fiber.ErrNotFound
}

func (h *Handlers) tokenRevoke(c *fiber.Ctx, who *staff.SignedIn) error {
	if err := h.Accounts.RevokeToken(c.UserContext(), who.Actor(), strings.Clone(c.Params("token"))); err != nil {
		return err
	}
	return h.Done(c, "/staff/tokens", "token_revoked")
}
