package people

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/staff"
)

// userChange is something an administrator does to an account with one button,
// after a confirmation.
type userChange struct {
	name   string // in the path, and in the keys "user.NAME", "user.NAME.text", "done.user_NAME"
	danger bool
	fits   func(*people.User) bool
}

func always(*people.User) bool { return true }

func userChanges() []userChange {
	return []userChange{
		{name: "invite", fits: always},
		{name: "reset", fits: always},
		{name: "factor", danger: true, fits: func(u *people.User) bool { return u.TOTP != nil }},
		{name: "disable", danger: true, fits: func(u *people.User) bool { return !u.Disabled }},
		{name: "enable", fits: func(u *people.User) bool { return u.Disabled }},
	}
}

// changeUser carries a change out.
func (h *Handlers) changeUser(c *fiber.Ctx, who *staff.SignedIn, change string, u *people.User) error {
	ctx := c.UserContext()
	switch change {
	case "invite":
		return h.userReset(c, who, u, true)
	case "reset":
		return h.userReset(c, who, u, false)
	case "factor":
		return h.Accounts.DropTOTP(ctx, who.Actor(), u.Login, "")
	case "disable":
		return h.Accounts.Disable(ctx, who.Actor(), u.Login)
	}
	return h.Accounts.Enable(ctx, who.Actor(), u.Login)
}

// Changes are those that fit a person now, for the page that edits them.
func (p userPage) Changes() []string {
	var names []string
	for _, change := range userChanges() {
		if p.User != nil && change.fits(p.User) {
			names = append(names, change.name)
		}
	}
	return names
}

// userAndChange finds what a path names; NotFound where it does not fit.
func (h *Handlers) userAndChange(c *fiber.Ctx) (*people.User, *userChange, error) {
	user, err := h.Accounts.User(c.UserContext(), loginOf(c))
	if err != nil {
		return nil, nil, err
	}
	for _, change := range userChanges() {
		if change.name == c.Params("change") && change.fits(&user) {
			return &user, &change, nil
		}
	}
	return nil, nil, fiber.ErrNotFound
}

func (h *Handlers) userConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	user, change, err := h.userAndChange(c)
	if err != nil {
		return err
	}
	path := "/staff/users/" + string(user.Login)
	key := "user." + change.name
	return h.Confirm(c, staff.Confirmation{
		BasePage: h.NewPage(c, who, key, "/staff/users", "user.list", path, user.Name),
		Text:     survey.Message{Key: key + ".text", Args: []any{user.Name, string(user.Login)}},
		Action:   path + "/" + change.name, Button: key, Danger: change.danger, Cancel: path,
	})
}

func (h *Handlers) userChange(c *fiber.Ctx, who *staff.SignedIn) error {
	user, change, err := h.userAndChange(c)
	if err != nil {
		return err
	}
	if err := h.changeUser(c, who, change.name, user); err != nil || len(c.Response().Body()) > 0 {
		return err // the body shows a new way in
	}
	return h.Done(c, "/staff/users", "user_"+change.name)
}

func (h *Handlers) userReset(c *fiber.Ctx, who *staff.SignedIn, user *people.User, invite bool) error {
	if invite {
		if err := h.HandsOut(); err != nil {
			return err
		}
	}
	admission, err := h.Accounts.Reset(c.UserContext(), who.Actor(), user.Login, invite)
	if err != nil {
		return err
	}
	return h.admissionShow(c, who, user, admission)
}
