package paper

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/web/page"
	"hailong/web/staff"
)

// recheckShowPage is the re-checks of a campaign: surveyor by surveyor, and
// the forms that were drawn.
type recheckShowPage struct {
	staff.BasePage
	Campaign  *survey.Campaign
	Surveyors []recheckSurveyor
	Forms     []recheckForm // those still to be re-checked first
	Form      page.Form
}

type recheckSurveyor struct {
	paper.SurveyorRechecks
	Person string
}

// Percent is how much of what was drawn is re-checked.
func (r *recheckSurveyor) Percent() int { return 100 * r.Done() / max(1, len(r.Drawn)) }

// Verdict is the key of what the re-checks say of the surveyor.
func (r *recheckSurveyor) Verdict() string {
	switch {
	case r.Failed():
		return "recheck.failed"
	case len(r.Drawn) == 0:
		return "recheck.not_drawn"
	case r.Waiting() > 0:
		return "recheck.in_work"
	}
	return "recheck.good"
}

type recheckForm struct {
	paper.RecheckedForm
	Place  survey.Text
	Person string
	Own    bool // entered by the person who looks
}

// Tag is the class of the tag that shows the outcome.
func (f *recheckForm) Tag() string {
	switch {
	case f.Outcome().Bad():
		return "tag bad"
	case f.Outcome() == paper.RecheckMatch:
		return "tag good"
	}
	return "tag"
}

func (h *Handlers) recheckShow(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.recheckShowWith(c, who, fiber.StatusOK, page.FormWith(
		"share", staff.PercentText(paper.UsualRecheckShare), "minimum", strconv.Itoa(paper.UsualRecheckMinimum)))
}

func (h *Handlers) recheckShowWith(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	page := recheckShowPage{
		BasePage: h.NewPage(c, who, campaign.Title.In(page.ViewOf(c).Lang), "/staff/rechecks", "recheck.list"), Campaign: &campaign, Form: typed,
	}
	surveyors, err := h.rechecks.Campaign(c.UserContext(), campaign.ID, h.UnitsOf(who, &campaign))
	if err != nil {
		return err
	}
	names, err := h.NamesOf(c.UserContext())
	if err != nil {
		return err
	}
	catalog := h.Catalog()
	for _, x := range surveyors {
		page.Surveyors = append(page.Surveyors, recheckSurveyor{x, names(x.Surveyor)})
		for _, form := range x.Drawn {
			row := recheckForm{RecheckedForm: form, Person: names(x.Surveyor), Own: form.Response.By == who.User.Login}
			if unit := catalog.Unit(form.Response.Unit); unit != nil {
				row.Place = unit.Name
			}
			page.Forms = append(page.Forms, row)
		}
	}
	slices.SortStableFunc(page.Forms, func(a, b recheckForm) int {
		if a.Waiting() != b.Waiting() {
			if a.Waiting() {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(string(a.Response.Batch), string(b.Response.Batch)), a.Serial-b.Serial)
	})
	return h.Render(c, status, "staff/recheck_campaign", page)
}

// recheckDraw draws what is missing of each surveyor's share.
func (h *Handlers) recheckDraw(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	share, err := survey.ParseDecimal(typed.Value("share"))
	if err != nil {
		share = math.NaN() // refused
	}
	minimum := survey.WholeNumber(typed.Value("minimum"))
	drawn, err := h.rechecks.Draw(c.UserContext(), who.Actor(), campaign.ID, share/100, minimum, h.UnitsOf(who, &campaign))
	switch wrong, ok := typed.Wrong(err); {
	case ok:
		return h.recheckShowWith(c, who, fiber.StatusUnprocessableEntity, wrong)
	case err != nil && !survey.Is(err, survey.Conflict): // Conflict: somebody else drew at the same moment
		return err
	case err == nil && drawn == 0:
		return h.Done(c, staff.RecheckPath(campaign.ID), "recheck_enough")
	}
	return h.Done(c, staff.RecheckPath(campaign.ID), "recheck_drawn")
}

// aboutForm is for paths with :campaign and :paper_form.
func (h *Handlers) aboutForm(c *fiber.Ctx) (survey.Reach, error) {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return survey.Reach{}, err
	}
	form, err := h.recheckOf(c)
	return survey.OfUnit(form.Response.Unit).In(campaign.Family), err
}

// recheckOf is the drawn form in the path.
func (h *Handlers) recheckOf(c *fiber.Ctx) (paper.RecheckedForm, error) {
	return h.rechecks.Form(c.UserContext(), survey.CampaignID(staff.Unescaped(c.Params("campaign"))), paper.FormName(staff.Unescaped(c.Params("paper_form"))))
}
