package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// accountPage is one's own account.
type accountPage struct {
	StaffPage
	Sessions []people.Session
	Grant    survey.Grant
	Scope    []survey.Text // the names of its units
}

func (s *Server) accountShow(c *fiber.Ctx, who *signedIn) error {
	page := accountPage{StaffPage: s.staffPage(c, who, "account.title"), Grant: who.User.Grant}
	var err error
	if page.Sessions, err = s.accounts.SessionsOf(c.UserContext(), who.User.Login); err != nil {
		return err
	}
	page.Scope = unitNames(s.Catalog(), who.User.Grant.Scope.Units)
	return s.render(c, fiber.StatusOK, "staff/account", page)
}

// unitNames are the names of units; one that is gone shows its id.
func unitNames(catalog *survey.Catalog, ids []survey.UnitID) []survey.Text {
	names := make([]survey.Text, 0, len(ids))
	for _, id := range ids {
		if unit := catalog.Unit(id); unit != nil {
			names = append(names, unit.Name)
		} else {
			names = append(names, survey.Text{survey.Vietnamese: string(id)})
		}
	}
	return names
}

// sessionEnd signs out another of one's browsers.
func (s *Server) sessionEnd(c *fiber.Ctx, who *signedIn) error {
	name := strings.Clone(c.Params("session"))
	own, err := s.accounts.SessionsOf(c.UserContext(), who.User.Login)
	if err != nil {
		return err
	}
	for _, session := range own {
		if session.Name() != name {
			continue
		}
		if err := s.accounts.EndSession(c.UserContext(), session.ID); err != nil {
			return err
		}
		if err := s.audit.Record(c.UserContext(), who.Actor(), "account.session_end", "users/"+string(who.User.Login), session, nil); err != nil {
			return err
		}
		return s.done(c, "/staff/account", "session_ended")
	}
	return fiber.ErrNotFound
}
