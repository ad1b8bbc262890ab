package questions

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/formview"
	"hailong/web/page"
	"hailong/web/staff"
)

// previewPage shows a version as a phone would.
type previewPage struct {
	staff.BasePage
	Form *survey.Questionnaire
}

// Frame is the address of the form in the frame.
func (p previewPage) Frame() string { return p.Link(versionPath(p.Form.Ref()) + "/form") }

func (h *Handlers) versionPreview(c *fiber.Ctx, who *staff.SignedIn) error {
	q, err := h.versionOf(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, page.ContentPolicy+"; frame-src 'self'")
	path := versionPath(q.Ref())
	return h.Render(c, fiber.StatusOK, "staff/questionnaire_preview", previewPage{
		BasePage: h.NewPage(c, who, "questionnaire.preview", "/staff/questionnaires", "questionnaire.list", path, q.Ref().ID()), Form: q,
	})
}

// versionForm is the page that citizens see of a version, for the frame of the
// preview. It can be filled in and not sent.
func (h *Handlers) versionForm(c *fiber.Ctx, _ *staff.SignedIn) error {
	q, err := h.versionOf(c)
	if err != nil {
		return err
	}
	known := h.Catalog()
	unit := survey.Unit{ID: "preview", Kind: survey.OneStop, Name: h.previewPlace()}
	catalog := (&survey.Catalog{
		Units: []survey.Unit{unit}, Sectors: slices.Clone(known.Sectors), Questionnaires: []survey.Questionnaire{*q},
	}).Index()
	view := formview.NewFormPage(h.Today(), h.Page(c), catalog, &survey.Point{Unit: unit.ID, Form: q.Code}, q.Ref(), survey.Given{}, nil)
	view.ID = formview.IDGap
	// Only this server's own preview may frame it, and a form can be sent nowhere.
	policy := view.Rules.Policy
	if policy == "" {
		policy = page.ContentPolicy
	}
	policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
	policy = strings.Replace(policy, "form-action 'self'", "form-action 'none'", 1)
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	return h.Render(c, fiber.StatusOK, "form", view)
}

func (h *Handlers) previewPlace() survey.Text {
	place := survey.Text{}
	for lang, l := range h.Views.Locales {
		place[lang] = l.T("questionnaire.preview.place")
	}
	return place
}
