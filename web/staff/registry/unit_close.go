package registry

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

// unitClosePage ends a unit.
type unitClosePage struct {
	staff.BasePage
	Form       page.Form
	Unit       *survey.Unit
	School     bool
	Successors []page.Choice
	Below      int // units below it that go on
	Points     int // in use
	Conflict   *staff.Conflict
}

// Base is the path of the list that the unit is in.
func (p unitClosePage) Base() string { return base(p.School) }

func (h *Handlers) unitClose(c *fiber.Ctx, who *staff.SignedIn) error {
	unit, err := h.unitOf(c)
	if err != nil {
		return err
	}
	return h.unitCloseShow(c, who, fiber.StatusOK, unit, unitClosePage{Form: page.FormWith("last", string(h.Today())).Revised(unit.Rev)})
}

func (h *Handlers) unitCloseShow(c *fiber.Ctx, who *staff.SignedIn, status int, unit *survey.Unit, view unitClosePage) error {
	catalog, school := h.Catalog(), unit.Kind == survey.School
	view.Unit, view.School = unit, school
	list := "unit.list"
	if school {
		list = "school.list"
	}
	lang := page.ViewOf(c).Lang
	view.BasePage = h.NewPage(c, who, "unit.close", base(school), list, base(school)+"/"+string(unit.ID), unit.Name.In(lang))
	for i := range catalog.Units {
		u := &catalog.Units[i]
		if u.Kind == unit.Kind && u.ID != unit.ID && u.Valid.To == "" && who.CoversUnit(catalog, u.ID) {
			view.Successors = append(view.Successors, page.Choice{Value: string(u.ID), Label: u.Name.In(lang)})
		}
	}
	for _, child := range catalog.ChildrenOn(unit.ID, h.Today()) {
		if child.Valid.To == "" {
			view.Below++
		}
	}
	for i := range catalog.Points {
		if p := &catalog.Points[i]; catalog.StandsFor(unit.ID, p.Unit, h.Today()) && !p.Off {
			view.Points++
		}
	}
	return h.Render(c, status, "staff/unit_close", view)
}

func (h *Handlers) unitCloseSave(c *fiber.Ctx, who *staff.SignedIn) error {
	unit, err := h.unitOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	closing := registry.Closing{Last: staff.DayOf(typed.Value("last"))}
	for _, id := range typed.Values("successors") {
		closing.Successors = append(closing.Successors, survey.UnitID(id))
	}
	_, err = h.editor.CloseUnit(c.UserContext(), who.Actor(), unit.ID, typed.Rev(), closing)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.unitCloseShow(c, who, fiber.StatusUnprocessableEntity, unit, unitClosePage{Form: wrong})
		}
		if survey.Is(err, survey.Conflict) {
			return h.unitCloseConflict(c, who, typed, closing)
		}
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, base(unit.Kind == survey.School)+"/"+string(unit.ID), "unit_closed")
}

// unitCloseConflict shows the form again to somebody who closes a unit that was
// changed meanwhile, perhaps closed.
func (h *Handlers) unitCloseConflict(c *fiber.Ctx, who *staff.SignedIn, typed page.Form, mine registry.Closing) error {
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	unit, err := h.unitOf(c)
	if err != nil {
		return err
	}
	conflict, err := h.NewConflict(c.UserContext(), "units/"+string(unit.ID), typed.Rev(), unit.Rev, base(unit.Kind == survey.School)+"/"+string(unit.ID))
	if err != nil {
		return err
	}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	names := func(ids []survey.UnitID) string {
		var words []string
		for _, name := range staff.UnitNames(h.Catalog(), ids) {
			words = append(words, name.In(l.Lang))
		}
		return strings.Join(words, "; ")
	}
	conflict.Add("unit.last", l.Date(mine.Last), l.Date(unit.Valid.To))
	conflict.Add("unit.successors", names(mine.Successors), names(unit.Successors))
	return h.unitCloseShow(c, who, fiber.StatusConflict, unit, unitClosePage{Form: typed.Revised(unit.Rev), Conflict: conflict})
}

func (h *Handlers) unitReopenConfirm(c *fiber.Ctx, who *staff.SignedIn) error {
	unit, err := h.unitOf(c)
	if err != nil {
		return err
	}
	return h.Confirm(c, h.reopenConfirmation(c, who, unit))
}

