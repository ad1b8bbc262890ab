package registry

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

// sectorListPage is the fields of administrative procedures, in their order.
type sectorListPage struct {
	staff.BasePage
	Sectors []survey.Sector
}

func (h *Handlers) sectorList(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.Render(c, fiber.StatusOK, "staff/sectors", sectorListPage{
		BasePage: h.NewPage(c, who, "sector.list"), Sectors: h.Catalog().Sectors,
	})
}

// sectorPage makes or edits a sector.
type sectorPage struct {
	staff.BasePage
	Form     page.Form
	Sector   *survey.Sector // nil: a new one
	Conflict *staff.Conflict
}

// Groups are the groups of sectors that a target looks at.
func (sectorPage) Groups() []page.Choice {
	return []page.Choice{staff.Blank("sector_group.none"), {Value: string(survey.LandBuildInvest), Label: "sector_group." + string(survey.LandBuildInvest)}}
}

// aboutSector is for paths with :sector. Sectors are of procedures.
func (h *Handlers) aboutSector(c *fiber.Ctx) (survey.Reach, error) {
	if h.Catalog().Sector(survey.SectorID(staff.Unescaped(c.Params("sector")))) == nil {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return survey.Everywhere().In(survey.Procedures), nil
}

func (h *Handlers) sectorNew(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.sectorShow(c, who, fiber.StatusOK, sectorPage{Form: page.FormWith()})
}

func (h *Handlers) sectorEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	sector := h.Catalog().Sector(survey.SectorID(staff.Unescaped(c.Params("sector"))))
	typed := page.FormWith("group", string(sector.Group), "order", strconv.Itoa(sector.Order)).Revised(sector.Rev)
	typed.Fill("name", sector.Name)
	if sector.Short {
		typed.Typed.Set("short", "1")
	}
	return h.sectorShow(c, who, fiber.StatusOK, sectorPage{Form: typed, Sector: sector})
}

func (h *Handlers) sectorShow(c *fiber.Ctx, who *staff.SignedIn, status int, view sectorPage) error {
	title := "sector.new"
	if view.Sector != nil {
		title = view.Sector.Name.In(page.ViewOf(c).Lang)
	}
	view.BasePage = h.NewPage(c, who, title, "/staff/sectors", "sector.list")
	if view.Sector == nil && status != fiber.StatusOK {
		view.URLPath = "/staff/sectors/new"
	}
	return h.Render(c, status, "staff/sector", view)
}

// sectorEditOf reads a form.
func sectorEditOf(typed page.Form) registry.SectorEdit {
	order, err := strconv.Atoi(typed.Value("order"))
	if err != nil && typed.Value("order") != "" {
		order = -1
	}
	return registry.SectorEdit{
		Name: typed.Words("name"), Group: survey.SectorGroup(typed.Value("group")), Short: typed.Value("short") != "", Order: order,
	}
}

func (h *Handlers) sectorCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	_, err := h.editor.CreateSector(c.UserContext(), who.Actor(), sectorEditOf(typed))
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.sectorShow(c, who, fiber.StatusUnprocessableEntity, sectorPage{Form: wrong})
		}
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, "/staff/sectors", "sector_saved")
}

func (h *Handlers) sectorSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed, id := page.FormOf(c), survey.SectorID(staff.Unescaped(c.Params("sector")))
	edit := sectorEditOf(typed)
	_, err := h.editor.EditSector(c.UserContext(), who.Actor(), id, typed.Rev(), edit)
	if err == nil {
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		return h.Done(c, "/staff/sectors", "sector_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if wrong, ok := typed.Wrong(err); ok {
		return h.sectorShow(c, who, f.Status, sectorPage{Form: wrong, Sector: h.Catalog().Sector(id)})
	}
	if f.Kind != survey.Conflict {
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	stored := h.Catalog().Sector(id)
	l := h.Views.Locales[page.ViewOf(c).Lang]
	group := func(g survey.SectorGroup) string {
		if g == "" {
			g = "none"
		}
		return l.T("sector_group." + string(g))
	}
	yes := map[bool]string{true: "✓"}
	versions := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/sectors/" + string(id)}
	versions.Add("unit.name", staff.AllLanguages(edit.Name), staff.AllLanguages(stored.Name))
	versions.Add("sector.group", group(edit.Group), group(stored.Group))
	versions.Add("sector.short", yes[edit.Short], yes[stored.Short])
	versions.Add("sector.order", strconv.Itoa(edit.Order), strconv.Itoa(stored.Order))
	return h.sectorShow(c, who, f.Status, sectorPage{Form: typed.Revised(stored.Rev), Sector: stored, Conflict: versions})
}
