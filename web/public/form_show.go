package public

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/formview"
	"hailong/web/page"
)

// closedPage says since or until when a survey takes no opinions.
type closedPage struct {
	page.Page
	Place   survey.Text
	Message survey.Message
}

// formShow shows the form of a point.
func (h *Handlers) formShow(c *fiber.Ctx) error {
	catalog := h.Catalog()
	point, err := h.point(c, catalog)
	if err != nil {
		return h.pointFailed(c, err)
	}
	if string(point.Code) != c.Params("code") { // as people type it
		return c.Redirect(h.Page(c).Link("/s/"+string(point.Code)), fiber.StatusSeeOther)
	}
	campaign, ref, err := catalog.CampaignFor(point, h.Today())
	if err != nil {
		return h.closedShow(c, catalog, point, err)
	}
	id, err := h.receipts.Draw()
	if err != nil {
		return err
	}
	view, place := page.ViewFor(c, campaign), point.Unit
	if unit := catalog.UnitOn(place, h.Today()); unit != nil {
		place = unit.ID
	}
	page, err := h.forms.get(catalog, formKey{point.Code, ref, place, view}, func() (*splicedPage, error) {
		// The page must not depend on anything else of this request.
		page := formview.NewFormPage(h.Today(), page.Page{View: view, Demo: h.Demo, LAN: h.LAN, URLPath: "/s/" + string(point.Code), Langs: page.Offered(campaign)}, catalog, point, ref, survey.Given{}, nil)
		page.ID, page.Ticket, page.Fresh = formview.IDGap, formview.TicketGap, true
		rendered, err := h.RenderBytes("form", page)
		if err != nil {
			return nil, err
		}
		return newSplicedPage(rendered, page.Rules.Policy)
	})
	if err != nil {
		return err
	}
	return page.send(c, string(id), h.ticketFor(c, point.Code, id))
}

// point returns the point whose code is in the path. The error is Invalid for
// a mistyped code and NotFound for one that no point has.
func (h *Handlers) point(c *fiber.Ctx, catalog *survey.Catalog) (*survey.Point, error) {
	typed, err := url.PathUnescape(c.Params("code"))
	if err != nil {
		typed = c.Params("code")
	}
	code, err := survey.ParsePointCode(typed)
	if err != nil {
		return nil, err
	}
	return h.pointOf(catalog, code)
}

// pointOf returns the point of a code, if a form can be opened there. The error is
// NotFound.
func (h *Handlers) pointOf(catalog *survey.Catalog, code survey.PointCode) (*survey.Point, error) {
	point := catalog.Point(code)
	if point == nil {
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: "point.unknown"}
	}
	if unit := catalog.UnitOn(point.Unit, h.Today()); point.Off && unit != nil {
		// Where the new code is, not which: the old one may have leaked.
		key := "point.switched_off"
		if point.Successor != "" {
			key = "point.replaced"
		}
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: key, Args: []any{unit.Name}}
	}
	if point.Off {
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: "point.unknown"}
	}
	if point.Channel == survey.ChannelPaper { // a form counts by its serial number, once
		return nil, &survey.Error{Kind: survey.NotFound, Op: "find point", Key: "point.paper"}
	}
	return point, nil
}

// pointFailed answers a code that leads nowhere with a field to type it again.
func (h *Handlers) pointFailed(c *fiber.Ctx, err error) error {
	typed, unescaped := url.PathUnescape(c.Params("code"))
	if unescaped != nil {
		typed = c.Params("code")
	}
	return h.codeAgain(c, typed, err)
}

func (h *Handlers) closedShow(c *fiber.Ctx, catalog *survey.Catalog, point *survey.Point, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	page := closedPage{Page: h.Page(c), Message: f.Message}
	if unit := catalog.UnitOn(point.Unit, h.Today()); unit != nil {
		page.Place = unit.Name
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return h.Render(c, f.Status, "closed", page)
}
