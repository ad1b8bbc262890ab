package registry

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/prints"
	"hailong/web/staff"
)

// pointPage is one point: its code, how much it is used, and what can be changed.
type pointPage struct {
	staff.BasePage
	Form     page.Form
	Row      pointRow
	Conflict *staff.Conflict
	URL      string // what its code holds
	catalog  *survey.Catalog
}

func (h *Handlers) pointOf(c *fiber.Ctx) (*survey.Point, error) {
	point := h.Catalog().Point(survey.PointCode(c.Params("point")))
	if point == nil {
		return nil, fiber.ErrNotFound
	}
	return point, nil
}

func (h *Handlers) pointEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	point, err := h.pointOf(c)
	if err != nil {
		return err
	}
	typed := page.FormWith("sector", string(point.Sector), "channel", string(point.Channel)).Revised(point.Rev)
	typed.Fill("label", point.Label)
	return h.pointShow(c, who, fiber.StatusOK, pointPage{Form: typed}, point)
}

func (h *Handlers) pointShow(c *fiber.Ctx, who *staff.SignedIn, status int, page pointPage, point *survey.Point) error {
	activity, err := h.activity(c.UserContext())
	if err != nil {
		return err
	}
	page.BasePage = h.NewPage(c, who, string(point.Code), "/staff/points", "point.list")
	page.catalog = h.Catalog()
	page.Row = h.pointRow(page.catalog, point, activity)
	page.URL = prints.CodeContent(h.Site, c, point)
	return h.Render(c, status, "staff/point", page)
}

// Channels are the ways in to choose from.
func (pointPage) Channels() []page.Choice { return staff.ChannelChoices() }

// Sectors are the sectors that the point can fix; nil where its form asks none.
func (p pointPage) Sectors() []page.Choice {
	if form := p.catalog.Latest(p.Row.Form); form == nil || form.Family != survey.Procedures {
		return nil
	}
	return append([]page.Choice{staff.Blank("point.asks_sector")}, staff.SectorChoices(p.catalog, p.Lang)...)
}

// Kiosk reports whether the point can be asked at by a tablet on a counter.
func (p pointPage) Kiosk() bool { return !p.Row.Off && p.catalog.Latest(p.Row.Form).SuitsKiosk() }

// ActivityDays is how far back responses are counted.
func (pointPage) ActivityDays() int { return staff.ActivityDays }

// QuietDays is how long a point must be without a response to be noticed.
func (pointPage) QuietDays() int { return staff.QuietDays }

func (h *Handlers) pointSave(c *fiber.Ctx, who *staff.SignedIn) error {
	point, err := h.pointOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	edit := registry.PointEdit{Label: typed.Words("label"), Sector: survey.SectorID(typed.Value("sector")), Channel: survey.Channel(typed.Value("channel"))}
	_, err = h.editor.EditPoint(c.UserContext(), who.Actor(), point.Code, typed.Rev(), edit)
	if err == nil {
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		return h.Done(c, "/staff/points/"+string(point.Code), "point_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	if wrong, ok := typed.Wrong(err); ok {
		return h.pointShow(c, who, f.Status, pointPage{Form: wrong}, point)
	}
	if f.Kind != survey.Conflict {
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil { // somebody on another server may have saved
		return err
	}
	stored := h.Catalog().Point(point.Code)
	l := h.Views.Locales[page.ViewOf(c).Lang]
	versions := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/points/" + string(point.Code)}
	sector := func(id survey.SectorID) string {
		if found := h.Catalog().Sector(id); found != nil {
			return found.Name.In(l.Lang)
		}
		return ""
	}
	versions.Add("point.label", staff.AllLanguages(edit.Label), staff.AllLanguages(stored.Label))
	versions.Add("point.sector", sector(edit.Sector), sector(stored.Sector))
	versions.Add("point.channel", l.T("channel."+string(edit.Channel)), l.T("channel."+string(stored.Channel)))
	return h.pointShow(c, who, f.Status, pointPage{Form: typed.Revised(stored.Rev), Conflict: versions}, stored)
}
