package registry

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

// unitPage makes or edits a unit. Schools have the same page in a list of
// their own.
type unitPage struct {
	staff.BasePage
	Form     page.Form
	Unit     *survey.Unit // nil: a new one
	School   bool
	Conflict *staff.Conflict
	Parents  []page.Choice
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
func (unitPage) Kinds() []page.Choice {
	var options []page.Choice
	for _, kind := range survey.UnitKinds {
		if kind != survey.School && kind != survey.Province {
			options = append(options, page.Choice{Value: string(kind), Label: "unit.one." + string(kind)})
		}
	}
	return options
}

// Levels are the levels of a school.
func (unitPage) Levels() []page.Choice { return staff.LevelChoices() }

// aboutOfficeUnit is aboutUnit for the list of units, which holds no schools:
// who may edit the one need not be allowed the other.
func (h *Handlers) aboutOfficeUnit(c *fiber.Ctx) (survey.Reach, error) {
	unit := h.Catalog().Unit(survey.UnitID(staff.Unescaped(c.Params("unit"))))
	if unit == nil || unit.Kind == survey.School {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return survey.OfUnit(unit.ID), nil
}

// aboutSchool is for paths with :school.
func (h *Handlers) aboutSchool(c *fiber.Ctx) (survey.Reach, error) {
	unit := h.Catalog().Unit(survey.UnitID(staff.Unescaped(c.Params("school"))))
	if unit == nil || unit.Kind != survey.School {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return survey.OfUnit(unit.ID).In(survey.Education), nil
}

// unitOf returns the unit or school that the path names.
func (h *Handlers) unitOf(c *fiber.Ctx) (*survey.Unit, error) {
	id := c.Params("unit")
	if id == "" {
		id = c.Params("school")
	}
	unit := h.Catalog().Unit(survey.UnitID(staff.Unescaped(id)))
	if unit == nil {
		return nil, fiber.ErrNotFound
	}
	return unit, nil
}

func (h *Handlers) unitNew(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormWith("kind", string(survey.Commune))
	if parent := h.Page(c).Query.Get("parent"); parent != "" {
		typed.Typed.Set("parent", parent)
	}
	return h.unitShow(c, who, fiber.StatusOK, unitPage{Form: typed})
}

func (h *Handlers) schoolNew(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.unitShow(c, who, fiber.StatusOK, unitPage{Form: page.FormWith("from", string(h.Today())), School: true})
}

func (h *Handlers) unitEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	unit, err := h.unitOf(c)
	if err != nil {
		return err
	}
	return h.unitShow(c, who, fiber.StatusOK, unitPage{Form: unitForm(unit), Unit: unit, School: unit.Kind == survey.School})
}

// unitForm is the form filled in with a unit.
func unitForm(u *survey.Unit) page.Form {
	typed := page.FormWith("kind", string(u.Kind), "code", u.Code, "parent", string(u.Parent), "from", string(u.Valid.From)).Revised(u.Rev)
	typed.Fill("name", u.Name)
	for _, l := range u.Levels {
		typed.Typed.Add("levels", string(l))
	}
	return typed
}

// unitEditOf reads a form.
func unitEditOf(typed page.Form, school bool) registry.UnitEdit {
	edit := registry.UnitEdit{
		Kind: survey.UnitKind(typed.Value("kind")), Name: typed.Words("name"), Code: typed.Value("code"),
		Parent: survey.UnitID(typed.Value("parent")), From: staff.DayOf(typed.Value("from")),
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

func (h *Handlers) unitShow(c *fiber.Ctx, who *staff.SignedIn, status int, view unitPage) error {
	catalog := h.Catalog()
	list, title := "unit.list", "unit.new"
	if view.School {
		list, title = "school.list", "school.new"
	}
	lang := page.ViewOf(c).Lang
	if view.Unit != nil {
		title = view.Unit.Name.In(lang)
		for _, child := range catalog.ChildrenOn(view.Unit.ID, h.Today()) {
			if child.Valid.Contains(h.Today()) {
				view.Below = append(view.Below, child)
			}
		}
		for i := range catalog.Points {
			if p := &catalog.Points[i]; (p.Unit == view.Unit.ID || catalog.StandsFor(view.Unit.ID, p.Unit, h.Today())) && !p.Off {
				view.Points = append(view.Points, h.pointRow(catalog, p, pointActivity{}))
			}
		}
	}
	view.BasePage = h.NewPage(c, who, title, base(view.School), list)
	if view.Unit == nil && status != fiber.StatusOK {
		view.URLPath = base(view.School) + "/new"
	}
	view.Parents = h.parentChoices(who, lang, view)
	return h.Render(c, status, "staff/unit", view)
}

// parentChoices are the units that the one of a page can lie below.
func (h *Handlers) parentChoices(who *staff.SignedIn, lang survey.Lang, view unitPage) []page.Choice {
	catalog := h.Catalog()
	options := []page.Choice{staff.Blank("unit.choose")}
	staff.WalkUnits(catalog, h.Today(), func(u *survey.Unit, depth int) {
		place := u.Kind == survey.Commune || u.Kind == survey.Area || (!view.School && u.Kind != survey.School)
		if !place || !u.Valid.Contains(h.Today()) && string(u.ID) != view.Form.Value("parent") ||
			view.Unit != nil && catalog.Within(u.ID, view.Unit.ID) || !who.CoversUnit(catalog, u.ID) {
			return
		}
		options = append(options, page.Choice{Value: string(u.ID), Label: strings.Repeat("– ", depth) + u.Name.In(lang)})
	})
	return options
}

func (h *Handlers) unitCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.createUnit(c, who, false)
}

func (h *Handlers) schoolCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.createUnit(c, who, true)
}

func (h *Handlers) createUnit(c *fiber.Ctx, who *staff.SignedIn, school bool) error {
	typed := page.FormOf(c)
	edit := unitEditOf(typed, school)
	if catalog := h.Catalog(); catalog.Unit(edit.Parent) != nil && !who.CoversUnit(catalog, edit.Parent) {
		edit.Parent = "" // not among what was offered
	}
	unit, err := h.editor.CreateUnit(c.UserContext(), who.Actor(), edit)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.unitShow(c, who, fiber.StatusUnprocessableEntity, unitPage{Form: wrong, School: school})
		}
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, base(school)+"/"+string(unit.ID), "unit_created")
}

