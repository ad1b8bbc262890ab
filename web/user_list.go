package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// userListPage is everybody with an account.
type userListPage struct {
	StaffPage
	People []userRow
	Total  int
	Query  form
}

type userRow struct {
	people.User
	Scope []survey.Text
}

func (s *Server) userList(c *fiber.Ctx, who *signedIn) error {
	people, err := s.accounts.People(c.UserContext())
	if err != nil {
		return err
	}
	page := userListPage{StaffPage: s.staffPage(c, who, "user.list"), Total: len(people)}
	wanted, role := strings.ToLower(strings.TrimSpace(page.query.Get("q"))), survey.Role(page.query.Get("role"))
	page.Query = formWith("q", page.query.Get("q"), "role", string(role))
	catalog := s.Catalog()
	for _, u := range people {
		if role != "" && u.Grant.Role != role || !strings.Contains(strings.ToLower(u.Name+" "+string(u.Login)), wanted) {
			continue
		}
		page.People = append(page.People, userRow{u, unitNames(catalog, u.Grant.Scope.Units)})
	}
	slices.SortStableFunc(page.People, func(a, b userRow) int {
		return slices.Index(survey.Roles, a.Grant.Role) - slices.Index(survey.Roles, b.Grant.Role)
	})
	return s.render(c, fiber.StatusOK, "staff/users", page)
}

// Roles are the choices of the filter.
func (p userListPage) Roles() []option {
	return append([]option{{Value: "", Label: "user.any_role"}}, roleOptions()...)
}

func roleOptions() []option {
	options := make([]option, len(survey.Roles))
	for i, r := range survey.Roles {
		options[i] = option{Value: string(r), Label: "role." + string(r)}
	}
	return options
}
