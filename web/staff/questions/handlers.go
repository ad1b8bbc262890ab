package questions

import (
	"embed"

	"hailong/survey/questions"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about questionnaires.
type Handlers struct {
	*staff.Pages
	drafts *questions.Drafts
}

// New returns the handlers of these services.
func New(pages *staff.Pages, drafts *questions.Drafts) *Handlers {
	return &Handlers{Pages: pages, drafts: drafts}
}
