package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/web/formview"
	"hailong/web/page"
)

// formSubmit stores what a person answered and leads to the receipt. Whatever
// prevents it, the form comes back with everything typed.
func (h *Handlers) formSubmit(c *fiber.Ctx) error {
	catalog := h.Catalog()
	point, err := h.point(c, catalog)
	if err != nil {
		return h.pointFailed(c, err)
	}
	submission := formview.SubmissionOf(c, h.Now())
	submission.Checks, submission.Origin = h.checks(c, point.Code, submission.ID), countedOf(c).Origin
	return h.submit(c, catalog, point, submission)
}

// submit stores a response of a point, with the proof that came with it. Whoever opens
// a form by its code is a telephone.
func (h *Handlers) submit(c *fiber.Ctx, catalog *survey.Catalog, point *survey.Point, submission intake.Submission) error {
	submission.Point, submission.Channel = point.Code, survey.ChannelQR
	submission, err := h.renumber(c, submission)
	if err == nil {
		submission, err = h.prove(c, submission)
	}
	var receipt intake.Receipt
	if err == nil {
		receipt, err = h.intake.Submit(c.UserContext(), submission)
	}
	if err == nil {
		thanks := page.Page{View: page.ViewOf(c)}
		thanks.Lang = submission.Lang
		address := "/s/" + string(point.Code) + "/thanks/" + string(receipt.Response.ID)
		h.handOver(c, receipt.Response.ID, address)
		if receipt.Differs {
			address += "?" + page.AsQuery(receiptFirst, "1")
		}
		return c.Redirect(thanks.Link(address), fiber.StatusSeeOther)
	}
	switch survey.KindOf(err) {
	case survey.Closed:
		return h.closedShow(c, catalog, point, err)
	case survey.Invalid, survey.Unavailable, survey.Internal, survey.Conflict, survey.RateLimited:
		return h.formAgain(c, catalog, point, submission, err)
	case survey.NotFound, survey.Unauthenticated, survey.Forbidden:
	}
	return err
}

// formAgain shows the form with everything typed and what is wrong.
func (h *Handlers) formAgain(c *fiber.Ctx, catalog *survey.Catalog, point *survey.Point, submission intake.Submission, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	campaign, ref, closed := catalog.CampaignFor(point, h.Today())
	if closed != nil {
		return h.closedShow(c, catalog, point, closed)
	}
	if submission.Form.Code == ref.Code && catalog.Questionnaire(submission.Form) != nil {
		ref = submission.Form
	}
	base := h.Page(c)
	base.View, base.Langs = base.Within(campaign, submission.Lang), page.Offered(campaign)
	slip := formview.SlipOf(c)
	if slip != "" {
		base.URLPath = verifiedPath(slip)
	}
	page := formview.NewFormPage(h.Today(), base, catalog, point, ref, submission.Given, f.Fields)
	page.Note, page.Slip = &f.Message, slip
	if f.Kind == survey.Internal || f.Kind == survey.Unavailable {
		page.Note, page.Request = &survey.Message{Key: "form.not_stored"}, f.Request
		h.Log.Error("response not stored", "request", f.Request, "kind", f.Kind.String(), "error", err)
		c.Set(fiber.HeaderRetryAfter, "10")
	}
	id, bad := survey.ParseResponseID(submission.ID)
	receipt := h.receiptOf(c, id, string(c.Request().PostArgs().Peek(formview.ReceiptField)))
	page.Ticket = ticketOf(c)
	if bad != nil || f.Kind == survey.Conflict { // the id is another response's
		if id, receipt, err = h.receiptFor(c); err != nil {
			return err
		}
		page.Ticket = h.ticketFor(c, point.Code, id)
	}
	page.ID, page.Receipt = string(id), string(receipt)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentSecurityPolicy, page.Rules.Policy)
	return h.Render(c, f.Status, "form", page)
}
