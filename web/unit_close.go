package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
)

// unitClosePage ends a unit.
type unitClosePage struct {
	StaffPage
	Form       form
	Unit       *survey.Unit
	School     bool
	Successors []option
	Below      int // units below it that go on
	Points     int // in use
	Conflict   *conflict
}

// Base is the path of the list that the unit is in.
func (p unitClosePage) Base() string { return base(p.School) }

func (s *Server) unitClose(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	return s.unitCloseShow(c, who, fiber.StatusOK, unit, unitClosePage{Form: formWith("last", string(s.today())).revised(unit.Rev)})
}

func (s *Server) unitCloseShow(c *fiber.Ctx, who *signedIn, status int, unit *survey.Unit, page unitClosePage) error {
	catalog, school := s.Catalog(), unit.Kind == survey.School
	page.Unit, page.School = unit, school
	list := "unit.list"
	if school {
		list = "school.list"
	}
	lang := viewOf(c).Lang
	page.StaffPage = s.staffPage(c, who, "unit.close", base(school), list, base(school)+"/"+string(unit.ID), unit.Name.In(lang))
	for i := range catalog.Units {
		u := &catalog.Units[i]
		if u.Kind == unit.Kind && u.ID != unit.ID && u.Valid.To == "" && who.Covers(catalog, u.ID, "") {
			page.Successors = append(page.Successors, option{Value: string(u.ID), Label: u.Name.In(lang)})
		}
	}
	for _, child := range catalog.ChildrenOn(unit.ID, s.today()) {
		if child.Valid.To == "" {
			page.Below++
		}
	}
	for i := range catalog.Points {
		if p := &catalog.Points[i]; catalog.StandsFor(unit.ID, p.Unit, s.today()) && !p.Off {
			page.Points++
		}
	}
	return s.render(c, status, "staff/unit_close", page)
}

func (s *Server) unitCloseSave(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	closing := registry.Closing{Last: dayOf(typed.Value("last"))}
	for _, id := range typed.Values("successors") {
		closing.Successors = append(closing.Successors, survey.UnitID(id))
	}
	_, err = s.editor().CloseUnit(c.UserContext(), who.Actor(), unit.ID, typed.rev(), closing)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.unitCloseShow(c, who, fiber.StatusUnprocessableEntity, unit, unitClosePage{Form: wrong})
		}
		if survey.KindOf(err) == survey.Conflict {
			return s.unitCloseOvertaken(c, who, typed, closing)
		}
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, base(unit.Kind == survey.School)+"/"+string(unit.ID), "unit_closed")
}

// unitCloseOvertaken shows the form again to somebody who closes a unit that was
// changed meanwhile, perhaps closed.
func (s *Server) unitCloseOvertaken(c *fiber.Ctx, who *signedIn, typed form, mine registry.Closing) error {
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	both, err := s.overtaken(c.UserContext(), "units/"+string(unit.ID), typed.rev(), unit.Rev, base(unit.Kind == survey.School)+"/"+string(unit.ID))
	if err != nil {
		return err
	}
	l := s.Views.locales[viewOf(c).Lang]
	names := func(ids []survey.UnitID) string {
		var words []string
		for _, name := range unitNames(s.Catalog(), ids) {
			words = append(words, name.In(l.lang))
		}
		return strings.Join(words, "; ")
	}
	both.add("unit.last", l.Date(mine.Last), l.Date(unit.Valid.To))
	both.add("unit.successors", names(mine.Successors), names(unit.Successors))
	return s.unitCloseShow(c, who, fiber.StatusConflict, unit, unitClosePage{Form: typed.revised(unit.Rev), Conflict: both})
}

func (s *Server) unitReopenConfirm(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	return s.confirm(c, s.unitReopening(c, who, unit))
}

// unitReopening asks before a unit goes on.
func (s *Server) unitReopening(c *fiber.Ctx, who *signedIn, unit *survey.Unit) confirmation {
	list, path := "unit.list", base(unit.Kind == survey.School)
	if unit.Kind == survey.School {
		list = "school.list"
	}
	self := path + "/" + string(unit.ID)
	return confirmation{
		StaffPage: s.staffPage(c, who, "unit.reopen", path, list, self, unit.Name.In(viewOf(c).Lang)),
		Text:      survey.Message{Key: "unit.reopen.text", Args: []any{unit.Name, unit.Valid.To}},
		Action:    self + "/reopen", Button: "unit.reopen", Cancel: self,
		Fields: map[string]string{"rev": strconv.FormatInt(unit.Rev, 10)},
	}
}

func (s *Server) unitReopen(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	seen := formOf(c).rev()
	if _, err := s.editor().ReopenUnit(c.UserContext(), who.Actor(), unit.ID, seen); err != nil {
		if survey.KindOf(err) != survey.Conflict {
			return err
		}
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		if unit, err = s.unitOf(c); err != nil {
			return err
		}
		return s.confirmAgain(c, s.unitReopening(c, who, unit), "units/"+string(unit.ID), seen, unit.Rev)
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, base(unit.Kind == survey.School)+"/"+string(unit.ID), "unit_reopened")
}

// unitMergePage joins units into one.
type unitMergePage struct {
	StaffPage
	Form     form
	Units    []option
	Conflict *conflict
}

// Into are the units that can take the others in.
func (p unitMergePage) Into() []option { return append([]option{blank("unit.merge_new")}, p.Units...) }

func (s *Server) unitMerge(c *fiber.Ctx, who *signedIn) error {
	return s.unitMergeShow(c, who, fiber.StatusOK, unitMergePage{Form: formWith("on", string(s.today()))})
}

func (s *Server) unitMergeShow(c *fiber.Ctx, who *signedIn, status int, page unitMergePage) error {
	page.StaffPage = s.staffPage(c, who, "unit.merge", "/staff/units", "unit.list")
	catalog := s.Catalog()
	walkUnits(catalog, s.today(), func(u *survey.Unit, _ int) {
		// What was chosen stays, so that a merger that failed can be done once more.
		offered := u.Valid.To == "" || slices.Contains(page.Form.Values("units"), string(u.ID))
		if u.Kind != survey.Province && u.Kind != survey.School && offered && who.Covers(catalog, u.ID, "") {
			page.Units = append(page.Units, option{Value: string(u.ID), Label: u.Name.In(page.Lang)})
		}
	})
	return s.render(c, status, "staff/unit_merge", page)
}

func (s *Server) unitMergeSave(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	catalog := s.Catalog()
	merger := registry.Merger{On: dayOf(typed.Value("on")), Into: survey.UnitID(typed.Value("into"))}
	for _, id := range append(typed.Values("units"), string(merger.Into)) {
		if u := catalog.Unit(survey.UnitID(id)); u != nil && !who.Covers(catalog, u.ID, "") {
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
	unit, err := s.editor().MergeUnits(c.UserContext(), who.Actor(), merger)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.unitMergeShow(c, who, fiber.StatusUnprocessableEntity, unitMergePage{Form: wrong})
		}
		if survey.KindOf(err) != survey.Conflict {
			return err
		}
		// A unit was changed since this server read the catalogue.
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		return s.unitMergeShow(c, who, fiber.StatusConflict, unitMergePage{Form: typed, Conflict: &conflict{Reload: "/staff/units/merge"}})
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, "/staff/units/"+string(unit.ID), "unit_merged")
}
