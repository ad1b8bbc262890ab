package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/proof"
	"hailong/survey/takeback"
	"hailong/web/formview"
	"hailong/web/page"
)

// kioskSubmit stores what a kiosk sends: one press may be all of it. A page for
// kiosks that is open anywhere but on an enrolled one is taken for a telephone's.
func (h *Handlers) kioskSubmit(c *fiber.Ctx) error {
	catalog := h.Catalog()
	point, err := h.point(c, catalog)
	if err != nil {
		return h.pointFailed(c, err)
	}
	submission := formview.SubmissionOf(c, h.Now())
	submission.Point, submission.Channel, submission.Partial = point.Code, survey.ChannelKiosk, true
	submission.Checks, submission.Origin = h.checks(c, point.Code, submission.ID), countedOf(c).Origin
	if _, submission.Checks.Device, err = h.deviceOf(c, point.Code, proof.Kiosk); err != nil {
		return err // it keeps what was given and sends it again, still as a kiosk
	}
	receipt, err := h.receiptOf(c, takeback.SentForm{Point: point.Code, Kiosk: true}, submission.ID)
	if err == nil {
		submission.ID = string(receipt.ID)
		_, err = h.intake.Submit(c.UserContext(), submission)
	}
	page := page.Page{View: page.ViewOf(c)}
	page.Lang = submission.Lang
	switch {
	case err == nil, survey.Is(err, survey.Conflict): // whoever sends a page twice is not told what it was sent with first
		return c.Redirect(page.Link("/k/"+string(point.Code)+"/thanks"), fiber.StatusSeeOther)
	case survey.Is(err, survey.Closed):
		return c.Redirect(page.Link("/k/"+string(point.Code)), fiber.StatusSeeOther)
	}
	return err
}

// kioskThanks thanks a person whose browser runs no script, and leads back to
// the question by itself.
func (h *Handlers) kioskThanks(c *fiber.Ctx) error {
	point, err := h.point(c, h.Catalog())
	if err != nil {
		return h.pointFailed(c, err)
	}
	page := kioskPage{Page: h.Page(c), Code: point.Code, Times: h.kiosk, Thanks: true}
	page.URLPath = "/k/" + string(point.Code)
	return h.Render(c, fiber.StatusOK, "kiosk", page)
}
