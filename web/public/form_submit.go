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
func (s *Handlers) formSubmit(c *fiber.Ctx) error {
	catalog := s.Catalog()
	point, err := s.point(c, catalog)
	if err != nil {
		return s.pointFailed(c, err)
	}
	submission := formview.SubmissionOf(c, s.Now())
	submission.Point = point.Code
	receipt, err := s.intake.Submit(c.UserContext(), submission)
	if err == nil {
		thanks := page.Page{View: page.ViewOf(c)}
		thanks.Lang = submission.Lang
		address := "/s/" + string(point.Code) + "/thanks/" + string(receipt.Response.ID)
		if receipt.Differs {
			address += "?" + page.AsQuery(receiptFirst, "1")
		}
		return c.Redirect(thanks.Link(address), fiber.StatusSeeOther)
	}
	switch survey.KindOf(err) {
	case survey.Closed:
		return s.closedShow(c, catalog, point, err)
	case survey.Invalid, survey.Unavailable, survey.Internal, survey.Conflict, survey.RateLimited:
		return s.formAgain(c, catalog, point, submission, err)
	case survey.NotFound, survey.Unauthenticated, survey.Forbidden:
	}
	return err
}

// formAgain shows the form with everything typed and what is wrong.
func (s *Handlers) formAgain(c *fiber.Ctx, catalog *survey.Catalog, point *survey.Point, submission intake.Submission, err error) error {
	f := page.FailureOf(err, page.RequestID(c))
	campaign, ref, closed := catalog.CampaignFor(point, s.Today())
	if closed != nil {
		return s.closedShow(c, catalog, point, closed)
	}
	if submission.Form.Code == ref.Code && catalog.Questionnaire(submission.Form) != nil {
		ref = submission.Form
	}
	base := s.Page(c)
	base.View, base.Langs = base.Within(campaign, submission.Lang), page.Offered(campaign)
	page := formview.NewFormPage(s.Today(), base, catalog, point, ref, submission.Given, f.Fields)
	page.Note = &f.Message
	if f.Kind != survey.Invalid && f.Kind != survey.Conflict {
		page.Note, page.Request = &survey.Message{Key: "form.not_stored"}, f.Request
		s.Log.Error("response not stored", "request", f.Request, "kind", f.Kind.String(), "error", err)
		c.Set(fiber.HeaderRetryAfter, "10")
	}
	id, bad := survey.ParseResponseID(submission.ID)
	if bad != nil || f.Kind == survey.Conflict { // the id is another response's
		if id, err = survey.NewResponseID(); err != nil {
			return err
		}
	}
	page.ID = string(id)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentSecurityPolicy, page.Rules.Policy)
	return s.Render(c, f.Status, "form", page)
}
