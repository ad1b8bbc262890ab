package campaigns

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/web/page"
	"hailong/web/staff"
)

// planPage is how many responses a campaign needs, and from whom.
type planPage struct {
	staff.BasePage
	Campaign *survey.Campaign
	Plan     campaigns.Plan
	Form     page.Form
	Rows     []planRow // within the scope
	Scoped   bool      // the person sees a part of the plan
	Whole    int       // answers that the whole plan needs
	Quotas   []planQuota
	Problems []survey.Message // of an imported list
	Conflict *staff.Conflict
}

// planRow is a cell with the name of its field.
type planRow struct {
	Field string
	Name  string
	campaigns.PlanCell
	Typed string
}

type planQuota struct{ Field, Name, Typed string }

const planBodyLimit = 4 << 20

// Bases are the choices of what is counted.
func (planPage) Bases() []page.Choice {
	return staff.WordOptions("plan.basis.", campaigns.Transactions, campaigns.People)
}

// Formulas are the choices of a formula.
func (planPage) Formulas() []page.Choice {
	return staff.WordOptions("plan.formula.", campaigns.Slovin, campaigns.Cochran)
}

// Levels are the choices of what reaches the margin on its own.
func (planPage) Levels() []page.Choice {
	return staff.WordOptions("plan.level.", campaigns.EachUnit, campaigns.AllUnits)
}

// Required is the number of answers that the rows shown need.
func (p planPage) Required() int {
	n := 0
	for _, row := range p.Rows {
		n += row.Required
	}
	return n
}

// Draw is how many are drawn in all.
func (r planRow) Draw() int { return r.Required + r.Reserve }

const cellPrefix = "cell|"

func cellField(c campaigns.PlanCell) string {
	return cellPrefix + string(c.Unit) + "|" + string(c.Sector)
}

func (h *Handlers) planEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	plan, err := h.campaigns.Plan(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	return h.planShow(c, who, fiber.StatusOK, planPage{Campaign: &campaign, Plan: plan, Form: planFields(&plan)})
}

func planFields(p *campaigns.Plan) page.Form {
	f := page.FormWith("basis", string(p.Basis), "formula", string(p.Size.Formula), "level", string(p.Size.Level),
		"margin", staff.PercentText(p.Size.Margin), "confidence", staff.PercentText(p.Size.Confidence),
		"minimum", strconv.Itoa(p.Size.Minimum), "reserve", staff.PercentText(p.Size.Reserve), "rev", strconv.FormatInt(p.Rev, 10))
	for _, cell := range p.Cells {
		f.Typed.Set(cellField(cell), strconv.Itoa(cell.Population))
	}
	for _, q := range p.Quotas {
		f.Typed.Set("quota|"+string(q.Channel)+"|"+string(q.Surveyor), strconv.Itoa(q.Required))
	}
	return f
}

func (h *Handlers) planShow(c *fiber.Ctx, who *staff.SignedIn, status int, view planPage) error {
	title := view.Campaign.Title.In(page.ViewOf(c).Lang)
	view.BasePage = h.NewPage(c, who, "plan.title", "/staff/campaigns", "campaign.list", staff.CampaignPath(view.Campaign.ID), title)
	known := h.Catalog()
	cells := slices.Clone(view.Plan.Cells)
	view.Scoped, view.Whole = len(who.User.Grant.Scope.Units) > 0, view.Plan.Required()
	for i := range known.Units { // units that a point asks about, still to be filled in
		unit := &known.Units[i]
		cell := campaigns.PlanCell{Unit: unit.ID}
		asked := slices.ContainsFunc(staff.PointsOf(known, view.Campaign), func(p *survey.Point) bool { return known.StandsFor(unit.ID, p.Unit, view.Campaign.Frame) })
		if asked && !slices.ContainsFunc(cells, func(c campaigns.PlanCell) bool { return known.Within(unit.ID, c.Unit) }) {
			cells = append(cells, cell)
		}
	}
	for _, cell := range cells {
		if who.Covers(known, survey.OfUnit(cell.Unit).In(view.Campaign.Family)) {
			view.Rows = append(view.Rows, planRow{cellField(cell), h.CellName(cell, view.Lang), cell, view.Form.Value(cellField(cell))})
		}
	}
	l := h.Views.Locales[view.Lang]
	for _, channel := range survey.Channels {
		field := "quota|" + string(channel) + "|"
		view.Quotas = append(view.Quotas, planQuota{field, l.T("channel." + string(channel)), view.Form.Value(field)})
	}
	surveyors, err := h.Surveyors(c.UserContext())
	if err != nil {
		return err
	}
	for _, u := range surveyors {
		field := "quota||" + string(u.Login)
		view.Quotas = append(view.Quotas, planQuota{field, u.Name, view.Form.Value(field)})
	}
	return h.Render(c, status, "staff/plan", view)
}

