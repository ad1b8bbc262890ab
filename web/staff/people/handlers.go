package people

import (
	"embed"

	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about users, programs and rules of security.
type Handlers struct {
	*staff.Pages
}

// New returns the handlers of these services.
func New(pages *staff.Pages) *Handlers {
	return &Handlers{Pages: pages}
}
