package web

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/api"
)

// statusOf is the one table from the kinds of error to HTTP statuses.
var statusOf = map[survey.Kind]int{
	survey.Internal:        fiber.StatusInternalServerError,
	survey.Invalid:         fiber.StatusUnprocessableEntity,
	survey.NotFound:        fiber.StatusNotFound,
	survey.Conflict:        fiber.StatusConflict,
	survey.Unauthenticated: fiber.StatusUnauthorized,
	survey.Forbidden:       fiber.StatusForbidden,
	survey.Closed:          fiber.StatusGone,
	survey.RateLimited:     fiber.StatusTooManyRequests,
	survey.Unavailable:     fiber.StatusServiceUnavailable,
}

// wordOfStatus names the statuses of Fiber's own errors about which there is
// more to say than about their kind.
var wordOfStatus = map[int]string{
	fiber.StatusMethodNotAllowed:      "method_not_allowed",
	fiber.StatusRequestEntityTooLarge: "too_large",
}

// kindOfStatus classifies the errors that Fiber makes itself: no such route, a
// body too long. The status stays the one Fiber chose.
func kindOfStatus(status int) survey.Kind {
	switch {
	case status == fiber.StatusNotFound || status == fiber.StatusMethodNotAllowed:
		return survey.NotFound
	case status == fiber.StatusRequestTimeout || status == fiber.StatusServiceUnavailable:
		return survey.Unavailable
	case status >= 400 && status < 500:
		return survey.Invalid
	}
	return survey.Internal
}

// failure is an error as it is answered.
type failure struct {
	Status  int
	Kind    survey.Kind
	Message survey.Message            // the sentence of the error itself, may be empty
	Fields  map[string]survey.Message // by field, for Invalid
	Request string                    // id of the request
	Word    string                    // names the error in type and title: the kind, or the status where that says more
}

func failureOf(err error, request string) failure {
	f := failure{Kind: survey.KindOf(err), Request: request}
	f.Status = statusOf[f.Kind]
	var domain *survey.Error
	var own *fiber.Error
	switch {
	case errors.As(err, &domain):
		f.Message = survey.Message{Key: domain.Key, Args: domain.Args}
		f.Fields = domain.Fields
	case errors.As(err, &own):
		f.Kind, f.Status = kindOfStatus(own.Code), own.Code
	}
	f.Word = f.Kind.String()
	if word, ok := wordOfStatus[f.Status]; ok {
		f.Word = word
	}
	return f
}

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
	f := failureOf(failed, requestID(c))
	if f.Status == fiber.StatusRequestEntityTooLarge {
		hearOut(c)
	}
	switch f.Kind {
	case survey.Internal:
		s.config.Log.Error("request failed", "request", f.Request, "route", c.Route().Path, "error", failed)
	case survey.Unavailable:
		s.config.Log.Warn("request could not be served now", "request", f.Request, "route", c.Route().Path, "error", failed)
		c.Set(fiber.HeaderRetryAfter, "10")
	case survey.Invalid, survey.NotFound, survey.Conflict, survey.Unauthenticated, survey.Forbidden, survey.Closed, survey.RateLimited:
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if strings.HasPrefix(c.Path(), "/api/") {
		return s.answerProblem(c, f)
	}
	var err error
	if who, ok := c.Locals(signedInKey{}).(*signedIn); ok {
		err = s.render(c, f.Status, "staff/error", s.staffErrorPage(c, who, f))
	} else {
		err = s.render(c, f.Status, "error", errorPage{s.page(c), f})
	}
	if err != nil {
		s.config.Log.Error("error page failed", "request", f.Request, "error", err)
		return c.Status(fiber.StatusInternalServerError).SendString("internal error " + f.Request + "\n")
	}
	return nil
}

// Bounds of what is read of a body only to be thrown away.
const (
	hearOutBytes = 64 << 20
	hearOutPause = time.Second // without a byte: that was all
)

// hearOut reads on, and throws away, a body whose length alone had it refused.
// A browser that is cut off while it sends never shows the answer. Of a body
// that was read, nothing is left to hear.
func hearOut(c *fiber.Ctx) {
	left := c.Request().Header.ContentLength() - len(c.Request().Body())
	conn := c.Context().Conn()
	if left <= 0 || len(c.Request().Body()) > 0 || conn == nil {
		return
	}
	end := time.Now().Add(readTimeout)
	buffer := make([]byte, 32<<10)
	for left = min(left, hearOutBytes); left > 0 && time.Now().Before(end); {
		if err := conn.SetReadDeadline(time.Now().Add(hearOutPause)); err != nil {
			return
		}
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		left -= n
	}
}

// answerProblem answers a program, as RFC 9457 has it.
func (s *Server) answerProblem(c *fiber.Ctx, f failure) error {
	l := s.views.locales[viewOf(c).Lang]
	say := func(m survey.Message) string { return l.T(m.Key, m.Args...) }
	p := api.Problem{
		Type:      "urn:hailong:error:" + f.Word,
		Title:     l.T("error." + f.Word + ".title"),
		Status:    int64(f.Status),
		RequestID: f.Request,
		Errors:    api.FieldProblems(f.Fields, say),
	}
	if f.Message.Key != "" {
		p.Detail = say(f.Message)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Status(f.Status).Set(fiber.HeaderContentType, "application/problem+json")
	return c.Send(body)
}

// errorPage is what a person sees of an error.
type errorPage struct {
	Page
	failure
}

// staffErrorPage is what a member of staff who is signed in sees of an error:
// the navigation stays, so that the way back is short.
type staffErrorPage struct {
	StaffPage
	failure
}

func (s *Server) staffErrorPage(c *fiber.Ctx, who *signedIn, f failure) staffErrorPage {
	page := staffErrorPage{s.staffPage(c, who, f.TitleKey()), f}
	if !safe(c.Method()) {
		page.path = staffPrefix // a link to this address would not send the form again
	}
	return page
}

// TitleKey names the heading for the error.
func (f failure) TitleKey() string { return "error." + f.Word + ".title" }

// TextKey names the sentence that tells what to do.
func (f failure) TextKey() string { return "error." + f.Word + ".text" }

// ShowRequest reports whether the page gives the id of the request: only where
// somebody will have to look it up.
func (f failure) ShowRequest() bool {
	return f.Kind == survey.Internal || f.Kind == survey.Unavailable
}
