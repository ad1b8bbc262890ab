package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// unitClosePage ends a unit.
type unitClosePage struct {
	StaffPage
	Form       form
	Unit       *survey.Unit
	School     bool
	Conflict   *conflict
	Successors []option
	Below      int // units below it that go on
	Points     int // in use
}

// Base is the path of the list that the unit is in.
func (p unitClosePage) Base() string { return base(p.School) }

// Moves is the one box of whether to move what belongs to the unit.
func (unitClosePage) Moves() []option { return []option{{Value: "1", Label: "unit.move"}} }

func (s *Server) unitClose(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	return s.unitCloseShow(c, who, fiber.StatusOK, unit, formWith("last", string(s.today())).revised(unit.Rev), nil)
}

func (s *Server) unitCloseShow(c *fiber.Ctx, who *signedIn, status int, unit *survey.Unit, typed form, versions *conflict) error {
	catalog, school := s.config.Catalog(), unit.Kind == survey.School
	page := unitClosePage{Form: typed, Unit: unit, School: school, Conflict: versions}
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
	for _, child := range catalog.Children(unit.ID) {
		if child.Valid.To == "" {
			page.Below++
		}
	}
	for i := range catalog.Points {
		if p := &catalog.Points[i]; p.Unit == unit.ID && !p.Off {
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
	closing := survey.Closing{Last: dayOf(typed.Value("last")), Move: typed.Value("move") != ""}
	for _, id := range typed.Values("successors") {
		closing.Successors = append(closing.Successors, survey.UnitID(id))
	}
	_, err = s.editor().CloseUnit(c.UserContext(), who.Actor(), unit.ID, typed.rev(), closing)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.unitCloseShow(c, who, fiber.StatusUnprocessableEntity, unit, wrong, nil)
		}
		if survey.KindOf(err) != survey.Conflict {
			return err
		}
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		if unit, err = s.unitOf(c); err != nil {
			return err
		}
		return s.unitCloseShow(c, who, fiber.StatusConflict, unit, typed.revised(unit.Rev), s.unitCloseConflict(c, unit, closing))
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, base(unit.Kind == survey.School)+"/"+string(unit.ID), "unit_closed")
}

// unitCloseConflict compares what became of a unit with the end that was typed.
func (s *Server) unitCloseConflict(c *fiber.Ctx, stored *survey.Unit, mine survey.Closing) *conflict {
	l := s.views.locales[viewOf(c).Lang]
	names := func(ids []survey.UnitID) string {
		var all []string
		for _, name := range unitNames(s.config.Catalog(), ids) {
			all = append(all, name.In(l.lang))
		}
		return strings.Join(all, ", ")
	}
	versions := &conflict{Rev: stored.Rev, Reload: base(stored.Kind == survey.School) + "/" + string(stored.ID)}
	versions.add("unit.last", l.Date(mine.Last), l.Date(stored.Valid.To))
	versions.add("unit.successors", names(mine.Successors), names(stored.Successors))
	return versions
}

func (s *Server) unitReopenConfirm(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	list, path := "unit.list", base(unit.Kind == survey.School)
	if unit.Kind == survey.School {
		list = "school.list"
	}
	self := path + "/" + string(unit.ID)
	return s.confirm(c, confirmation{
		StaffPage: s.staffPage(c, who, "unit.reopen", path, list, self, unit.Name.In(viewOf(c).Lang)),
		Text:      survey.Message{Key: "unit.reopen.text", Args: []any{unit.Name, unit.Valid.To}},
		Action:    self + "/reopen", Button: "unit.reopen", Cancel: self,
		Fields: map[string]string{"rev": strconv.FormatInt(unit.Rev, 10)},
	})
}

func (s *Server) unitReopen(c *fiber.Ctx, who *signedIn) error {
	unit, err := s.unitOf(c)
	if err != nil {
		return err
	}
	if _, err := s.editor().ReopenUnit(c.UserContext(), who.Actor(), unit.ID, formOf(c).rev()); err != nil {
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, base(unit.Kind == survey.School)+"/"+string(unit.ID), "unit_reopened")
}

// unitMergePage joins units into one.
type unitMergePage struct {
	StaffPage
	Form  form
	Units []option
}

// Into are the units that can take the others in.
func (p unitMergePage) Into() []option { return append([]option{blank("unit.merge_new")}, p.Units...) }

func (s *Server) unitMerge(c *fiber.Ctx, who *signedIn) error {
	return s.unitMergeShow(c, who, fiber.StatusOK, formWith("on", string(s.today())))
}

func (s *Server) unitMergeShow(c *fiber.Ctx, who *signedIn, status int, typed form) error {
	page := unitMergePage{StaffPage: s.staffPage(c, who, "unit.merge", "/staff/units", "unit.list"), Form: typed}
	catalog := s.config.Catalog()
	walkUnits(catalog, func(u *survey.Unit, _ int) {
		if u.Kind != survey.Province && u.Kind != survey.School && u.Valid.To == "" && who.Covers(catalog, u.ID, "") {
			page.Units = append(page.Units, option{Value: string(u.ID), Label: u.Name.In(page.Lang)})
		}
	})
	return s.render(c, status, "staff/unit_merge", page)
}

func (s *Server) unitMergeSave(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	catalog := s.config.Catalog()
	merger := survey.Merger{On: dayOf(typed.Value("on")), Into: survey.UnitID(typed.Value("into"))}
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
			return s.unitMergeShow(c, who, fiber.StatusUnprocessableEntity, wrong)
		}
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, "/staff/units/"+string(unit.ID), "unit_merged")
}
