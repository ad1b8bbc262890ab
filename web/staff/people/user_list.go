package people

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
	"hailong/web/staff"
)

// userListPage is everybody with an account.
type userListPage struct {
	staff.BasePage
	People []userRow
	Total  int
	Query  page.Form
}

type userRow struct {
	people.User
	Scope []survey.Text
}

func (h *Handlers) userList(c *fiber.Ctx, who *staff.SignedIn) error {
	people, err := h.Accounts.People(c.UserContext())
	if err != nil {
		return err
	}
	view := userListPage{BasePage: h.NewPage(c, who, "user.list"), Total: len(people)}
	wanted, role := strings.ToLower(strings.TrimSpace(view.Page.Query.Get("q"))), survey.Role(view.Page.Query.Get("role"))
	view.Query = page.FormWith("q", view.Page.Query.Get("q"), "role", string(role))
	catalog := h.Catalog()
	for _, u := range people {
		if role != "" && u.Grant.Role != role || !strings.Contains(strings.ToLower(u.Name+" "+string(u.Login)), wanted) {
			continue
		}
		view.People = append(view.People, userRow{u, staff.UnitNames(catalog, u.Grant.Scope.Units)})
	}
	slices.SortStableFunc(view.People, func(a, b userRow) int {
		return slices.Index(survey.Roles, a.Grant.Role) - slices.Index(survey.Roles, b.Grant.Role)
	})
	return h.Render(c, fiber.StatusOK, "staff/users", view)
}

// Roles are the choices of the filter.
func (p userListPage) Roles() []page.Choice {
	return append([]page.Choice{{Value: "", Label: "user.any_role"}}, staff.RoleChoices()...)
}