// planTyped reads a plan from a form. Cells without a population are left out.
func planTyped(typed page.Form) campaigns.Plan {
	share := func(name string) float64 {
		v, err := survey.ParseDecimal(typed.Value(name))
		if err != nil {
			return math.NaN() // refused
		}
		return v / 100
	}
	p := campaigns.Plan{Basis: campaigns.PlanBasis(typed.Value("basis")), Size: campaigns.PlanSize{
		Formula: campaigns.SizeFormula(typed.Value("formula")), Level: campaigns.PlanLevel(typed.Value("level")),
		Margin: share("margin"), Confidence: share("confidence"), Minimum: survey.WholeNumber(typed.Value("minimum")), Reserve: share("reserve"),
	}}
	var fields []string
	for name := range typed.Typed {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	for _, name := range fields {
		parts := strings.Split(name, "|")
		if value := typed.Value(name); len(parts) == 3 && value != "" {
			switch parts[0] {
			case "cell":
				p.Cells = append(p.Cells, campaigns.PlanCell{Unit: survey.UnitID(parts[1]), Sector: survey.SectorID(parts[2]), Population: survey.WholeNumber(value)})
			case "quota":
				p.Quotas = append(p.Quotas, campaigns.Quota{Channel: survey.Channel(parts[1]), Surveyor: survey.Login(parts[2]), Required: survey.WholeNumber(value)})
			}
		}
	}
	return p
}

func (h *Handlers) planSave(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	plan := planTyped(typed)
	plan.ID = campaign.ID
	view := planPage{Campaign: &campaign, Plan: plan, Form: typed}
	if cells, problems, given := h.planFile(c, &campaign); len(problems) > 0 {
		view.Problems = problems
		return h.planShow(c, who, fiber.StatusUnprocessableEntity, view)
	} else if given {
		plan.Cells = cells
	}
	stored, err := h.campaigns.Plan(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	mine := h.UnitsOf(who, &campaign)
	for _, cell := range plan.Cells {
		if !mine(cell.Unit) {
			view.Problems = append(view.Problems, survey.Message{Key: "plan.outside", Args: []any{h.CellName(cell, page.ViewOf(c).Lang)}})
		}
	}
	if len(view.Problems) > 0 {
		return h.planShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	plan.Keep(&stored, mine)
	view.Plan = plan
	if err := h.planStore(c, who, plan, typed.Rev()); err != nil {
		return h.planRefused(c, who, view, err)
	}
	return h.Done(c, staff.CampaignPath(campaign.ID)+"/plan", "plan_saved")
}

// planStore computes the sizes of a plan and stores it in the place of its
// revision rev.
func (h *Handlers) planStore(c *fiber.Ctx, who *staff.SignedIn, plan campaigns.Plan, rev int64) error {
	if err := plan.Check(h.Catalog()); err != nil {
		return err
	}
	if err := campaigns.Require(&plan); err != nil {
		return err
	}
	return h.campaigns.SavePlan(c.UserContext(), who.Actor(), rev, plan)
}

// planRefused shows the form again with what is wrong, or beside what somebody
// else stored meanwhile.
func (h *Handlers) planRefused(c *fiber.Ctx, who *staff.SignedIn, view planPage, err error) error {
	typed := view.Form
	if wrong, ok := typed.Wrong(err); ok {
		view.Form = wrong
		return h.planShow(c, who, fiber.StatusUnprocessableEntity, view)
	}
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	stored, err := h.campaigns.Plan(c.UserContext(), view.Campaign.ID)
	if err != nil {
		return err
	}
	view.Conflict = &staff.Conflict{Rev: stored.Rev, Reload: staff.CampaignPath(view.Campaign.ID) + "/plan"}
	theirs := planFields(&stored)
	for _, name := range []string{"basis", "formula", "level", "margin", "confidence", "minimum", "reserve"} {
		view.Conflict.Add("plan."+name, typed.Value(name), theirs.Value(name))
	}
	for _, row := range stored.Cells {
		view.Conflict.Add(h.CellName(row, page.ViewOf(c).Lang), typed.Value(cellField(row)), strconv.Itoa(row.Population))
	}
	typed.Typed.Set("rev", strconv.FormatInt(stored.Rev, 10))
	return h.planShow(c, who, fiber.StatusConflict, view)
}
