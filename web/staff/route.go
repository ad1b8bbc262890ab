package staff

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// Handler answers a request of a signed-in member of staff who may make it.
type Handler func(*fiber.Ctx, *SignedIn) error

// Route is one line of the table of staff pages.
type Route struct {
	Method string
	Path   string // below /staff

	// permission is what the person's role must allow.
	Permission survey.Permission

	// known is a permission whose holders know that the thing exists, so that a
	// refusal says 403. Otherwise a path that names one thing answers 404 to
	// those who may not see it; a path without a parameter answers 403, since
	// it tells nothing.
	Known survey.Permission

	// Scope tells how far what the request is about reaches; outside the person's
	// scope it answers 404, or 403 where they see a part of it. nil is for pages
	// that concern nothing in particular, or that list, and then show only what
	// SignedIn.Covers.
	Scope scopeOf

	// whose tells to whom alone the thing in the path belongs; to everybody else
	// the request answers 404. nil: to nobody in particular.
	Whose func(*fiber.Ctx) (survey.Login, error)

	Handler Handler

	// StepUp asks for the password once more, unless the person gave it within the last
	// people.ConfirmedFor: for what somebody at a browser that was left open must not do.
	StepUp bool

	Limit int // of the body, in bytes; 0: staffBodyLimit
}

// scopeOf tells how far what a request is about reaches. NotFound if there is no such
// thing.
type scopeOf func(*fiber.Ctx) (survey.Reach, error)

func (r *Route) check() error {
	switch {
	case r.Handler == nil:
		return errors.New("web: staff route " + r.Method + " " + r.Path + " has no handler")
	case !isPermission(r.Permission) || (r.Known != "" && !isPermission(r.Known)):
		return errors.New("web: staff route " + r.Method + " " + r.Path + " names no permission of package survey")
	}
	return nil
}

func isPermission(p survey.Permission) bool {
	for _, known := range survey.Permissions {
		if p == known {
			return true
		}
	}
	return false
}

// allow returns NotFound or Forbidden if the person may not make the request.
func (r *Route) allow(catalog *survey.Catalog, c *fiber.Ctx, who *SignedIn) error {
	if r.Scope != nil {
		extent, err := r.Scope(c)
		switch {
		case err != nil:
			return err
		case who.Covers(catalog, extent):
		case who.Covers(catalog, extent.Part()) && (!strings.Contains(r.Path, ":") || who.May(r.Permission)):
			return &survey.Error{Kind: survey.Forbidden, Op: "open " + r.Path, Key: "staff.beyond_scope"}
		default:
			return fiber.ErrNotFound
		}
	}
	if r.Whose != nil && who.May(r.Permission) {
		login, err := r.Whose(c)
		if err != nil {
			return err
		}
		if login != who.User.Login {
			return fiber.ErrNotFound
		}
	}
	switch {
	case who.May(r.Permission):
		return nil
	case strings.Contains(r.Path, ":") && (r.Known == "" || !who.May(r.Known)):
		return fiber.ErrNotFound
	}
	return survey.NewError(survey.Forbidden, "open "+r.Path, nil)
}

// Safe reports whether a method changes nothing.
func Safe(method string) bool { return method == fiber.MethodGet || method == fiber.MethodHead }
