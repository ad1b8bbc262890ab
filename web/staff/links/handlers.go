package links

import (
	"embed"

	"hailong/survey/links"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about one-time links.
type Handlers struct {
	*staff.Pages
	links *links.Links
}

// New returns the handlers of these services.
func New(pages *staff.Pages, links *links.Links) *Handlers {
	return &Handlers{Pages: pages, links: links}
}
