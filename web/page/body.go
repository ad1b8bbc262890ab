package page

import (
	"mime/multipart"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// A request's body is read in one place, by the guard of package web, before any
// handler runs. Here stands how handlers see it. They use nothing else: what
// Fiber offers unpacks whatever a header says, without a bound.

// Body is the body of a request, which is valid until the handler returns.
func Body(c *fiber.Ctx) []byte { return c.Request().Body() }

// MultipartForm is the form of a body in parts. It is bounded by the bytes that
// were read, and by the thousand parts of package mime/multipart.
func MultipartForm(c *fiber.Ctx) (*multipart.Form, error) {
	return c.Request().MultipartFormWithLimit(max(1, len(Body(c))))
}

// isMultipart reports whether a body comes in parts.
func isMultipart(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm)
}

// FormFile is the first file of a field, nil if there is none.
func FormFile(c *fiber.Ctx, field string) *multipart.FileHeader {
	form, err := MultipartForm(c)
	if err != nil || len(form.File[field]) == 0 {
		return nil
	}
	return form.File[field][0]
}

// TooLargeError refuses a body.
type TooLargeError struct{ Limit int } // in bytes

// Error implements error.
func (e *TooLargeError) Error() string {
	return "the body is longer than " + strconv.Itoa(e.Limit) + " bytes"
}

// LimitBody refuses longer bodies than a route can have use for, where that is
// less than the guard lets in.
func LimitBody(limit int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if len(Body(c)) > limit {
			return &TooLargeError{Limit: limit}
		}
		return c.Next()
	}
}
