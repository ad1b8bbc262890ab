package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/traffic"
	"hailong/web/formview"
	"hailong/web/page"
)

// countedKey is where what was counted of a submission is kept for its handler.
type countedKey struct{}

// limitForms counts the forms that come in, at a point where the path names one.
// refused answers those that are so many that they endanger the server; nothing
// else is refused.
func (h *Handlers) limitForms(refused func(*fiber.Ctx, error) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var code survey.PointCode // however it is written; what leads to no point gets no count
		if point, err := h.point(c, h.Catalog()); err == nil {
			code = point.Code
		}
		counted := h.traffic.Take(c.UserContext(), h.Client(c), code)
		if counted.Wait > 0 {
			return refused(c, page.TooMany(c, counted.Wait))
		}
		c.Locals(countedKey{}, counted)
		return c.Next()
	}
}

// countedOf is what was counted of a submission.
func countedOf(c *fiber.Ctx) traffic.Counted {
	counted, _ := c.Locals(countedKey{}).(traffic.Counted)
	return counted
}

// refuse leaves the answer to the error: a kiosk keeps what was given and sends
// it again.
func refuse(_ *fiber.Ctx, err error) error { return err }

// formLimited shows the form again with everything typed, and says when to send it.
func (h *Handlers) formLimited(c *fiber.Ctx, err error) error {
	catalog := h.Catalog()
	point, failed := h.point(c, catalog)
	if failed != nil {
		return h.pointFailed(c, failed)
	}
	submission := formview.SubmissionOf(c, h.Now())
	submission.Point = point.Code
	return h.formAgain(c, catalog, point, submission, err)
}
