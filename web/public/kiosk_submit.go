package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/formview"
	"hailong/web/page"
)

// kioskSubmit stores what a kiosk sends: one press may be all of it.
func (s *Handlers) kioskSubmit(c *fiber.Ctx) error {
	catalog := s.Catalog()
	point, err := s.point(c, catalog)
	if err != nil {
		return s.pointFailed(c, err)
	}
	submission := formview.SubmissionOf(c, s.Now())
	submission.Point, submission.Channel, submission.Partial = point.Code, survey.ChannelKiosk, true
	_, err = s.intake.Submit(c.UserContext(), submission)
	page := page.Page{View: page.ViewOf(c)}
	page.Lang = submission.Lang
	switch {
	case err == nil:
		return c.Redirect(page.Link("/k/"+string(point.Code)+"/thanks"), fiber.StatusSeeOther)
	case survey.KindOf(err) == survey.Closed:
		return c.Redirect(page.Link("/k/"+string(point.Code)), fiber.StatusSeeOther)
	}
	return err
}

// kioskThanks thanks a person whose browser runs no script, and leads back to
// the question by itself.
func (s *Handlers) kioskThanks(c *fiber.Ctx) error {
	point, err := s.point(c, s.Catalog())
	if err != nil {
		return s.pointFailed(c, err)
	}
	page := kioskPage{Page: s.Page(c), Code: point.Code, Times: s.kiosk, Thanks: true}
	page.URLPath = "/k/" + string(point.Code)
	return s.Render(c, fiber.StatusOK, "kiosk", page)
}