// reopenConfirmation asks before a unit goes on.
func (h *Handlers) reopenConfirmation(c *fiber.Ctx, who *staff.SignedIn, unit *survey.Unit) staff.Confirmation {
	list, path := "unit.list", base(unit.Kind == survey.School)
	if unit.Kind == survey.School {
		list = "school.list"
	}
	self := path + "/" + string(unit.ID)
	return staff.Confirmation{
		BasePage: h.NewPage(c, who, "unit.reopen", path, list, self, unit.Name.In(page.ViewOf(c).Lang)),
		Text:     survey.Message{Key: "unit.reopen.text", Args: []any{unit.Name, unit.Valid.To}},
		Action:   self + "/reopen", Button: "unit.reopen", Cancel: self,
		Fields: map[string]string{"rev": strconv.FormatInt(unit.Rev, 10)},
	}
}

func (h *Handlers) unitReopen(c *fiber.Ctx, who *staff.SignedIn) error {
	unit, err := h.unitOf(c)
	if err != nil {
		return err
	}
	seen := page.FormOf(c).Rev()
	if _, err := h.editor.ReopenUnit(c.UserContext(), who.Actor(), unit.ID, seen); err != nil {
		if !survey.Is(err, survey.Conflict) {
			return err
		}
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		if unit, err = h.unitOf(c); err != nil {
			return err
		}
		return h.ConfirmAgain(c, h.reopenConfirmation(c, who, unit), "units/"+string(unit.ID), seen, unit.Rev)
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, base(unit.Kind == survey.School)+"/"+string(unit.ID), "unit_reopened")
}

// unitMergePage joins units into one.
type unitMergePage struct {
	staff.BasePage
	Form     page.Form
	Units    []page.Choice
	Conflict *staff.Conflict
}

// Into are the units that can take the others in.
func (p unitMergePage) Into() []page.Choice {
	return append([]page.Choice{staff.Blank("unit.merge_new")}, p.Units...)
}

func (h *Handlers) unitMerge(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.unitMergeShow(c, who, fiber.StatusOK, unitMergePage{Form: page.FormWith("on", string(h.Today()))})
}

func (h *Handlers) unitMergeShow(c *fiber.Ctx, who *staff.SignedIn, status int, view unitMergePage) error {
	view.BasePage = h.NewPage(c, who, "unit.merge", "/staff/units", "unit.list")
	catalog := h.Catalog()
	staff.WalkUnits(catalog, h.Today(), func(u *survey.Unit, _ int) {
		// What was chosen stays, so that a merger that failed can be done once more.
		offered := u.Valid.To == "" || slices.Contains(view.Form.Values("units"), string(u.ID))
		if u.Kind != survey.Province && u.Kind != survey.School && offered && who.CoversUnit(catalog, u.ID) {
			view.Units = append(view.Units, page.Choice{Value: string(u.ID), Label: u.Name.In(view.Lang)})
		}
	})
	return h.Render(c, status, "staff/unit_merge", view)
}

func (h *Handlers) unitMergeSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	catalog := h.Catalog()
	merger := registry.Merger{On: staff.DayOf(typed.Value("on")), Into: survey.UnitID(typed.Value("into"))}
	for _, id := range append(typed.Values("units"), string(merger.Into)) {
		if u := catalog.Unit(survey.UnitID(id)); u != nil && !who.CoversUnit(catalog, u.ID) {
			return fiber.ErrNotFound
		}
	}
	for _, id := range typed.Values("units") {
		merger.Units = append(merger.Units, survey.UnitID(id))
		if u := catalog.Unit(survey.UnitID(id)); u != nil && merger.New.Kind == "" {
			merger.New.Kind, merger.New.Parent = u.Kind, u.Parent
		}
	}
	merger.New.Name, merger.New.Code = typed.Words("name"), typed.Value("code")
	unit, err := h.editor.MergeUnits(c.UserContext(), who.Actor(), merger)
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.unitMergeShow(c, who, fiber.StatusUnprocessableEntity, unitMergePage{Form: wrong})
		}
		if !survey.Is(err, survey.Conflict) {
			return err
		}
		// A unit was changed since this server read the catalogue.
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		return h.unitMergeShow(c, who, fiber.StatusConflict, unitMergePage{Form: typed, Conflict: &staff.Conflict{Reload: "/staff/units/merge"}})
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, "/staff/units/"+string(unit.ID), "unit_merged")
}
