package auditlog

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

// Handlers answers who reads the audit log.
type Handlers struct{ *staff.Pages }

// New returns the handlers.
func New(pages *staff.Pages) *Handlers { return &Handlers{pages} }

// Routes are the pages of the audit log.
func (h *Handlers) Routes() []staff.Route {
	return []staff.Route{
		{Method: fiber.MethodGet, Path: "/audit", Permission: survey.ReadAudit, Handler: h.list},
		{Method: fiber.MethodGet, Path: "/audit.csv", Permission: survey.ReadAudit, Handler: h.export},
	}
}
