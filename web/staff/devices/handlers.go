package devices

import (
	"embed"

	"hailong/survey/proof"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about devices at counters.
type Handlers struct {
	*staff.Pages
	proofs *proof.Proofs
}

// New returns the handlers of these services.
func New(pages *staff.Pages, proofs *proof.Proofs) *Handlers {
	return &Handlers{Pages: pages, proofs: proofs}
}
