package people

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// securityPage is what the administrator decides for everybody.
type securityPage struct {
	staff.BasePage
	Form     page.Form
	Conflict *staff.Conflict
}

// Roles are the choices.
func (securityPage) Roles() []page.Choice { return staff.RoleChoices() }

func (h *Handlers) securityEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	rules, err := h.Accounts.Rules(c.UserContext())
	if err != nil {
		return err
	}
	typed := page.FormWith("rev", strconv.FormatInt(rules.Rev, 10))
	for _, role := range rules.SecondFactor {
		typed.Typed.Add("second_factor", string(role))
	}
	return h.securityShow(c, who, fiber.StatusOK, typed, nil)
}

func (h *Handlers) securityShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form, conflict *staff.Conflict) error {
	return h.Render(c, status, "staff/security", securityPage{BasePage: h.NewPage(c, who, "security.title"), Form: typed, Conflict: conflict})
}

func (h *Handlers) securitySave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
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
	err = h.Accounts.SetRules(c.UserContext(), who.Actor(), rev, roles)
	switch {
	case err == nil:
		return h.Done(c, "/staff/security", "security_saved")
	case !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound):
		return err
	}
	stored, err := h.Accounts.Rules(c.UserContext())
	if err != nil {
		return err
	}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	words := func(roles []survey.Role) string {
		names := make([]string, len(roles))
		for i, r := range roles {
			names[i] = l.T("role." + string(r))
		}
		return strings.Join(names, "; ")
	}
	conflict := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/security"}
	conflict.Add("security.second_factor", words(roles), words(stored.SecondFactor))
	typed.Typed.Set("rev", strconv.FormatInt(stored.Rev, 10))
	return h.securityShow(c, who, fiber.StatusConflict, typed, conflict)
}
