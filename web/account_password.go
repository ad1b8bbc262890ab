package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// passwordPage changes one's own password, or sets the first one.
type passwordPage struct {
	StaffPage
	Form  form
	First bool // by invitation: there is no current password
	Note  *survey.Message
	Login survey.Login
}

func (s *Server) passwordEdit(c *fiber.Ctx, who *signedIn) error {
	return s.passwordShow(c, who, fiber.StatusOK, form{}, nil)
}

func (s *Server) passwordShow(c *fiber.Ctx, who *signedIn, status int, typed form, note *survey.Message) error {
	page := passwordPage{StaffPage: s.staffPage(c, who, "account.password.title", "/staff/account", "account.title"), Form: typed, Note: note, Login: who.User.Login}
	if who.User.MustChange && note == nil {
		page.Note = &survey.Message{Key: "account.must_change"}
	}
	return s.render(c, status, "staff/password", page)
}

func (s *Server) passwordSave(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	err := twice(typed)
	if err == nil {
		err = s.accounts.ChangePassword(c.UserContext(), who.Actor(), who.User.Login, typed.Raw("current_password"), typed.Raw("password"), network(s.client(c)), who.Session)
	}
	if err == nil {
		return s.done(c, "/staff/account", "password_changed")
	}
	f := failureOf(err, requestID(c))
	if wrong, ok := typed.wrong(err); ok {
		return s.passwordShow(c, who, f.Status, wrong, nil)
	}
	if f.Kind == survey.RateLimited {
		c.Set(fiber.HeaderRetryAfter, retryAfter(err))
		return s.passwordShow(c, who, f.Status, typed, &f.Message)
	}
	return err
}

// twice checks that a new password was typed the same way twice.
func twice(typed form) error {
	if typed.Raw("password") == typed.Raw("password_again") {
		return nil
	}
	return &survey.Error{Kind: survey.Invalid, Op: "set password", Fields: map[string]survey.Message{"password_again": {Key: "account.password_differs"}}}
}

func (s *Server) invitationShow(c *fiber.Ctx) error {
	return s.invitationForm(c, fiber.StatusOK, form{})
}

func (s *Server) invitationForm(c *fiber.Ctx, status int, typed form) error {
	user, err := s.accounts.Invited(c.UserContext(), unescaped(c.Params("invitation")))
	if err != nil {
		return err
	}
	page := passwordPage{StaffPage: s.outsidePage(c, "account.invited.title"), Form: typed, First: true, Login: user.Login}
	page.Note = &survey.Message{Key: "account.invited.text", Args: []any{user.Name, string(user.Login)}}
	return s.render(c, status, "staff/password", page)
}

// invitationTake sets the first password. The person signs in with it then,
// which also shows that they know it.
func (s *Server) invitationTake(c *fiber.Ctx) error {
	typed := formOf(c)
	err := twice(typed)
	if err == nil {
		_, err = s.accounts.TakeInvite(c.UserContext(), strings.Clone(unescaped(c.Params("invitation"))), typed.Raw("password"))
	}
	if err == nil {
		return c.Redirect(s.page(c).Link("/staff/login?"+asQuery("done", "invitation_taken")), fiber.StatusSeeOther)
	}
	if wrong, ok := typed.wrong(err); ok {
		return s.invitationForm(c, fiber.StatusUnprocessableEntity, wrong)
	}
	return err
}
