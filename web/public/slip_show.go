package public

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/slips"
	"hailong/web/formview"
	"hailong/web/page"
)

// slipShow shows the form of a slip's point, with the slip in it. Whatever is known
// of the slip, the page is the same.
func (h *Handlers) slipShow(c *fiber.Ctx) error {
	hideAddress(c)
	typed, err := url.PathUnescape(c.Params("slip"))
	if err != nil {
		typed = c.Params("slip")
	}
	code, err := slips.ParseSlipCode(typed)
	if err != nil {
		return h.codeAgain(c, typed, err)
	}
	point, err := h.slips.Point(c.UserContext(), code)
	if err != nil {
		return h.noForm(c, err)
	}
	return h.verifiedForm(c, point, string(code))
}

// hideAddress keeps an address that is a secret out of caches, searches and the
// addresses that browsers tell others.
func hideAddress(c *fiber.Ctx) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
}

// verifiedForm shows the form of a point with a slip, or the secret of an old link, in
// it. The id of the response is fresh and has nothing to do with either.
func (h *Handlers) verifiedForm(c *fiber.Ctx, code survey.PointCode, slip string) error {
	catalog := h.Catalog()
	point, err := h.pointOf(catalog, code)
	if err != nil {
		return h.noForm(c, err)
	}
	campaign, ref, err := catalog.CampaignFor(point, h.Today())
	if err != nil {
		return h.closedShow(c, catalog, point, err)
	}
	id, err := h.receipts.Draw()
	if err != nil {
		return err
	}
	base := h.Page(c)
	base.View, base.Langs = page.ViewFor(c, campaign), page.Offered(campaign)
	form := formview.NewFormPage(h.Today(), base, catalog, point, ref, survey.Given{}, nil)
	form.ID, form.Ticket, form.Fresh, form.Slip = string(id), h.ticketFor(c, code, id), true, slip
	c.Set(fiber.HeaderContentSecurityPolicy, form.Rules.Policy)
	return h.Render(c, fiber.StatusOK, "form", form)
}

// prove spends the slip that came with a submission and returns the submission with
// the proof, if it is one. It looks first whether the answers are complete, so that a
// form that comes back with mistakes costs no slip.
//
// The channel is that of slips whatever becomes of the slip: channels are counted
// exactly and at once, and exported, so that one that depends on the slip would tell
// whoever tries it whether it had been used.
func (h *Handlers) prove(c *fiber.Ctx, s intake.Submission) (intake.Submission, error) {
	slip := formview.SlipOf(c)
	if slip == "" {
		return s, nil
	}
	s.Channel = survey.ChannelLink
	response, err := h.intake.Prepare(s)
	if err != nil {
		return s, err
	}
	s.Checks.Slip, err = h.slips.Spend(c.UserContext(), slip, response.Point, response.ID)
	return s, err
}

// verifiedPath is where a form is opened again that came with a slip or an old link.
func verifiedPath(slip string) string {
	if code, err := slips.ParseSlipCode(slip); err == nil {
		return page.SlipPath(string(code))
	}
	return "/l/" + url.PathEscape(slip)
}

// linkShow opens a one-time link of an older version: the form of its point, used or
// not.
func (h *Handlers) linkShow(c *fiber.Ctx) error {
	hideAddress(c)
	secret := linkSecret(c)
	code, err := h.slips.LinkPoint(c.UserContext(), secret)
	if err != nil {
		return h.noForm(c, err)
	}
	return h.verifiedForm(c, code, secret)
}

// noForm offers the field for another code to whoever holds one that opens no form.
func (h *Handlers) noForm(c *fiber.Ctx, err error) error {
	if survey.Is(err, survey.NotFound) || survey.Is(err, survey.Closed) {
		return h.codeAgain(c, "", err)
	}
	return err
}

func linkSecret(c *fiber.Ctx) string { return strings.Clone(c.Params("secret")) }

// linkSubmit takes a form that an older version of this program opened by a link, and
// that was sent only now. Its id follows from the link: unless the response is stored
// under it already, it gets another.
func (h *Handlers) linkSubmit(c *fiber.Ctx) error {
	hideAddress(c)
	secret, submission := linkSecret(c), formview.SubmissionOf(c, h.Now())
	code, err := h.slips.LinkPoint(c.UserContext(), secret)
	if err != nil && !survey.Is(err, survey.Closed) { // answered in time, it may come late
		return err
	}
	point, err := h.pointOf(h.Catalog(), code)
	if err != nil {
		return err
	}
	c.Request().PostArgs().Set(formview.SlipField, secret)
	sent, err := survey.ParseResponseID(submission.ID)
	if err == nil {
		sent, err = h.unlinked(c, secret, sent)
		submission.ID = string(sent)
	}
	if err != nil {
		return h.formAgain(c, h.Catalog(), point, submission, err)
	}
	return h.submit(c, h.Catalog(), point, submission)
}

// unlinked returns the id under which a response is stored that was sent by an old
// link.
func (h *Handlers) unlinked(c *fiber.Ctx, secret string, sent survey.ResponseID) (survey.ResponseID, error) {
	_, err := h.intake.Store.Get(c.UserContext(), survey.Responses, string(sent))
	if survey.Is(err, survey.NotFound) {
		return h.slips.FreshID(c.UserContext(), secret, sent)
	}
	return sent, err
}

// linkLimited shows the form of an old link again with everything typed.
func (h *Handlers) linkLimited(c *fiber.Ctx, err error) error {
	wait := strings.Clone(string(c.Response().Header.Peek(fiber.HeaderRetryAfter)))
	secret := linkSecret(c)
	code, failed := h.slips.LinkPoint(c.UserContext(), secret)
	if failed != nil && !survey.Is(failed, survey.Closed) {
		return failed
	}
	point, failed := h.pointOf(h.Catalog(), code)
	if failed != nil {
		return failed
	}
	c.Request().PostArgs().Set(formview.SlipField, secret)
	failed = h.formAgain(c, h.Catalog(), point, formview.SubmissionOf(c, h.Now()), err)
	c.Set(fiber.HeaderRetryAfter, wait)
	return failed
}
