package paper

import (
	"embed"

	"hailong/survey/paper"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about paper forms: batches, entries and re-checks.
type Handlers struct {
	*staff.Pages
	batches  *paper.Batches
	rechecks *paper.Rechecks
	editor   *registry.Editor // makes the points of paper forms
}

// New returns the handlers of these services.
func New(pages *staff.Pages, batches *paper.Batches, rechecks *paper.Rechecks, editor *registry.Editor) *Handlers {
	return &Handlers{Pages: pages, batches: batches, rechecks: rechecks, editor: editor}
}
