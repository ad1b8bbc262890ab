package public

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/links"
	"hailong/web/formview"
	"hailong/web/page"
)

// linkPage is the form of a one-time link. What a device keeps of it is kept
// under the link, so that one dossier's draft never shows in another's form.
type linkPage struct {
	formview.FormPage
	Code string // hides the point's, as the name of the draft
}

// Action is where the form is sent to.
func (p linkPage) Action() string { return p.Link(page.LinkPath(p.Code)) }

// linkEndPage thanks for what came by a link, or says kindly why it opens
// nothing any more.
type linkEndPage struct {
	page.Page
	Place   survey.Text
	Message survey.Message
	Thanks  bool
	Number  string // of the receipt
}

// linkShow opens a one-time link: the form, as often as it takes until it is
// sent.
func (h *Handlers) linkShow(c *fiber.Ctx) error {
	visit, err := h.follow(c)
	if err != nil {
		return h.linkEnded(c, visit, err)
	}
	return h.linkForm(c, fiber.StatusOK, visit, intake.Submission{Lang: survey.Lang(page.Parameter(c, "lang"))}, nil)
}

func (h *Handlers) follow(c *fiber.Ctx) (links.Visit, error) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer") // the address is the secret
	return h.links.Open(c.UserContext(), linkSecret(c))
}

func linkSecret(c *fiber.Ctx) string { return strings.Clone(c.Params("secret")) }

// linkForm shows the form with what was given and what is wrong with it.
func (h *Handlers) linkForm(c *fiber.Ctx, status int, visit links.Visit, given intake.Submission, failed error) error {
	catalog := h.Catalog()
	point := catalog.Point(visit.Point)
	if point == nil || point.Off {
		return h.linkEnded(c, visit, &survey.Error{Kind: survey.Closed, Op: "open link", Key: "link.point_gone"})
	}
	campaign, ref, err := catalog.CampaignFor(point, h.Today())
	if err != nil {
		return h.linkEnded(c, visit, err)
	}
	if given.Form.Code == ref.Code && catalog.Questionnaire(given.Form) != nil {
		ref = given.Form
	}
	var fields map[string]survey.Message
	f := page.FailureOf(failed, page.RequestID(c))
	if failed != nil {
		fields = f.Fields
	}
	base := h.Page(c)
	base.View, base.Langs, base.URLPath = base.Within(campaign, given.Lang), page.Offered(campaign), page.LinkPath(linkSecret(c))
	page := linkPage{FormPage: formview.NewFormPage(h.Today(), base, catalog, point, ref, given.Given, fields), Code: linkSecret(c)}
	page.ID, page.Fresh = string(visit.Response), failed == nil
	switch {
	case failed == nil:
	case f.Kind == survey.Invalid:
		page.Note = &f.Message
	default:
		page.Note, page.Request = &survey.Message{Key: "form.not_stored"}, f.Request
		h.Log.Error("response not stored", "request", f.Request, "kind", f.Kind.String(), "error", failed)
		c.Set(fiber.HeaderRetryAfter, "10")
	}
	c.Set(fiber.HeaderContentSecurityPolicy, page.Rules.Policy)
	return h.Render(c, status, "form", page)
}

// linkEnded answers a link that opens no form.
func (h *Handlers) linkEnded(c *fiber.Ctx, visit links.Visit, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	if f.Kind != survey.Closed && f.Kind != survey.NotFound || f.Message.Key == "" {
		return err
	}
	page := linkEndPage{Page: h.Page(c), Place: h.PlaceOf(visit.Point), Message: f.Message}
	return h.Render(c, f.Status, "link_end", page)
}

// linkSubmit stores the one response of a link. Sending again what was stored
// leads to the thanks again.
func (h *Handlers) linkSubmit(c *fiber.Ctx) error {
	submission := formview.SubmissionOf(c, h.Now())
	visit, err := h.follow(c)
	view := page.Page{View: page.ViewOf(c)}
	view.Lang = submission.Lang
	thanks := view.Link(page.LinkPath(linkSecret(c)) + "/thanks/" + string(visit.Response))
	if err != nil {
		if visit.Used != "" && submission.ID == string(visit.Response) {
			return c.Redirect(thanks, fiber.StatusSeeOther)
		}
		return h.linkEnded(c, visit, err)
	}
	submission.ID, submission.Point, submission.Channel = string(visit.Response), visit.Point, survey.ChannelLink
	if _, err := h.intake.Submit(c.UserContext(), submission); err != nil {
		return h.linkForm(c, page.FailureOf(err, "").Status, visit, submission, err)
	}
	if err := h.links.MarkUsed(c.UserContext(), visit); err != nil {
		return err
	}
	return c.Redirect(thanks, fiber.StatusSeeOther)
}

// linkThanks thanks for a response that is on disk.
func (h *Handlers) linkThanks(c *fiber.Ctx) error {
	visit, err := h.follow(c)
	if err == nil {
		return c.Redirect(h.Page(c).Link(page.LinkPath(linkSecret(c))), fiber.StatusSeeOther) // not sent yet
	}
	if visit.Used == "" || c.Params("id") != string(visit.Response) {
		return h.linkEnded(c, visit, err)
	}
	return h.Render(c, fiber.StatusOK, "link_end", linkEndPage{
		Page: h.Page(c), Place: h.PlaceOf(visit.Point), Thanks: true, Number: survey.ReceiptNumber(visit.Response),
	})
}
