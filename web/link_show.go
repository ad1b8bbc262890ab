package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/intake"
	"hailong/survey/links"
)

// linkPage is the form of a one-time link. What a device keeps of it is kept
// under the link, so that one dossier's draft never shows in another's form.
type linkPage struct {
	formPage
	Code string // hides the point's, as the name of the draft
}

func linkPath(secret string) string { return "/l/" + secret }

// Action is where the form is sent to.
func (p linkPage) Action() string { return p.Link(linkPath(p.Code)) }

// linkEndPage thanks for what came by a link, or says kindly why it opens
// nothing any more.
type linkEndPage struct {
	Page
	Place   survey.Text
	Message survey.Message
	Thanks  bool
	Number  string // of the receipt
}

// linkShow opens a one-time link: the form, as often as it takes until it is
// sent.
func (s *Server) linkShow(c *fiber.Ctx) error {
	visit, err := s.follow(c)
	if err != nil {
		return s.linkEnded(c, visit, err)
	}
	return s.linkForm(c, fiber.StatusOK, visit, intake.Submission{Lang: survey.Lang(parameter(c, "lang"))}, nil)
}

func (s *Server) follow(c *fiber.Ctx) (links.Visit, error) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer") // the address is the secret
	return s.links.Open(c.UserContext(), linkSecret(c))
}

func linkSecret(c *fiber.Ctx) string { return strings.Clone(c.Params("secret")) }

// linkForm shows the form with what was given and what is wrong with it.
func (s *Server) linkForm(c *fiber.Ctx, status int, visit links.Visit, given intake.Submission, failed error) error {
	catalog := s.Catalog()
	point := catalog.Point(visit.Point)
	if point == nil || point.Off {
		return s.linkEnded(c, visit, &survey.Error{Kind: survey.Closed, Op: "open link", Key: "link.point_gone"})
	}
	campaign, ref, err := catalog.CampaignFor(point, s.today())
	if err != nil {
		return s.linkEnded(c, visit, err)
	}
	if given.Form.Code == ref.Code && catalog.Questionnaire(given.Form) != nil {
		ref = given.Form
	}
	var fields map[string]survey.Message
	f := failureOf(failed, requestID(c))
	if failed != nil {
		fields = f.Fields
	}
	base := s.page(c)
	base.View, base.langs, base.path = base.within(campaign, given.Lang), offered(campaign), linkPath(linkSecret(c))
	page := linkPage{formPage: newFormPage(s.today(), base, catalog, point, ref, given.Given, fields), Code: linkSecret(c)}
	page.ID, page.Fresh = string(visit.Response), failed == nil
	switch {
	case failed == nil:
	case f.Kind == survey.Invalid:
		page.Note = &f.Message
	default:
		page.Note, page.Request = &survey.Message{Key: "form.not_stored"}, f.Request
		s.Log.Error("response not stored", "request", f.Request, "kind", f.Kind.String(), "error", failed)
		c.Set(fiber.HeaderRetryAfter, "10")
	}
	c.Set(fiber.HeaderContentSecurityPolicy, page.Rules.Policy)
	return s.render(c, status, "form", page)
}

// linkEnded answers a link that opens no form.
func (s *Server) linkEnded(c *fiber.Ctx, visit links.Visit, err error) error {
	f := failureOf(err, requestID(c))
	if f.Kind != survey.Closed && f.Kind != survey.NotFound || f.Message.Key == "" {
		return err
	}
	page := linkEndPage{Page: s.page(c), Place: s.placeOf(visit.Point), Message: f.Message}
	return s.render(c, f.Status, "link_end", page)
}

// placeOf is the name of a point's unit.
func (s *Site) placeOf(code survey.PointCode) survey.Text {
	catalog := s.Catalog()
	if point := catalog.Point(code); point != nil {
		if unit := catalog.UnitOn(point.Unit, s.today()); unit != nil {
			return unit.Name
		}
	}
	return nil
}

// linkSubmit stores the one response of a link. Sending again what was stored
// leads to the thanks again.
func (s *Server) linkSubmit(c *fiber.Ctx) error {
	submission := submissionOf(c, s.Now())
	visit, err := s.follow(c)
	page := Page{View: viewOf(c)}
	page.Lang = submission.Lang
	thanks := page.Link(linkPath(linkSecret(c)) + "/thanks/" + string(visit.Response))
	if err != nil {
		if visit.Used != "" && submission.ID == string(visit.Response) {
			return c.Redirect(thanks, fiber.StatusSeeOther)
		}
		return s.linkEnded(c, visit, err)
	}
	submission.ID, submission.Point, submission.Channel = string(visit.Response), visit.Point, survey.ChannelLink
	if _, err := s.config.Intake.Submit(c.UserContext(), submission); err != nil {
		return s.linkForm(c, failureOf(err, "").Status, visit, submission, err)
	}
	if err := s.links.MarkUsed(c.UserContext(), visit); err != nil {
		return err
	}
	return c.Redirect(thanks, fiber.StatusSeeOther)
}

// linkThanks thanks for a response that is on disk.
func (s *Server) linkThanks(c *fiber.Ctx) error {
	visit, err := s.follow(c)
	if err == nil {
		return c.Redirect(s.page(c).Link(linkPath(linkSecret(c))), fiber.StatusSeeOther) // not sent yet
	}
	if visit.Used == "" || c.Params("id") != string(visit.Response) {
		return s.linkEnded(c, visit, err)
	}
	return s.render(c, fiber.StatusOK, "link_end", linkEndPage{
		Page: s.page(c), Place: s.placeOf(visit.Point), Thanks: true, Number: survey.ReceiptNumber(visit.Response),
	})
}
