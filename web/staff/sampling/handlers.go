package sampling

import (
	"embed"

	"hailong/survey/campaigns"
	"hailong/survey/sampling"
	"hailong/web/page"
	"hailong/web/staff"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the templates of this room.
func Templates() page.Room { return page.Room{Files: templates, Staff: true} }

// Handlers answers what staff ask about drawn samples, their contacts and visits.
type Handlers struct {
	*staff.Pages
	samples   *sampling.Samples
	campaigns *campaigns.Campaigns // for the plan
}

// New returns the handlers of these services.
func New(pages *staff.Pages, samples *sampling.Samples, campaigns *campaigns.Campaigns) *Handlers {
	return &Handlers{Pages: pages, samples: samples, campaigns: campaigns}
}
