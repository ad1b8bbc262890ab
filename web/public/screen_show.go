package public

import (
	"html/template"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/proof"
	"hailong/web/formview"
	"hailong/web/page"
	"hailong/web/prints"
)

// screenPage is a code for people to scan on a screen at a counter. An enrolled
// screen changes it every two minutes; any other shows that of the posters.
type screenPage struct {
	page.Page
	Code     survey.PointCode
	Place    survey.Text
	Service  survey.Text
	Enrolled bool
	Address  string // of the form
	Picture  template.HTML
	Notice   *survey.Message // in the place of the code
}

// Path is the screen's own address.
func (p screenPage) Path() string { return p.Link("/screen/" + string(p.Code)) }

// Minutes is how long a code stands.
func (screenPage) Minutes() int { return int(proof.ScreenWindow.Minutes()) }

// screenShow shows the screen of a point. The picture is of this moment; the
// script draws the next ones, also without a network, and without a script the
// page loads itself again.
func (h *Handlers) screenShow(c *fiber.Ctx) error {
	catalog := h.Catalog()
	point, err := h.point(c, catalog)
	if err != nil {
		return h.pointFailed(c, err)
	}
	if string(point.Code) != c.Params("code") { // as people type it
		return c.Redirect(h.Page(c).Link("/screen/"+string(point.Code)), fiber.StatusSeeOther)
	}
	view := screenPage{Page: h.Page(c), Code: point.Code, Place: h.PlaceOf(point.Code), Service: point.Label, Address: prints.CodeContent(h.Site, c, point)}
	if sector := catalog.Sector(point.Sector); sector != nil && len(view.Service) == 0 {
		view.Service = sector.Name
	}
	if _, _, err := catalog.CampaignFor(point, h.Today()); err != nil {
		f := page.FailureOf(err, "")
		if f.Kind != survey.Closed {
			return err
		}
		view.Notice = &f.Message
		return h.Render(c, fiber.StatusGone, "screen", view)
	}
	screen, enrolled, err := h.deviceOf(c, point.Code, proof.Screen)
	if err != nil {
		return err
	}
	view.Enrolled = enrolled
	if view.Picture, err = h.screenPicture(c, view, screen); err != nil {
		return err
	}
	return h.Render(c, fiber.StatusOK, "screen", view)
}

func (h *Handlers) screenPicture(c *fiber.Ctx, view screenPage, screen proof.Device) (template.HTML, error) {
	address := view.Address
	if view.Enrolled {
		code, err := h.proofs.ScreenCode(c.UserContext(), screen)
		if err != nil {
			return "", err
		}
		address += "?" + page.AsQuery(formview.ScreenCodeParameter, code)
	}
	svg, err := qr.SVG(address, qr.Options{Level: qr.Low, Title: h.Views.Locales[view.Lang].T("screen.code")})
	return template.HTML(svg), err //nolint:gosec // package qr escapes what it draws
}

// screenCodes are the codes of a screen, in the milliseconds of its script.
type screenCodes struct {
	Now    int64    `json:"now"`
	First  int64    `json:"first"`
	Window int64    `json:"window"`
	Codes  []string `json:"codes"`
}

// screenCodesShow gives an enrolled screen its codes of the next day, and nobody
// else.
func (h *Handlers) screenCodesShow(c *fiber.Ctx) error {
	point, err := h.point(c, h.Catalog())
	if err != nil {
		return err
	}
	screen, enrolled, err := h.deviceOf(c, point.Code, proof.Screen)
	if err != nil {
		return err
	}
	if !enrolled {
		return survey.NewError(survey.Forbidden, "give codes to a screen", nil)
	}
	codes, err := h.proofs.ScreenCodes(c.UserContext(), screen)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(screenCodes{codes.Now.UnixMilli(), codes.First.UnixMilli(), int64(codes.Window / time.Millisecond), codes.Codes})
}
