package suspects

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/web/page"
	"hailong/web/staff"
)

// settingsPage is how many people decide about suspect responses.
type settingsPage struct {
	staff.BasePage
	Form     page.Form
	Conflict *staff.Conflict
}

// People are the choices.
func (settingsPage) People() []page.Choice {
	return []page.Choice{{Value: "two", Label: "suspect.people.two"}, {Value: "one", Label: "suspect.people.one"}}
}

func peopleOf(s *quarantine.Settings) string {
	if s.Alone {
		return "one"
	}
	return "two"
}

func (h *Handlers) settingsEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	settings, err := h.quarantine.Settings(c.UserContext())
	if err != nil {
		return err
	}
	return h.settingsShow(c, who, fiber.StatusOK, settingsPage{Form: page.FormWith("people", peopleOf(&settings)).Revised(settings.Rev)})
}

func (h *Handlers) settingsShow(c *fiber.Ctx, who *staff.SignedIn, status int, view settingsPage) error {
	view.BasePage = h.NewPage(c, who, "suspect.settings", "/staff/campaigns", "campaign.list")
	return h.Render(c, status, "staff/suspect_settings", view)
}

func (h *Handlers) settingsSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	people := typed.Value("people")
	if people != "one" && people != "two" {
		typed.FieldErrors = map[string]survey.Message{"people": {Key: "suspect.no_choice"}}
		return h.settingsShow(c, who, fiber.StatusUnprocessableEntity, settingsPage{Form: typed})
	}
	err := h.quarantine.DecideAlone(c.UserContext(), who.Actor(), typed.Rev(), people == "one")
	if f := page.FailureOf(err, ""); err != nil && f.Kind == survey.Invalid {
		typed.FieldErrors = map[string]survey.Message{"people": f.Message}
		return h.settingsShow(c, who, fiber.StatusUnprocessableEntity, settingsPage{Form: typed})
	}
	if !survey.Is(err, survey.Conflict) {
		if err != nil {
			return err
		}
		return h.Done(c, "/staff/quarantine", "suspect_settings")
	}
	stored, err := h.quarantine.Settings(c.UserContext())
	if err != nil {
		return err
	}
	conflict := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/quarantine"}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	conflict.Add("suspect.people", l.T("suspect.people."+people), l.T("suspect.people."+peopleOf(&stored)))
	return h.settingsShow(c, who, fiber.StatusConflict, settingsPage{Form: typed.Revised(stored.Rev), Conflict: conflict})
}
