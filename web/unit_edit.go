package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
)

// unitPage makes or edits a unit. Schools have the same page in a list of
// their own.
type unitPage struct {
	StaffPage
	Form     form
	Unit     *survey.Unit // nil: a new one
	School   bool
	Conflict *conflict
	Parents  []option
	Below    []*survey.Unit // in force, directly below
	Points   []pointRow
}

// base is the list that a unit is in: "/staff/units" or "/staff/schools".
func base(school bool) string {
	if school {
		return "/staff/schools"
	}
	return "/staff/units"
}

// Base is the path of the list that the unit is in.
func (p unitPage) Base() string { return base(p.School) }

// Kinds are the kinds of unit to choose from.
func (unitPage) Kinds() []option {
	var options []option
	for _, kind := range survey.UnitKinds {
		if kind != survey.School && kind != survey.Province {
			options = append(options, option{Value: string(kind), Label: "unit.one." + string(kind)})
		}
	}
	return options
}

// Levels are the levels of a school.
func (unitPage) Levels() []option { return levelOptions() }

// aboutOfficeUnit is aboutUnit for the list of units, which holds no schools:
// who may edit the one need not be allowed the other.
func (s *Server) aboutOfficeUnit(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	id, family, err := s.aboutUnit(c)
	if err == nil && s.Catalog().Unit(id).Kind == survey.School {
		return "", "", fiber.ErrNotFound
	}
	return id, family, err
}

// aboutSchool is for paths with :school.
func (s *Server) aboutSchool(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	unit := s.Catalog().Unit(survey.UnitID(unescaped(c.Params("school"))))
	if unit == nil || unit.Kind != survey.School {
		return "", "", fiber.ErrNotFound
	}
	return unit.ID, survey.Education, nil
}

// unitOf returns the unit or school that the path names.
func (s *Server) unitOf(c *fiber.Ctx) (*survey.Unit, error) {
	id := c.Params("unit")
	if id == "" {
		id = c.Params("school")
	}
	unit := s.Catalog().Unit(survey.UnitID(unescaped(id)))
	if unit == nil {
		return nil, fiber.ErrNotFound
	}
	return unit, nil
}

func (s *Server) unitNew(c *fiber.Ctx, who *signedIn) error {
	typed := formWith("kind", string(survey.Commune))
	if parent := s.page(c).query.Get("parent"); parent != "" {
		typed.values.Set("parent", parent)
	}
	return s.unitShow(c, who, fiber.StatusOK, unitPage{Form: typed})
}

func (s *Server) schoolNew(c *fiber.Ctx, who *signedIn) error {
	return s.unitShow(c, who, fiber.StatusOK, unitPage{Form: formWith("from", string(s.today())), School: true})
}

func (s *Server) unitEdit(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	return s.unitShow(c, who, fiber.StatusOK, unitPage{Form: unitForm(unit), Unit: unit, School: unit.Kind == survey.School})
}

// unitForm is the form filled in with a unit.
func unitForm(u *survey.Unit) form {
	typed := formWith("kind", string(u.Kind), "code", u.Code, "parent", string(u.Parent), "from", string(u.Valid.From)).revised(u.Rev)
	typed.fill("name", u.Name)
	for _, l := range u.Levels {
		typed.values.Add("levels", string(l))
	}
	return typed
}

// unitEditOf reads a form.
func unitEditOf(typed form, school bool) registry.UnitEdit {
	edit := registry.UnitEdit{
		Kind: survey.UnitKind(typed.Value("kind")), Name: typed.Words("name"), Code: typed.Value("code"),
		Parent: survey.UnitID(typed.Value("parent")), From: dayOf(typed.Value("from")),
	}
	if school {
		edit.Kind = survey.School
	} else if edit.Kind == survey.School {
		edit.Kind = "" // schools are made in their own list
	}
	for _, l := range typed.Values("levels") {
		edit.Levels = append(edit.Levels, survey.SchoolLevel(l))
	}
	return edit
}

// dayOf reads a day as people or browsers write it; what is none stays as it
// was typed, for the domain to refuse.
func dayOf(s string) survey.Date {
	if day, err := survey.ParseDate(s); err == nil {
		return day
	}
	return survey.Date(s)
}

