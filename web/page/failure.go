package page

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// StatusOf is the one table from the kinds of error to HTTP statuses.
var StatusOf = map[survey.Kind]int{
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
	fiber.StatusUnsupportedMediaType:  "encoded",
	fiber.StatusMisdirectedRequest:    "misdirected",
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

// Failure is an error as it is answered.
type Failure struct {
	Status  int
	Kind    survey.Kind
	Message survey.Message            // the sentence of the error itself, may be empty
	Fields  map[string]survey.Message // by field, for Invalid
	Request string                    // id of the request
	Word    string                    // names the error in type and title: the kind, or the status where that says more
}

// FailureOf finds what to say of an error: the words of a survey.Error, the status
// of an error of Fiber, and for any other that the fault is ours.
func FailureOf(err error, request string) Failure {
	f := Failure{Kind: survey.KindOf(err), Request: request}
	f.Status = StatusOf[f.Kind]
	var domain *survey.Error
	var own *fiber.Error
	var long *TooLargeError
	switch {
	case errors.As(err, &domain):
		f.Message = survey.Message{Key: domain.Key, Args: domain.Args}
		f.Fields = domain.Fields
	case errors.As(err, &long):
		f.Kind, f.Status = survey.Invalid, fiber.StatusRequestEntityTooLarge
		f.Message = survey.Message{Key: "error.too_large.limit", Args: []any{max(1, long.Limit>>10)}}
	case errors.As(err, &own):
		f.Kind, f.Status = kindOfStatus(own.Code), own.Code
	}
	f.Word = f.Kind.String()
	if word, ok := wordOfStatus[f.Status]; ok {
		f.Word = word
	}
	return f
}

// ErrorPage is what a person sees of an error.
type ErrorPage struct {
	Page
	Failure
}

// TitleKey names the heading for the error.
func (f Failure) TitleKey() string { return "error." + f.Word + ".title" }

// TextKey names the sentence that tells what to do.
func (f Failure) TextKey() string { return "error." + f.Word + ".text" }

// ShowRequest reports whether the page gives the id of the request: only where
// somebody will have to look it up.
func (f Failure) ShowRequest() bool {
	return f.Kind == survey.Internal || f.Kind == survey.Unavailable
}
