package paper

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/page"
	"hailong/web/staff"
)

// recheckEditPage is where a supervisor reports what was found about a form.
// What the form says is not shown: the respondent is to be asked, not led.
type recheckEditPage struct {
	staff.BasePage
	Campaign *survey.Campaign
	Sheet    paper.RecheckedForm
	Place    survey.Text
	Person   string
	Asked    []page.Field
	Form     page.Form
	Conflict *staff.Conflict
	names    func(survey.Login) string
}

// Name is what somebody is called.
func (p recheckEditPage) Name(login survey.Login) string { return p.names(login) }

// Own reports whether the person entered the form.
func (p recheckEditPage) Own() bool { return p.Sheet.Response.By == p.Me.User.Login }

// Exclude is where a form that was found to be bad can be voided, for those who
// may.
func (p recheckEditPage) Exclude() string {
	if !p.Sheet.Outcome().Bad() || p.Sheet.Voided || !p.Me.May(survey.EditCampaigns) {
		return ""
	}
	return p.Link(staff.ExcludePath(&p.Sheet))
}

// Outcomes are the conclusions to choose from.
func (recheckEditPage) Outcomes() []page.Choice {
	return staff.WordOptions("recheck.outcome.", paper.RecheckOutcomes...)
}

// Path is the page's own address.
func (p recheckEditPage) Path() string {
	return p.Link(staff.RecheckPath(p.Campaign.ID) + "/" + string(p.Sheet.Name()))
}

func (h *Handlers) recheckEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	sheet, err := h.recheckOf(c)
	if err != nil {
		return err
	}
	return h.recheckEditShow(c, who, fiber.StatusOK, sheet, recheckEditPage{Form: page.FormWith("seen", strconv.Itoa(len(sheet.Found)))})
}

func (h *Handlers) recheckEditShow(c *fiber.Ctx, who *staff.SignedIn, status int, sheet paper.RecheckedForm, view recheckEditPage) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	view.BasePage = h.NewPage(c, who, "recheck.one", "/staff/rechecks", "recheck.list",
		staff.RecheckPath(campaign.ID), campaign.Title.In(page.ViewOf(c).Lang))
	view.Campaign, view.Sheet = &campaign, sheet
	catalog := h.Catalog()
	if unit := catalog.Unit(sheet.Response.Unit); unit != nil {
		view.Place = unit.Name
	}
	if view.names, err = h.NamesOf(c.UserContext()); err != nil {
		return err
	}
	view.Person = view.names(sheet.Response.By)
	if asks := catalog.Questionnaire(sheet.Response.Form); asks != nil {
		for _, it := range asks.AskAgain() {
			options := []page.Choice{staff.Blank("recheck.not_asked")}
			for _, o := range asks.Choices(it) {
				options = append(options, page.Choice{Value: strconv.Itoa(o.Code), Label: strconv.Itoa(o.Code) + ". " + o.Label.In(view.Lang)})
			}
			view.Asked = append(view.Asked, view.Form.Select("asked."+it.Code, it.Label.In(view.Lang), options))
		}
	}
	return h.Render(c, status, "staff/recheck", view)
}

func (h *Handlers) recheckSave(c *fiber.Ctx, who *staff.SignedIn) error {
	sheet, err := h.recheckOf(c)
	if err != nil {
		return err
	}
	campaign, typed := sheet.Response.Campaign, page.FormOf(c)
	report := paper.RecheckReport{Outcome: paper.RecheckOutcome(typed.Value("outcome")), Note: typed.Value("note")}
	report.Seen, _ = strconv.Atoi(typed.Value("seen")) // 0: nothing was seen
	if asks := h.Catalog().Questionnaire(sheet.Response.Form); asks != nil {
		for _, it := range asks.AskAgain() {
			if value := typed.Value("asked." + it.Code); value != "" {
				code, _ := strconv.Atoi(value) // 0 is no answer of a scale
				report.Asked = append(report.Asked, paper.AskedAgain{Item: it.Code, Code: code})
			}
		}
	}
	err = h.rechecks.Record(c.UserContext(), who.Actor(), campaign, sheet.Name(), report)
	if err == nil {
		return h.Done(c, staff.RecheckPath(campaign), "recheck_saved")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.recheckEditShow(c, who, fiber.StatusUnprocessableEntity, sheet, recheckEditPage{Form: wrong})
	}
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	if sheet, err = h.recheckOf(c); err != nil {
		return err
	}
	conflict := &staff.Conflict{Rev: int64(len(sheet.Found)), Reload: staff.RecheckPath(campaign) + "/" + string(sheet.Name())}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	conflict.Add("recheck.outcome", l.T("recheck.outcome."+string(report.Outcome)), l.T("recheck.outcome."+string(sheet.Outcome())))
	if n := len(sheet.Found); n > 0 {
		conflict.Add("recheck.note", report.Note, sheet.Found[n-1].Note)
	}
	typed.Typed.Set("seen", strconv.Itoa(len(sheet.Found)))
	return h.recheckEditShow(c, who, fiber.StatusConflict, sheet, recheckEditPage{Form: typed, Conflict: conflict})
}
