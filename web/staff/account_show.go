package staff

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// accountPage is one's own account.
type accountPage struct {
	BasePage
	Sessions []people.Session
	Grant    survey.Grant
	Notices  []people.Notice
	Provider string // name of the identity provider, empty for none
	Linked   []people.Identity
	Scope    []survey.Text // the names of its units
}

func (a *Area) accountShow(c *fiber.Ctx, who *SignedIn) error {
	page := accountPage{BasePage: a.NewPage(c, who, "account.title"), Grant: who.User.Grant, Notices: who.User.NoticesSince(time.Time{})}
	var err error
	if page.Sessions, err = a.Accounts.SessionsOf(c.UserContext(), who.User.Login); err != nil {
		return err
	}
	if page.Linked, err = a.Accounts.IdentitiesOf(c.UserContext(), who.User.Login); err != nil {
		return err
	}
	if a.provider != nil {
		page.Provider = a.provider.Name
	}
	page.Scope = UnitNames(a.Catalog(), who.User.Grant.Scope.Units)
	return a.Render(c, fiber.StatusOK, "staff/account", page)
}

// sessionEnd signs out another of one's browsers.
func (a *Area) sessionEnd(c *fiber.Ctx, who *SignedIn) error {
	name := strings.Clone(c.Params("session"))
	own, err := a.Accounts.SessionsOf(c.UserContext(), who.User.Login)
	if err != nil {
		return err
	}
	for _, session := range own {
		if session.Name() != name {
			continue
		}
		if err := a.Accounts.EndSession(c.UserContext(), session.ID); err != nil {
			return err
		}
		if err := a.Audit.Record(c.UserContext(), who.Actor(), "account.session_end", "users/"+string(who.User.Login), session, nil); err != nil {
			return err
		}
		return a.Done(c, "/staff/account", "session_ended")
	}
	return fiber.ErrNotFound
}
