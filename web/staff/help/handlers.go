package help

import (
	"embed"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers who looks for help.
type Handlers struct{ *staff.Pages }

// New returns the handlers.
func New(pages *staff.Pages) *Handlers { return &Handlers{pages} }

// Routes are the pages of help.
func (h *Handlers) Routes() []staff.Route {
	return []staff.Route{
		{Method: fiber.MethodGet, Path: "/help", Permission: survey.SeeOwnAccount, Handler: h.show},
		{Method: fiber.MethodGet, Path: "/help/:role", Permission: survey.SeeOwnAccount, Handler: h.show},
	}
}
