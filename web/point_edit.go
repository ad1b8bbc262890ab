package web

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/registry"
)

// pointPage is one point: its code, how alive it is, and what can be changed.
type pointPage struct {
	StaffPage
	Form     form
	Row      pointRow
	Conflict *conflict
	URL      string // what its code holds
	catalog  *survey.Catalog
}

func (s *Server) pointOf(c *fiber.Ctx) (*survey.Point, error) {
	point := s.Catalog().Point(survey.PointCode(c.Params("point")))
	if point == nil {
		return nil, fiber.ErrNotFound
	}
	return point, nil
}

func (s *Server) pointEdit(c *fiber.Ctx, who *signedIn) error {
	point, err := s.pointOf(c)
	if err != nil {
		return err
	}
	typed := formWith("sector", string(point.Sector), "channel", string(point.Channel)).revised(point.Rev)
	typed.fill("label", point.Label)
	return s.pointShow(c, who, fiber.StatusOK, pointPage{Form: typed}, point)
}

func (s *Server) pointShow(c *fiber.Ctx, who *signedIn, status int, page pointPage, point *survey.Point) error {
	pulses, err := s.pulses(c.UserContext())
	if err != nil {
		return err
	}
	page.StaffPage = s.staffPage(c, who, string(point.Code), "/staff/points", "point.list")
	page.catalog = s.Catalog()
	page.Row = s.pointRow(page.catalog, point, pulses)
	page.URL = codeContent(s.Site, c, point)
	return s.render(c, status, "staff/point", page)
}

// Channels are the ways in to choose from.
func (pointPage) Channels() []option { return channelOptions() }

// Sectors are the sectors that the point can fix; nil where its form asks none.
func (p pointPage) Sectors() []option {
	if form := p.catalog.Latest(p.Row.Form); form == nil || form.Family != survey.Procedures {
		return nil
	}
	return append([]option{blank("point.asks_sector")}, sectorOptions(p.catalog, p.Lang)...)
}

// Kiosk reports whether the point can be asked at by a tablet on a counter.
func (p pointPage) Kiosk() bool { return !p.Row.Off && p.catalog.Latest(p.Row.Form).SuitsKiosk() }

// PulseDays is how far back responses are counted.
func (pointPage) PulseDays() int { return pulseDays }

// QuietDays is how long a point must be without a response to be noticed.
func (pointPage) QuietDays() int { return quietDays }

func (s *Server) pointSave(c *fiber.Ctx, who *signedIn) error {
	point, err := s.pointOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	edit := registry.PointEdit{Label: typed.Words("label"), Sector: survey.SectorID(typed.Value("sector")), Channel: survey.Channel(typed.Value("channel"))}
	_, err = s.editor().EditPoint(c.UserContext(), who.Actor(), point.Code, typed.rev(), edit)
	if err == nil {
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		return s.done(c, "/staff/points/"+string(point.Code), "point_saved")
	}
	f := failureOf(err, requestID(c))
	if wrong, ok := typed.wrong(err); ok {
		return s.pointShow(c, who, f.Status, pointPage{Form: wrong}, point)
	}
	if f.Kind != survey.Conflict {
		return err
	}
	if err := s.reload(c.UserContext()); err != nil { // somebody on another server may have saved
		return err
	}
	stored := s.Catalog().Point(point.Code)
	l := s.Views.locales[viewOf(c).Lang]
	versions := &conflict{Rev: stored.Rev, Reload: "/staff/points/" + string(point.Code)}
	sector := func(id survey.SectorID) string {
		if found := s.Catalog().Sector(id); found != nil {
			return found.Name.In(l.lang)
		}
		return ""
	}
	versions.add("point.label", both(edit.Label), both(stored.Label))
	versions.add("point.sector", sector(edit.Sector), sector(stored.Sector))
	versions.add("point.channel", l.T("channel."+string(edit.Channel)), l.T("channel."+string(stored.Channel)))
	return s.pointShow(c, who, f.Status, pointPage{Form: typed.revised(stored.Rev), Conflict: versions}, stored)
}
