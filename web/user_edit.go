package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// userPage makes or edits an account.
type userPage struct {
	StaffPage
	Form     form
	User     *people.User // nil: a new one
	Conflict *conflict
	grantChoices
}

// grantChoices are the parts of the world a scope can name.
type grantChoices struct {
	Units, Schools []option
}

// Roles are the choices of a role.
func (grantChoices) Roles() []option { return roleOptions() }

// Families are the choices of questionnaire families.
func (grantChoices) Families() []option {
	options := make([]option, len(survey.Families))
	for i, f := range survey.Families {
		options[i] = option{Value: string(f), Label: "family." + string(f)}
	}
	return options
}

// chosenSchool reports whether one of the schools is ticked in a form.
func (g grantChoices) chosenSchool(typed form) bool {
	return slices.ContainsFunc(g.Schools, func(o option) bool { return slices.Contains(typed.Values("units"), o.Value) })
}

// SchoolChosen opens the list of schools where one is ticked.
func (p userPage) SchoolChosen() bool { return p.chosenSchool(p.Form) }

// SchoolChosen opens the list of schools where one is ticked.
func (p tokenPage) SchoolChosen() bool { return p.chosenSchool(p.Form) }

// grantChoices lists the units that exist today; schools, of which there are
// many, apart.
func (s *Pages) grantChoices(lang survey.Lang) grantChoices {
	var choices grantChoices
	catalog := s.Catalog()
	for _, kind := range survey.UnitKinds {
		for i := range catalog.Units {
			unit := &catalog.Units[i]
			if unit.Kind != kind || !unit.Valid.Contains(s.today()) {
				continue
			}
			o := option{Value: string(unit.ID), Label: unit.Name.In(lang)}
			if kind == survey.School {
				choices.Schools = append(choices.Schools, o)
			} else {
				choices.Units = append(choices.Units, o)
			}
		}
	}
	return choices
}

// grantOf reads role and scope from a form.
func grantOf(typed form) survey.Grant {
	g := survey.Grant{Role: survey.Role(typed.Value("role"))}
	for _, id := range typed.Values("units") {
		g.Scope.Units = append(g.Scope.Units, survey.UnitID(id))
	}
	for _, f := range typed.Values("families") {
		g.Scope.Families = append(g.Scope.Families, survey.Family(f))
	}
	return g
}

func (s *Server) userNew(c *fiber.Ctx, who *signedIn) error {
	return s.userShow(c, who, fiber.StatusOK, userPage{Form: formWith("admission", "invite")})
}

func (s *Server) userEdit(c *fiber.Ctx, who *signedIn) error {
	user, err := s.accounts.User(c.UserContext(), loginOf(c))
	if err != nil {
		return err
	}
	typed := formWith("name", user.Name, "role", string(user.Grant.Role), "seen", user.Profile())
	for _, id := range user.Grant.Scope.Units {
		typed.values.Add("units", string(id))
	}
	for _, f := range user.Grant.Scope.Families {
		typed.values.Add("families", string(f))
	}
	return s.userShow(c, who, fiber.StatusOK, userPage{Form: typed, User: &user})
}

func loginOf(c *fiber.Ctx) survey.Login {
	return survey.Login(strings.Clone(unescaped(c.Params("login"))))
}

func (s *Server) userShow(c *fiber.Ctx, who *signedIn, status int, page userPage) error {
	title := "user.new"
	if page.User != nil {
		title = page.User.Name
	}
	page.StaffPage = s.staffPage(c, who, title, "/staff/users", "user.list")
	page.grantChoices = s.grantChoices(page.Lang)
	if page.User == nil && !safe(c.Method()) {
		page.path = "/staff/users/new"
	}
	return s.render(c, status, "staff/user", page)
}

// Admissions are the two ways in that a new person can be given.
func (userPage) Admissions() []option {
	return []option{{Value: "invite", Label: "user.by_invitation"}, {Value: "password", Label: "user.by_password"}}
}

func (s *Server) userCreate(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	user, admission, err := s.accounts.Hire(c.UserContext(), who.Actor(), survey.NormalLogin(typed.Value("login")),
		typed.Value("name"), grantOf(typed), typed.Value("admission") != "password")
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.userShow(c, who, fiber.StatusUnprocessableEntity, userPage{Form: wrong})
		}
		return err
	}
	return s.admissionShow(c, who, &user, admission)
}

// admissionPage shows a way in, once.
type admissionPage struct {
	StaffPage
	User     *people.User
	Password string
	Address  string // of the invitation
	Days     int
}

func (s *Server) admissionShow(c *fiber.Ctx, who *signedIn, user *people.User, admission people.Admission) error {
	page := admissionPage{
		StaffPage: s.staffPage(c, who, user.Name, "/staff/users", "user.list"), User: user,
		Password: admission.Password, Days: int(people.InviteLength.Hours() / 24),
	}
	page.path = "/staff/users"
	if admission.Invitation != "" {
		page.Address = s.publicURL(c) + "/staff/invitation/" + admission.Invitation
	}
	return s.render(c, fiber.StatusOK, "staff/admission", page)
}

func (s *Server) userSave(c *fiber.Ctx, who *signedIn) error {
	typed, login := formOf(c), loginOf(c)
	_, err := s.accounts.Edit(c.UserContext(), who.Actor(), login, typed.Value("seen"), typed.Value("name"), grantOf(typed))
	if err == nil {
		return s.done(c, "/staff/users", "user_saved")
	}
	user, failed := s.accounts.User(c.UserContext(), login)
	if failed != nil {
		return failed
	}
	f := failureOf(err, requestID(c))
	wrong, invalid := typed.wrong(err)
	switch {
	case invalid:
		return s.userShow(c, who, f.Status, userPage{Form: wrong, User: &user})
	case f.Kind == survey.Conflict:
		both := s.userConflict(c, &user, typed)
		typed.values.Set("seen", user.Profile())
		return s.userShow(c, who, f.Status, userPage{Form: typed, User: &user, Conflict: both})
	}
	return err
}

// userConflict compares what is stored with what was typed.
func (s *Server) userConflict(c *fiber.Ctx, stored *people.User, typed form) *conflict {
	l := s.Views.locales[viewOf(c).Lang]
	words := func(g survey.Grant) (role, units, families string) {
		var u, f []string
		for _, name := range unitNames(s.Catalog(), g.Scope.Units) {
			u = append(u, name.In(l.lang))
		}
		for _, family := range g.Scope.Families {
			f = append(f, l.T("family."+string(family)))
		}
		return l.T("role." + string(g.Role)), strings.Join(u, "; "), strings.Join(f, "; ")
	}
	both := &conflict{Reload: "/staff/users/" + string(stored.Login)}
	myRole, myUnits, myFamilies := words(grantOf(typed))
	role, units, families := words(stored.Grant)
	both.add("user.name", typed.Value("name"), stored.Name)
	both.add("user.role", myRole, role)
	both.add("user.units", myUnits, units)
	both.add("user.families", myFamilies, families)
	return both
}
