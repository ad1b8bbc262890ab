package public

import (
	"github.com/gofiber/fiber/v2"

	"hailong/web/formview"
	"hailong/web/page"
)

// limitForms bounds the forms taken at what a parameter of the path names, and
// from an address; refused answers those that are too many. A loopback address
// is a proxy that is not among Config.Proxies, or somebody at the server
// itself: it may stand for everybody, and is not limited.
func (h *Handlers) limitForms(parameter string, refused func(*fiber.Ctx, error) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		address := h.Client(c)
		if address.IsLoopback() || address.IsUnspecified() {
			return c.Next()
		}
		client, point := page.Network(address), c.Params(parameter)
		if wait := max(h.Rates.ClientPoint.Take(client, point), h.Rates.Client.Take(client), h.Rates.Point.Take(point)); wait > 0 {
			return refused(c, page.TooMany(c, wait))
		}
		return c.Next()
	}
}

// refuse leaves the answer to the error: a kiosk keeps what was given and sends
// it again.
func refuse(_ *fiber.Ctx, err error) error { return err }

// formLimited shows the form again with everything typed.
func (h *Handlers) formLimited(c *fiber.Ctx, err error) error {
	catalog := h.Catalog()
	point, failed := h.point(c, catalog)
	if failed != nil {
		return h.pointFailed(c, failed)
	}
	submission := formview.SubmissionOf(c, h.Now())
	submission.Point = point.Code
	wait := string(append([]byte(nil), c.Response().Header.Peek(fiber.HeaderRetryAfter)...))
	failed = h.formAgain(c, catalog, point, submission, err)
	c.Set(fiber.HeaderRetryAfter, wait)
	return failed
}
