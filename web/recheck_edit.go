package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
)

// recheckEditPage is where a supervisor reports what was found about a form.
// What the form says is not shown: the respondent is to be asked, not led.
type recheckEditPage struct {
	StaffPage
	Campaign *survey.Campaign
	Sheet    paper.RecheckedForm
	Place    survey.Text
	Person   string
	Asked    []field
	Form     form
	Conflict *conflict
	names    func(survey.Login) string
}

// Name is what somebody is called.
func (p recheckEditPage) Name(login survey.Login) string { return p.names(login) }

// Own reports whether the person keyed in the form.
func (p recheckEditPage) Own() bool { return p.Sheet.Response.By == p.Me.User.Login }

// Exclude is where a form that was found to be bad can be voided, for those who
// may.
func (p recheckEditPage) Exclude() string {
	if !p.Sheet.Outcome().Bad() || p.Sheet.Voided || !p.Me.May(survey.EditCampaigns) {
		return ""
	}
	return p.Link(excludePath(&p.Sheet))
}

// Outcomes are the conclusions to choose from.
func (recheckEditPage) Outcomes() []option {
	return wordOptions("recheck.outcome.", paper.RecheckOutcomes...)
}

// Path is the page's own address.
func (p recheckEditPage) Path() string {
	return p.Link(recheckPath(p.Campaign.ID) + "/" + string(p.Sheet.Response.ID))
}

func (s *Server) recheckEdit(c *fiber.Ctx, who *signedIn) error {
	sheet, err := s.recheckOf(c)
	if err != nil {
		return err
	}
	return s.recheckEditShow(c, who, fiber.StatusOK, sheet, recheckEditPage{Form: formWith("seen", strconv.Itoa(len(sheet.Found)))})
}

func (s *Server) recheckEditShow(c *fiber.Ctx, who *signedIn, status int, sheet paper.RecheckedForm, page recheckEditPage) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	page.StaffPage = s.staffPage(c, who, "recheck.one", "/staff/rechecks", "recheck.list",
		recheckPath(campaign.ID), campaign.Title.In(viewOf(c).Lang))
	page.Campaign, page.Sheet = &campaign, sheet
	catalog := s.Catalog()
	if unit := catalog.Unit(sheet.Response.Unit); unit != nil {
		page.Place = unit.Name
	}
	if page.names, err = s.namesOf(c.UserContext()); err != nil {
		return err
	}
	page.Person = page.names(sheet.Response.By)
	if asks := catalog.Questionnaire(sheet.Response.Form); asks != nil {
		for _, it := range asks.AskAgain() {
			options := []option{blank("recheck.not_asked")}
			for _, o := range asks.Choices(it) {
				options = append(options, option{Value: strconv.Itoa(o.Code), Label: strconv.Itoa(o.Code) + ". " + o.Label.In(page.Lang)})
			}
			page.Asked = append(page.Asked, page.Form.Select("asked."+it.Code, it.Label.In(page.Lang), options))
		}
	}
	return s.render(c, status, "staff/recheck", page)
}

func (s *Server) recheckSave(c *fiber.Ctx, who *signedIn) error {
	sheet, err := s.recheckOf(c)
	if err != nil {
		return err
	}
	campaign, typed := sheet.Response.Campaign, formOf(c)
	report := paper.RecheckReport{Outcome: paper.RecheckOutcome(typed.Value("outcome")), Note: typed.Value("note")}
	report.Seen, _ = strconv.Atoi(typed.Value("seen")) // 0: nothing was seen
	if asks := s.Catalog().Questionnaire(sheet.Response.Form); asks != nil {
		for _, it := range asks.AskAgain() {
			if value := typed.Value("asked." + it.Code); value != "" {
				code, _ := strconv.Atoi(value) // 0 is no answer of a scale
				report.Asked = append(report.Asked, paper.AskedAgain{Item: it.Code, Code: code})
			}
		}
	}
	err = s.rechecks.Record(c.UserContext(), who.Actor(), campaign, sheet.Response.ID, report)
	if err == nil {
		return s.done(c, recheckPath(campaign), "recheck_saved")
	}
	if wrong, ok := typed.wrong(err); ok {
		return s.recheckEditShow(c, who, fiber.StatusUnprocessableEntity, sheet, recheckEditPage{Form: wrong})
	}
	if survey.KindOf(err) != survey.Conflict {
		return err
	}
	if sheet, err = s.recheckOf(c); err != nil {
		return err
	}
	both := &conflict{Rev: int64(len(sheet.Found)), Reload: recheckPath(campaign) + "/" + string(sheet.Response.ID)}
	l := s.Views.locales[viewOf(c).Lang]
	both.add("recheck.outcome", l.T("recheck.outcome."+string(report.Outcome)), l.T("recheck.outcome."+string(sheet.Outcome())))
	if n := len(sheet.Found); n > 0 {
		both.add("recheck.note", report.Note, sheet.Found[n-1].Note)
	}
	typed.values.Set("seen", strconv.Itoa(len(sheet.Found)))
	return s.recheckEditShow(c, who, fiber.StatusConflict, sheet, recheckEditPage{Form: typed, Conflict: both})
}
