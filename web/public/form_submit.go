package public

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/takeback"
	"hailong/web/formview"
	"hailong/web/page"
)

// BodyLimit is how long a body may be that is sent to a path: that of a form with
// many texts may be longer than others. Which form a link of older versions opens
// the path does not say: any.
func (h *Handlers) BodyLimit(path string) int {
	place, code, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if place != "s" && place != "k" && place != "l" {
		return formview.BodyLimit
	}
	catalog, limit := h.Catalog(), formview.BodyLimit
	point := pointAt(catalog, code)
	if place != "l" && point == nil {
		return limit
	}
	for i := range catalog.Questionnaires { // every version: a phone without network may send an older one
		if q := &catalog.Questionnaires[i]; place == "l" || q.Code == point.Form {
			limit = max(limit, formview.LongestBody(q))
		}
	}
	return limit
}

// pointAt is the point of a code as it stands in a path, or nil.
func pointAt(catalog *survey.Catalog, typed string) *survey.Point {
	if unescaped, err := url.PathUnescape(typed); err == nil {
		typed = unescaped
	}
	code, err := survey.ParsePointCode(typed)
	if err != nil {
		return nil
	}
	return catalog.Point(code)
}

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
	receipt, outcome, err := h.keep(c, submission)
	switch {
	case err == nil && (outcome.Fresh || outcome.Own):
		return h.thank(c, point, submission.Lang, receipt, outcome.Own && outcome.Differs)
	case err == nil, survey.Is(err, survey.Conflict):
		return h.receivedShow(c, point, submission)
	}
	switch survey.KindOf(err) {
	case survey.Closed:
		return h.closedShow(c, catalog, point, err)
	case survey.Invalid, survey.Unavailable, survey.Internal, survey.RateLimited:
		return h.formAgain(c, catalog, point, submission, err)
	case survey.NotFound, survey.Unauthenticated, survey.Forbidden, survey.Conflict:
	}
	return err
}

// keep stores a response under the id that follows from the one of its form.
func (h *Handlers) keep(c *fiber.Ctx, s intake.Submission) (receipt takeback.IssuedReceipt, outcome intake.Receipt, err error) {
	arguments := c.Request().PostArgs()
	receipt, err = h.receiptOf(c, takeback.SentForm{
		Point: s.Point, Nonce: string(arguments.Peek(formview.NonceField)), Kept: string(arguments.Peek(formview.OlderReceiptField)),
	}, s.ID)
	if err != nil {
		return receipt, outcome, err
	}
	s.ID, s.Retry = string(receipt.ID), receipt.Retry
	if s, err = h.prove(c, s); err != nil {
		return receipt, outcome, err
	}
	outcome, err = h.intake.Submit(c.UserContext(), s)
	return receipt, outcome, err
}

// receiptOf is the receipt of a form that was sent with an id. The error is Invalid for
// what is no id.
func (h *Handlers) receiptOf(c *fiber.Ctx, form takeback.SentForm, id string) (takeback.IssuedReceipt, error) {
	drawn, err := survey.ParseResponseID(id)
	if err != nil {
		return takeback.IssuedReceipt{}, err
	}
	form.Drawn = drawn
	return h.receipts.Of(c.UserContext(), form)
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
		if survey.DamageOf(err) != nil {
			page.Note = &survey.Message{Key: "store.damaged"} // trying again soon helps nobody
		}
		h.Log.Error("response not stored", "request", f.Request, "kind", f.Kind.String(), "error", err)
		c.Set(fiber.HeaderRetryAfter, "10")
	}
	// What was drawn stays: if it was stored all the same, it is the same response.
	page.ID, page.Ticket, page.Receipt = submission.ID, ticketOf(c), string(c.Request().PostArgs().Peek(formview.OlderReceiptField))
	if _, bad := survey.ParseResponseID(submission.ID); bad != nil {
		if err := h.drawAgain(c, &page); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentSecurityPolicy, page.Rules.Policy)
	return h.Render(c, f.Status, "form", page)
}

// drawAgain makes a form that is shown one for another response.
func (h *Handlers) drawAgain(c *fiber.Ctx, form *formview.FormPage) error {
	id, err := h.receipts.Draw()
	form.ID, form.Ticket, form.Receipt = string(id), h.ticketFor(c, form.Code, id), ""
	return err
}
