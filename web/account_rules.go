package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// securityPage is what the administrator decides for everybody.
type securityPage struct {
	StaffPage
	Form     form
	Conflict *conflict
}

// Roles are the choices.
func (securityPage) Roles() []option { return roleOptions() }

func (s *Server) securityEdit(c *fiber.Ctx, who *signedIn) error {
	rules, err := s.accounts.Rules(c.UserContext())
	if err != nil {
		return err
	}
	typed := formWith("rev", strconv.FormatInt(rules.Rev, 10))
	for _, role := range rules.SecondFactor {
		typed.values.Add("second_factor", string(role))
	}
	return s.securityShow(c, who, fiber.StatusOK, typed, nil)
}

func (s *Server) securityShow(c *fiber.Ctx, who *signedIn, status int, typed form, both *conflict) error {
	return s.render(c, status, "staff/security", securityPage{StaffPage: s.staffPage(c, who, "security.title"), Form: typed, Conflict: both})
}

func (s *Server) securitySave(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	rev, err := strconv.ParseInt(typed.Value("rev"), 10, 64)
	if err != nil {
		rev = -1 // fits no revision
	}
	var roles []survey.Role
	for _, role := range survey.Roles {
		if slices.Contains(typed.Values("second_factor"), string(role)) {
			roles = append(roles, role)
		}
	}
	err = s.accounts.SetRules(c.UserContext(), who.Actor(), rev, roles)
	switch {
	case err == nil:
		return s.done(c, "/staff/security", "security_saved")
	case survey.KindOf(err) != survey.Conflict && survey.KindOf(err) != survey.NotFound:
		return err
	}
	stored, err := s.accounts.Rules(c.UserContext())
	if err != nil {
		return err
	}
	l := s.Views.locales[viewOf(c).Lang]
	words := func(roles []survey.Role) string {
		names := make([]string, len(roles))
		for i, r := range roles {
			names[i] = l.T("role." + string(r))
		}
		return strings.Join(names, "; ")
	}
	both := &conflict{Rev: stored.Rev, Reload: "/staff/security"}
	both.add("security.second_factor", words(roles), words(stored.SecondFactor))
	typed.values.Set("rev", strconv.FormatInt(stored.Rev, 10))
	return s.securityShow(c, who, fiber.StatusConflict, typed, both)
}