func (s *Server) unitShow(c *fiber.Ctx, who *signedIn, status int, page unitPage) error {
	catalog := s.Catalog()
	list, title := "unit.list", "unit.new"
	if page.School {
		list, title = "school.list", "school.new"
	}
	lang := viewOf(c).Lang
	if page.Unit != nil {
		title = page.Unit.Name.In(lang)
		for _, child := range catalog.ChildrenOn(page.Unit.ID, s.today()) {
			if child.Valid.Contains(s.today()) {
				page.Below = append(page.Below, child)
			}
		}
		for i := range catalog.Points {
			if p := &catalog.Points[i]; (p.Unit == page.Unit.ID || catalog.StandsFor(page.Unit.ID, p.Unit, s.today())) && !p.Off {
				page.Points = append(page.Points, s.pointRow(catalog, p, pointPulses{}))
			}
		}
	}
	page.StaffPage = s.staffPage(c, who, title, base(page.School), list)
	if page.Unit == nil && status != fiber.StatusOK {
		page.path = base(page.School) + "/new"
	}
	page.Parents = s.parentOptions(who, lang, page)
	return s.render(c, status, "staff/unit", page)
}

// parentOptions are the units that the one of a page can lie below.
func (s *Server) parentOptions(who *signedIn, lang survey.Lang, page unitPage) []option {
	catalog := s.Catalog()
	options := []option{blank("unit.choose")}
	walkUnits(catalog, s.today(), func(u *survey.Unit, depth int) {
		place := u.Kind == survey.Commune || u.Kind == survey.Area || (!page.School && u.Kind != survey.School)
		if !place || !u.Valid.Contains(s.today()) && string(u.ID) != page.Form.Value("parent") ||
			page.Unit != nil && catalog.Within(u.ID, page.Unit.ID) || !who.Covers(catalog, u.ID, "") {
			return
		}
		options = append(options, option{Value: string(u.ID), Label: strings.Repeat("– ", depth) + u.Name.In(lang)})
	})
	return options
}

func (s *Server) unitCreate(c *fiber.Ctx, who *signedIn) error { return s.unitMake(c, who, false) }

func (s *Server) schoolCreate(c *fiber.Ctx, who *signedIn) error { return s.unitMake(c, who, true) }

func (s *Server) unitMake(c *fiber.Ctx, who *signedIn, school bool) error {
	typed := formOf(c)
	edit := unitEditOf(typed, school)
	if catalog := s.Catalog(); catalog.Unit(edit.Parent) != nil && !who.Covers(catalog, edit.Parent, "") {
		edit.Parent = "" // not among what was offered
	}
	unit, err := s.editor().CreateUnit(c.UserContext(), who.Actor(), edit)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.unitShow(c, who, fiber.StatusUnprocessableEntity, unitPage{Form: wrong, School: school})
		}
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, base(school)+"/"+string(unit.ID), "unit_created")
}

func (s *Server) unitSave(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	typed, school := formOf(c), unit.Kind == survey.School
	edit := unitEditOf(typed, school)
	if unit.Kind == survey.Province {
		edit.Kind = survey.Province
	}
	if catalog := s.Catalog(); edit.Parent != unit.Parent && catalog.Unit(edit.Parent) != nil && !who.Covers(catalog, edit.Parent, "") {
		edit.Parent = ""
	}
	_, err = s.editor().EditUnit(c.UserContext(), who.Actor(), unit.ID, typed.rev(), edit)
	if err == nil {
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		return s.done(c, base(school)+"/"+string(unit.ID), "unit_saved")
	}
	f := failureOf(err, requestID(c))
	if wrong, ok := typed.wrong(err); ok {
		return s.unitShow(c, who, f.Status, unitPage{Form: wrong, Unit: unit, School: school})
	}
	if f.Kind != survey.Conflict {
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	if unit, err = s.unitOf(c); err != nil {
		return err
	}
	return s.unitShow(c, who, f.Status, unitPage{Form: typed.revised(unit.Rev), Unit: unit, School: school, Conflict: s.unitConflict(c, unit, edit)})
}

// unitConflict compares what is stored with what was typed.
func (s *Server) unitConflict(c *fiber.Ctx, stored *survey.Unit, mine registry.UnitEdit) *conflict {
	l := s.Views.locales[viewOf(c).Lang]
	name := func(id survey.UnitID) string {
		if u := s.Catalog().Unit(id); u != nil {
			return u.Name.In(l.lang)
		}
		return ""
	}
	levels := func(all []survey.SchoolLevel) string {
		var words []string
		for _, level := range slices.Sorted(slices.Values(all)) {
			words = append(words, l.T("school_level."+string(level)))
		}
		return strings.Join(words, ", ")
	}
	versions := &conflict{Rev: stored.Rev, Reload: base(stored.Kind == survey.School) + "/" + string(stored.ID)}
	versions.add("unit.name", both(mine.Name), both(stored.Name))
	versions.add("unit.kind", l.T("unit.one."+string(mine.Kind)), l.T("unit.one."+string(stored.Kind)))
	versions.add("unit.code", mine.Code, stored.Code)
	versions.add("unit.parent", name(mine.Parent), name(stored.Parent))
	versions.add("unit.from", l.Date(mine.From), l.Date(stored.Valid.From))
	versions.add("school.levels", levels(mine.Levels), levels(stored.Levels))
	return versions
}
