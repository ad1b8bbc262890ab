package privacy

import (
	"context"
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

// Handlers answers what staff decide about personal data.
type Handlers struct {
	*staff.Pages
	changes *survey.Changes
}

// New returns the handlers of these services.
func New(pages *staff.Pages, changes *survey.Changes) *Handlers {
	return &Handlers{Pages: pages, changes: changes}
}

// Routes are the pages about the rules of personal data.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/privacy", Permission: survey.EditPrivacy, Handler: h.rulesEdit},
		{Method: post, Path: "/privacy", Permission: survey.EditPrivacy, Handler: h.rulesSave},
	}
}

// Tasks reminds who may decide that nobody has said yet who answers for the data: a
// consent that names nobody is none.
func (h *Handlers) Tasks(_ context.Context, who *staff.SignedIn) ([]staff.Task, error) {
	rules := h.Catalog().Privacy
	if rules.Complete() || !mayDecide(who) {
		return nil, nil
	}
	return []staff.Task{{Text: survey.Message{Key: "staff.home.task_privacy"}, Path: "/staff/privacy"}}, nil
}

// mayDecide reports whether somebody may decide for the whole installation: whose
// area is a part of it may not.
func mayDecide(who *staff.SignedIn) bool {
	return who.May(survey.EditPrivacy) && who.User.Grant.Everywhere()
}