func (h *Handlers) unitSave(c *fiber.Ctx, who *staff.SignedIn) error {
	unit, err := h.unitOf(c)
	if err != nil {
		return err
	}
	typed, school := page.FormOf(c), unit.Kind == survey.School
	edit := unitEditOf(typed, school)
	if unit.Kind == survey.Province {
		edit.Kind = survey.Province
	}
	if catalog := h.Catalog(); edit.Parent != unit.Parent && catalog.Unit(edit.Parent) != nil && !who.CoversUnit(catalog, edit.Parent) {
		edit.Parent = ""
	}
	_, err = h.editor.EditUnit(c.UserContext(), who.Actor(), unit.ID, typed.Rev(), edit)
	if err == nil {
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		return h.Done(c, base(school)+"/"+string(unit.ID), "unit_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if wrong, ok := typed.Wrong(err); ok {
		return h.unitShow(c, who, f.Status, unitPage{Form: wrong, Unit: unit, School: school})
	}
	if f.Kind != survey.Conflict {
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	if unit, err = h.unitOf(c); err != nil {
		return err
	}
	return h.unitShow(c, who, f.Status, unitPage{Form: typed.Revised(unit.Rev), Unit: unit, School: school, Conflict: h.unitConflict(c, unit, edit)})
}

// unitConflict compares what is stored with what was typed.
func (h *Handlers) unitConflict(c *fiber.Ctx, stored *survey.Unit, mine registry.UnitEdit) *staff.Conflict {
	l := h.Views.Locales[page.ViewOf(c).Lang]
	name := func(id survey.UnitID) string {
		if u := h.Catalog().Unit(id); u != nil {
			return u.Name.In(l.Lang)
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
	versions := &staff.Conflict{Rev: stored.Rev, Reload: base(stored.Kind == survey.School) + "/" + string(stored.ID)}
	versions.Add("unit.name", staff.AllLanguages(mine.Name), staff.AllLanguages(stored.Name))
	versions.Add("unit.kind", l.T("unit.one."+string(mine.Kind)), l.T("unit.one."+string(stored.Kind)))
	versions.Add("unit.code", mine.Code, stored.Code)
	versions.Add("unit.parent", name(mine.Parent), name(stored.Parent))
	versions.Add("unit.from", l.Date(mine.From), l.Date(stored.Valid.From))
	versions.Add("school.levels", levels(mine.Levels), levels(stored.Levels))
	return versions
}
