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

// userPage makes or edits an account.
type userPage struct {
	staff.BasePage
	Form     page.Form
	User     *people.User // nil: a new one
	Conflict *staff.Conflict
	staff.GrantChoices
}

// chosenSchool reports whether one of the schools is ticked in a form.
func chosenSchool(g staff.GrantChoices, typed page.Form) bool {
	return slices.ContainsFunc(g.Schools, func(o page.Choice) bool { return slices.Contains(typed.Values("units"), o.Value) })
}

// SchoolChosen opens the list of schools where one is ticked.
func (p userPage) SchoolChosen() bool { return chosenSchool(p.GrantChoices, p.Form) }

// SchoolChosen opens the list of schools where one is ticked.
func (p tokenPage) SchoolChosen() bool { return chosenSchool(p.GrantChoices, p.Form) }

// grantOf reads role and scope from a form.
func grantOf(typed page.Form) survey.Grant {
	g := survey.Grant{Role: survey.Role(typed.Value("role"))}
	for _, id := range typed.Values("units") {
		g.Scope.Units = append(g.Scope.Units, survey.UnitID(id))
	}
	for _, f := range typed.Values("families") {
		g.Scope.Families = append(g.Scope.Families, survey.Family(f))
	}
	return g
}

func (h *Handlers) userNew(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.userShow(c, who, fiber.StatusOK, userPage{Form: page.FormWith("admission", "invite")})
}

func (h *Handlers) userEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	user, err := h.Accounts.User(c.UserContext(), loginOf(c))
	if err != nil {
		return err
	}
	typed := page.FormWith("name", user.Name, "role", string(user.Grant.Role), "seen", user.Profile())
	for _, id := range user.Grant.Scope.Units {
		typed.Typed.Add("units", string(id))
	}
	for _, f := range user.Grant.Scope.Families {
		typed.Typed.Add("families", string(f))
	}
	return h.userShow(c, who, fiber.StatusOK, userPage{Form: typed, User: &user})
}

func loginOf(c *fiber.Ctx) survey.Login {
	return survey.Login(strings.Clone(staff.Unescaped(c.Params("login"))))
}

func (h *Handlers) userShow(c *fiber.Ctx, who *staff.SignedIn, status int, page userPage) error {
	title := "user.new"
	if page.User != nil {
		title = page.User.Name
	}
	page.BasePage = h.NewPage(c, who, title, "/staff/users", "user.list")
	page.GrantChoices = h.GrantChoices(page.Lang)
	if page.User == nil && !staff.Safe(c.Method()) {
		page.URLPath = "/staff/users/new"
	}
	return h.Render(c, status, "staff/user", page)
}

// Admissions are the two ways in that a new person can be given.
func (userPage) Admissions() []page.Choice {
	return []page.Choice{{Value: "invite", Label: "user.by_invitation"}, {Value: "password", Label: "user.by_password"}}
}

func (h *Handlers) userCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	invite := typed.Value("admission") != "password"
	if invite {
		if err := h.HandsOut(); err != nil {
			return err
		}
	}
	user, admission, err := h.Accounts.Hire(c.UserContext(), who.Actor(), survey.NormalLogin(typed.Value("login")),
		typed.Value("name"), grantOf(typed), invite)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.userShow(c, who, fiber.StatusUnprocessableEntity, userPage{Form: wrong})
		}
		return err
	}
	return h.admissionShow(c, who, &user, admission)
}

// admissionPage shows a way in, once.
type admissionPage struct {
	staff.BasePage
	User     *people.User
	Password string
	Address  string // of the invitation
	Days     int
}

func (h *Handlers) admissionShow(c *fiber.Ctx, who *staff.SignedIn, user *people.User, admission people.Admission) error {
	page := admissionPage{
		BasePage: h.NewPage(c, who, user.Name, "/staff/users", "user.list"), User: user,
		Password: admission.Password, Days: int(people.InviteLength.Hours() / 24),
	}
	page.URLPath = "/staff/users"
	if admission.Invitation != "" {
		page.Address = h.BaseURL(c) + "/staff/invitation/" + admission.Invitation
	}
	return h.Render(c, fiber.StatusOK, "staff/admission", page)
}

func (h *Handlers) userSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed, login := page.FormOf(c), loginOf(c)
	_, err := h.Accounts.Edit(c.UserContext(), who.Actor(), login, typed.Value("seen"), typed.Value("name"), grantOf(typed))
	if err == nil {
		return h.Done(c, "/staff/users", "user_saved")
	}
	user, failed := h.Accounts.User(c.UserContext(), login)
	if failed != nil {
		return failed
	}
	f := page.FailureOf(err, page.RequestID(c))
	wrong, invalid := typed.Wrong(err)
	switch {
	case invalid:
		return h.userShow(c, who, f.Status, userPage{Form: wrong, User: &user})
	case f.Kind == survey.Conflict:
		conflict := h.userConflict(c, &user, typed)
		typed.Typed.Set("seen", user.Profile())
		return h.userShow(c, who, f.Status, userPage{Form: typed, User: &user, Conflict: conflict})
	}
	return err
}

// userConflict compares what is stored with what was typed.
func (h *Handlers) userConflict(c *fiber.Ctx, stored *people.User, typed page.Form) *staff.Conflict {
	l := h.Views.Locales[page.ViewOf(c).Lang]
	words := func(g survey.Grant) (role, units, families string) {
		var u, f []string
		for _, name := range staff.UnitNames(h.Catalog(), g.Scope.Units) {
			u = append(u, name.In(l.Lang))
		}
		for _, family := range g.Scope.Families {
			f = append(f, l.T("family."+string(family)))
		}
		return l.T("role." + string(g.Role)), strings.Join(u, "; "), strings.Join(f, "; ")
	}
	conflict := &staff.Conflict{Reload: "/staff/users/" + string(stored.Login)}
	myRole, myUnits, myFamilies := words(grantOf(typed))
	role, units, families := words(stored.Grant)
	conflict.Add("user.name", typed.Value("name"), stored.Name)
	conflict.Add("user.role", myRole, role)
	conflict.Add("user.units", myUnits, units)
	conflict.Add("user.families", myFamilies, families)
	return conflict
}
