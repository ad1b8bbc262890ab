package paper

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/survey/registry"
	"hailong/web/page"
	"hailong/web/staff"
)

// batchNewPage makes batches: first campaign and form are chosen, then units
// and surveyors.
type batchNewPage struct {
	staff.StaffPage
	Campaign  *survey.Campaign // nil: to be chosen
	Asks      *survey.Questionnaire
	Picks     []batchPick
	Form      page.Form
	Units     []page.Choice
	Surveyors []page.Choice
}

// batchPick is a campaign with a form that it asks.
type batchPick struct {
	Campaign, Form survey.Text
	Path           string
}

func (h *Handlers) batchNew(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.batchNewShow(c, who, fiber.StatusOK, page.FormWith(
		"campaign", page.Parameter(c, "campaign"), "form", page.Parameter(c, "form"), "forms", "50", "making", page.NewMaking()))
}

func (h *Handlers) batchNewShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form) error {
	view := batchNewPage{StaffPage: h.StaffPage(c, who, "batch.new", "/staff/batches", "batch.list"), Form: typed}
	view.URLPath = "/staff/batches/new"
	catalog := h.Catalog()
	for i := range catalog.Campaigns {
		campaign := &catalog.Campaigns[i]
		if !campaign.Keying() || !who.Covers(catalog, "", campaign.Family) {
			continue
		}
		for _, ref := range campaign.Forms {
			form := catalog.Questionnaire(ref)
			if form == nil {
				continue
			}
			if typed.Value("campaign") == string(campaign.ID) && typed.Value("form") == string(ref.Code) {
				view.Campaign, view.Asks = campaign, form
			}
			view.Picks = append(view.Picks, batchPick{
				campaign.Title, form.Title, "/staff/batches/new?" + page.AsQuery("campaign", string(campaign.ID)) + "&" + page.AsQuery("form", string(ref.Code)),
			})
		}
	}
	if view.Campaign != nil {
		view.Units = h.batchUnits(who, view.Campaign, view.Asks, view.Lang)
		people, err := h.Accounts.People(c.UserContext())
		if err != nil {
			return err
		}
		for _, u := range people {
			if u.Grant.Role == survey.Surveyor && !u.Disabled {
				view.Surveyors = append(view.Surveyors, page.Choice{Value: string(u.Login), Label: u.Name + " (" + string(u.Login) + ")"})
			}
		}
	}
	return h.Render(c, status, "staff/batch_new", view)
}

// batchUnits are the units whose paper forms can be handed out: those of the
// campaign and the person's scope that points ask about, whatever the form,
// and that the form fits.
func (h *Handlers) batchUnits(who *staff.SignedIn, campaign *survey.Campaign, asks *survey.Questionnaire, lang survey.Lang) []page.Choice {
	catalog := h.Catalog()
	var units []page.Choice
	asked := map[survey.UnitID]bool{}
	for _, p := range staff.PointsOf(catalog, campaign) {
		if u := catalog.UnitOn(p.Unit, h.Today()); u != nil && p.Form == asks.Code {
			asked[u.ID] = true
		}
	}
	for i := range catalog.Units {
		u := &catalog.Units[i]
		if asked[u.ID] && u.Valid.Contains(h.Today()) && who.Covers(catalog, u.ID, campaign.Family) {
			units = append(units, page.Choice{Value: string(u.ID), Label: u.Name.In(lang)})
		}
	}
	return units
}

// batchCreate makes the paper points that are not there yet, and the batches.
func (h *Handlers) batchCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	plan := paper.BatchPlan{Campaign: survey.CampaignID(typed.Value("campaign")), Forms: max(0, staff.WholeTyped(typed.Value("forms"))), Making: typed.Value("making")}
	for _, login := range typed.Values("surveyors") {
		plan.Surveyors = append(plan.Surveyors, survey.Login(login))
	}
	catalog := h.Catalog()
	code := survey.FormCode(typed.Value("form"))
	campaign, form := catalog.Campaign(plan.Campaign), catalog.Latest(code)
	if campaign == nil || form == nil || !who.Covers(catalog, "", campaign.Family) {
		return h.batchNewShow(c, who, fiber.StatusUnprocessableEntity, typed)
	}
	var units []survey.UnitID
	for _, o := range h.batchUnits(who, campaign, form, survey.Vietnamese) {
		if slices.Contains(typed.Values("units"), o.Value) {
			units = append(units, survey.UnitID(o.Value))
		}
	}
	// Nothing is made before all is right; a point without batches does no harm.
	wrong := plan
	for _, unit := range units {
		for i := range catalog.Points {
			if p := &catalog.Points[i]; catalog.StandsFor(unit, p.Unit, h.Today()) && p.Form == code && !p.Off {
				wrong.Points = append(wrong.Points, p.Code)
				break
			}
		}
	}
	err := h.batches.Check(c.UserContext(), wrong)
	if err == nil {
		plan.Points, err = h.paperPoints(c, who, units, code)
	}
	if err == nil {
		_, err = h.batches.Make(c.UserContext(), who.Actor(), plan)
	}
	if err == nil {
		return h.Done(c, "/staff/batches?"+page.AsQuery("campaign", string(plan.Campaign)), "batch_made")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.batchNewShow(c, who, fiber.StatusUnprocessableEntity, wrong)
	}
	return err
}

// paperPoints returns a paper point of each unit and the form, made where
// there is none.
func (h *Handlers) paperPoints(c *fiber.Ctx, who *staff.SignedIn, units []survey.UnitID, form survey.FormCode) ([]survey.PointCode, error) {
	_, err := h.editor.MakePoints(c.UserContext(), who.Actor(), registry.PointPlan{
		Units: units, Forms: []survey.FormCode{form}, Channel: survey.ChannelPaper,
	})
	if err != nil {
		return nil, err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return nil, err
	}
	catalog := h.Catalog()
	var codes []survey.PointCode
	for _, unit := range units {
		for i := range catalog.Points {
			p := &catalog.Points[i]
			if catalog.StandsFor(unit, p.Unit, h.Today()) && p.Form == form && p.Channel == survey.ChannelPaper && p.Sector == "" && !p.Off {
				codes = append(codes, p.Code)
				break
			}
		}
	}
	return codes, nil
}
