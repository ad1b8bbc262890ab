package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// answerErrors answers the error of a handler before the outer middleware sees
// the response, so that an error page is compressed and logged like any other.
func (s *Server) answerErrors(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return s.answerError(c, err)
	}
	return nil
}

// answerError is Fiber's error handler: problem+json for programs, a page for
// people. An Internal error is logged here, once, with the request's id.
func (s *Server) answerError(c *fiber.Ctx, failed error) error {
	f := page.FailureOf(failed, page.RequestID(c))
	if f.Status != fiber.StatusRequestTimeout { // whose body did not come is not waited for again
		drainBody(c)
	}
	switch f.Kind {
	case survey.Internal:
		s.Log.Error("request failed", "request", f.Request, "route", c.Route().Path, "error", failed)
	case survey.Unavailable:
		s.Log.Warn("request could not be served now", "request", f.Request, "route", c.Route().Path, "error", failed)
		c.Set(fiber.HeaderRetryAfter, "10")
	case survey.Invalid, survey.NotFound, survey.Conflict, survey.Unauthenticated, survey.Forbidden, survey.Closed, survey.RateLimited:
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if strings.HasPrefix(c.Path(), "/api/") {
		return s.api.AnswerProblem(c, f)
	}
	var err error
	if who, ok := c.Locals(staff.SignedInKey{}).(*staff.SignedIn); ok {
		err = s.Render(c, f.Status, "staff/error", s.staffErrorPage(c, who, f))
	} else {
		err = s.Render(c, f.Status, "error", page.ErrorPage{Page: s.Page(c), Failure: f})
	}
	if err != nil {
		s.Log.Error("error page failed", "request", f.Request, "error", err)
		return c.Status(fiber.StatusInternalServerError).SendString("internal error " + f.Request + "\n")
	}
	return nil
}

// staffErrorPage is what a member of staff who is signed in sees of an error:
// the navigation stays, so that the way back is short.
type staffErrorPage struct {
	staff.BasePage
	page.Failure
}

func (s *Server) staffErrorPage(c *fiber.Ctx, who *staff.SignedIn, f page.Failure) staffErrorPage {
	page := staffErrorPage{s.NewPage(c, who, f.TitleKey()), f}
	if !staff.Safe(c.Method()) {
		page.URLPath = staff.StaffPrefix // a link to this address would not send the form again
	}
	return page
}
