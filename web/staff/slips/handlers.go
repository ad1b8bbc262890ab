package slips

import (
	"embed"

	"hailong/survey/slips"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about slips.
type Handlers struct {
	*staff.Pages
	slips *slips.Slips
}

// New returns the handlers of these services.
func New(pages *staff.Pages, slips *slips.Slips) *Handlers {
	return &Handlers{Pages: pages, slips: slips}
}
