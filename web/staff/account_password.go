package staff

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
)

// passwordPage changes one's own password, or sets the first one.
type passwordPage struct {
	BasePage
	Form  page.Form
	First bool // by invitation: there is no current password
	Note  *survey.Message
	Login survey.Login
	// Provider is where an invitation is taken up without a password, empty for nowhere.
	Provider, ProviderName string
}

func (a *Area) passwordEdit(c *fiber.Ctx, who *SignedIn) error {
	return a.passwordShow(c, who, fiber.StatusOK, page.Form{}, nil)
}

func (a *Area) passwordShow(c *fiber.Ctx, who *SignedIn, status int, typed page.Form, note *survey.Message) error {
	page := passwordPage{BasePage: a.NewPage(c, who, "account.password.title", "/staff/account", "account.title"), Form: typed, Note: note, Login: who.User.Login}
	if who.User.MustChange && note == nil {
		page.Note = &survey.Message{Key: "account.must_change"}
	}
	return a.Render(c, status, "staff/password", page)
}

func (a *Area) passwordSave(c *fiber.Ctx, who *SignedIn) error {
	typed := page.FormOf(c)
	err := checkRepeated(typed)
	if err == nil {
		err = a.Accounts.ChangePassword(c.UserContext(), who.Actor(), who.User.Login, typed.Raw("current_password"), typed.Raw("password"), a.clientOf(c), who.Session)
	}
	if err == nil {
		return a.Done(c, "/staff/account", "password_changed")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if wrong, ok := typed.Wrong(err); ok {
		return a.passwordShow(c, who, f.Status, wrong, nil)
	}
	if f.Kind == survey.RateLimited {
		page.RetryAfter(c, err)
		return a.passwordShow(c, who, f.Status, typed, &f.Message)
	}
	return err
}

// checkRepeated checks that a new password was typed the same way twice.
func checkRepeated(typed page.Form) error {
	if typed.Raw("password") == typed.Raw("password_again") {
		return nil
	}
	return &survey.Error{Kind: survey.Invalid, Op: "set password", Fields: map[string]survey.Message{"password_again": {Key: "account.password_differs"}}}
}

func (a *Area) invitationShow(c *fiber.Ctx) error {
	return a.invitationForm(c, fiber.StatusOK, page.Form{})
}

func (a *Area) invitationForm(c *fiber.Ctx, status int, typed page.Form) error {
	user, err := a.Accounts.Invited(c.UserContext(), Unescaped(c.Params("invitation")))
	if err != nil {
		return err
	}
	view := passwordPage{BasePage: a.outsidePage(c, "account.invited.title"), Form: typed, First: true, Login: user.Login}
	if a.provider != nil {
		view.Provider, view.ProviderName = oidcPath+"?"+page.AsQuery("invitation", Unescaped(c.Params("invitation"))), a.provider.Name
	}
	view.Note = &survey.Message{Key: "account.invited.text", Args: []any{user.Name, string(user.Login)}}
	return a.Render(c, status, "staff/password", view)
}

// invitationSave sets the first password. The person signs in with it then,
// which also shows that they know it.
func (a *Area) invitationSave(c *fiber.Ctx) error {
	typed := page.FormOf(c)
	err := checkRepeated(typed)
	if err == nil {
		_, err = a.Accounts.TakeInvite(c.UserContext(), strings.Clone(Unescaped(c.Params("invitation"))), typed.Raw("password"))
	}
	if err == nil {
		return c.Redirect(a.Page(c).Link("/staff/login?"+page.AsQuery("done", "invitation_taken")), fiber.StatusSeeOther)
	}
	if wrong, ok := typed.Wrong(err); ok {
		return a.invitationForm(c, fiber.StatusUnprocessableEntity, wrong)
	}
	return err
}
