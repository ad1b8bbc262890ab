package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
)

// sectorListPage is the fields of administrative procedures, in their order.
type sectorListPage struct {
	StaffPage
	Sectors []survey.Sector
}

func (s *Server) sectorList(c *fiber.Ctx, who *signedIn) error {
	return s.render(c, fiber.StatusOK, "staff/sectors", sectorListPage{
		StaffPage: s.staffPage(c, who, "sector.list"), Sectors: s.Catalog().Sectors,
	})
}

// sectorPage makes or edits a sector.
type sectorPage struct {
	StaffPage
	Form     form
	Sector   *survey.Sector // nil: a new one
	Conflict *conflict
}

// Groups are the groups of sectors that a target looks at.
func (sectorPage) Groups() []option {
	return []option{blank("sector_group.none"), {Value: string(survey.LandBuildInvest), Label: "sector_group." + string(survey.LandBuildInvest)}}
}

// aboutSector is for paths with :sector. Sectors are of procedures.
func (s *Server) aboutSector(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	if s.Catalog().Sector(survey.SectorID(unescaped(c.Params("sector")))) == nil {
		return "", "", fiber.ErrNotFound
	}
	return "", survey.Procedures, nil
}

func (s *Server) sectorNew(c *fiber.Ctx, who *signedIn) error {
	return s.sectorShow(c, who, fiber.StatusOK, sectorPage{Form: formWith()})
}

func (s *Server) sectorEdit(c *fiber.Ctx, who *signedIn) error {
	sector := s.Catalog().Sector(survey.SectorID(unescaped(c.Params("sector"))))
	typed := formWith("group", string(sector.Group), "order", strconv.Itoa(sector.Order)).revised(sector.Rev)
	typed.fill("name", sector.Name)
	if sector.Short {
		typed.values.Set("short", "1")
	}
	return s.sectorShow(c, who, fiber.StatusOK, sectorPage{Form: typed, Sector: sector})
}

func (s *Server) sectorShow(c *fiber.Ctx, who *signedIn, status int, page sectorPage) error {
	title := "sector.new"
	if page.Sector != nil {
		title = page.Sector.Name.In(viewOf(c).Lang)
	}
	page.StaffPage = s.staffPage(c, who, title, "/staff/sectors", "sector.list")
	if page.Sector == nil && status != fiber.StatusOK {
		page.path = "/staff/sectors/new"
	}
	return s.render(c, status, "staff/sector", page)
}

// sectorEditOf reads a form.
func sectorEditOf(typed form) registry.SectorEdit {
	order, err := strconv.Atoi(typed.Value("order"))
	if err != nil && typed.Value("order") != "" {
		order = -1
	}
	return registry.SectorEdit{
		Name: typed.Words("name"), Group: survey.SectorGroup(typed.Value("group")), Short: typed.Value("short") != "", Order: order,
	}
}

func (s *Server) sectorCreate(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	_, err := s.editor().CreateSector(c.UserContext(), who.Actor(), sectorEditOf(typed))
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.sectorShow(c, who, fiber.StatusUnprocessableEntity, sectorPage{Form: wrong})
		}
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, "/staff/sectors", "sector_saved")
}

func (s *Server) sectorSave(c *fiber.Ctx, who *signedIn) error {
	typed, id := formOf(c), survey.SectorID(unescaped(c.Params("sector")))
	edit := sectorEditOf(typed)
	_, err := s.editor().EditSector(c.UserContext(), who.Actor(), id, typed.rev(), edit)
	if err == nil {
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		return s.done(c, "/staff/sectors", "sector_saved")
	}
	f := failureOf(err, requestID(c))
	if wrong, ok := typed.wrong(err); ok {
		return s.sectorShow(c, who, f.Status, sectorPage{Form: wrong, Sector: s.Catalog().Sector(id)})
	}
	if f.Kind != survey.Conflict {
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	stored := s.Catalog().Sector(id)
	l := s.Views.locales[viewOf(c).Lang]
	group := func(g survey.SectorGroup) string {
		if g == "" {
			g = "none"
		}
		return l.T("sector_group." + string(g))
	}
	yes := map[bool]string{true: "✓"}
	versions := &conflict{Rev: stored.Rev, Reload: "/staff/sectors/" + string(id)}
	versions.add("unit.name", both(edit.Name), both(stored.Name))
	versions.add("sector.group", group(edit.Group), group(stored.Group))
	versions.add("sector.short", yes[edit.Short], yes[stored.Short])
	versions.add("sector.order", strconv.Itoa(edit.Order), strconv.Itoa(stored.Order))
	return s.sectorShow(c, who, f.Status, sectorPage{Form: typed.revised(stored.Rev), Sector: stored, Conflict: versions})
}
