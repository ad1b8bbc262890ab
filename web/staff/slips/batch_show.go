package slips

import (
	"bytes"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
	"hailong/web/prints"
	"hailong/web/staff"
)

// batchPage is where a batch is printed, or where a single slip is shown for a phone to
// scan.
type batchPage struct {
	staff.BasePage
	Batch   slips.SlipBatch
	Path    string
	Place   string
	Code    string // of a single slip
	Address string
	Drawing template.HTML
}

func batchPath(point survey.PointCode, day survey.Date, id string) string {
	return "/staff/slips/" + string(point) + "/" + string(day) + "/" + id
}

// batchOf is what the path names.
func batchOf(c *fiber.Ctx) (point survey.PointCode, day survey.Date, id string) {
	return survey.PointCode(staff.Unescaped(c.Params("point"))), survey.Date(staff.Unescaped(c.Params("day"))), staff.Unescaped(c.Params("issue"))
}

func (h *Handlers) batchShow(c *fiber.Ctx, who *staff.SignedIn) error {
	point, day, id := batchOf(c)
	batch, err := h.slips.Batch(c.UserContext(), who.Actor(), point, day, id)
	if err != nil {
		return err
	}
	view := batchPage{BasePage: h.NewPage(c, who, "slip.batch", "/staff/slips", "slip.title"), Batch: batch, Path: batchPath(point, day, id)}
	if p := h.Catalog().Point(point); p != nil {
		view.Place = h.PointName(p, view.Lang)
	}
	if batch.Count == 1 {
		if err := h.draw(c, who, point, day, &view); err != nil {
			return err
		}
	}
	return h.Render(c, fiber.StatusOK, "staff/slip_batch", view)
}

// draw puts a single slip on the page.
func (h *Handlers) draw(c *fiber.Ctx, who *staff.SignedIn, point survey.PointCode, day survey.Date, view *batchPage) error {
	issued, err := h.slips.Print(c.UserContext(), who.Actor(), point, day, view.Batch.ID)
	if err != nil {
		return err
	}
	view.Code, view.Address = issued.Codes[0].Grouped(), h.BaseURL(c)+page.SlipPath(string(issued.Codes[0]))
	svg, err := qr.SVG(view.Address, qr.Options{Size: 320, Title: h.Views.Locales[view.Lang].T("slip.picture")})
	view.Drawing = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	return err
}

// batchPrint prints a batch: A4 sheets, or with format=roll on the paper of a receipt
// printer.
func (h *Handlers) batchPrint(c *fiber.Ctx, who *staff.SignedIn) error {
	if err := h.HandsOut(); err != nil {
		return err
	}
	point, day, id := batchOf(c)
	format := qr.Slips
	if page.Parameter(c, "format") == string(qr.Roll) {
		format = qr.Roll
	}
	issued, err := h.slips.Print(c.UserContext(), who.Actor(), point, day, id)
	if err != nil {
		return err
	}
	p := h.Catalog().Point(point)
	if p == nil {
		return fiber.ErrNotFound
	}
	pieces, wording := prints.Slips(h.Site, c, p, issued.Until, issued.Codes)
	var document bytes.Buffer
	if err := qr.PDF(&document, format, pieces, qr.Document{Wording: wording, Demo: h.Demo || h.LAN, Created: h.Today().Time()}); err != nil {
		return prints.BadPrint(err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="hailong-`+string(format)+`.pdf"`)
	return c.Send(document.Bytes())
}
