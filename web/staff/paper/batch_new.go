package paper

import (
	"context"
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
	staff.BasePage
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
		"campaign", page.Parameter(c, "campaign"), "form", page.Parameter(c, "form"), "forms", "50", "idempotency_key", page.NewIdempotencyKey()))
}

func (h *Handlers) batchNewShow(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form) error {
	view := batchNewPage{BasePage: h.NewPage(c, who, "batch.new", "/staff/batches", "batch.list"), Form: typed}
	view.URLPath = "/staff/batches/new"
	catalog := h.Catalog()
	for i := range catalog.Campaigns {
		campaign := &catalog.Campaigns[i]
		if !campaign.TakesEntries() || !who.Covers(catalog, campaign.Reach().Part()) {
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
		var err error
		if view.Surveyors, err = h.SurveyorChoices(c.UserContext()); err != nil {
			return err
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
		if asked[u.ID] && u.Valid.Contains(h.Today()) && who.Covers(catalog, survey.OfUnit(u.ID).In(campaign.Family)) {
			units = append(units, page.Choice{Value: string(u.ID), Label: u.Name.In(lang)})
		}
	}
	return units
}

// batchPlanOf reads from a form which batches are to be made, all but their
// points.
func batchPlanOf(typed page.Form) paper.BatchPlan {
	plan := paper.BatchPlan{Campaign: survey.CampaignID(typed.Value("campaign")), Forms: max(0, survey.WholeNumber(typed.Value("forms"))), IdempotencyKey: typed.Value("idempotency_key")}
	for _, login := range typed.Values("surveyors") {
		plan.Surveyors = append(plan.Surveyors, survey.Login(login))
	}
	return plan
}

// batchCreate makes the paper points that are not there yet, and the batches.
func (h *Handlers) batchCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed, catalog := page.FormOf(c), h.Catalog()
	plan := batchPlanOf(typed)
	campaign, form := catalog.Campaign(plan.Campaign), catalog.Latest(survey.FormCode(typed.Value("form")))
	if campaign == nil || form == nil || !who.Covers(catalog, campaign.Reach().Part()) {
		return h.batchNewShow(c, who, fiber.StatusUnprocessableEntity, typed)
	}
	var units []survey.UnitID
	for _, o := range h.batchUnits(who, campaign, form, survey.Vietnamese) {
		if slices.Contains(typed.Values("units"), o.Value) {
			units = append(units, survey.UnitID(o.Value))
		}
	}
	err := h.makeBatches(c.UserContext(), who, plan, units, form.Code)
	if err == nil {
		return h.Done(c, "/staff/batches?"+page.AsQuery("campaign", string(plan.Campaign)), "batch_made")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.batchNewShow(c, who, fiber.StatusUnprocessableEntity, wrong)
	}
	return err
}

// makeBatches makes the batches of a plan for units, and the paper points that
// these do not have yet. Nothing is made before all is right; a point without
// batches does no harm.
func (h *Handlers) makeBatches(ctx context.Context, who *staff.SignedIn, plan paper.BatchPlan, units []survey.UnitID, form survey.FormCode) error {
	checked := plan
	checked.Points = h.pointOfEach(units, func(p *survey.Point) bool { return p.Form == form })
	if err := h.batches.Check(ctx, checked); err != nil {
		return err
	}
	_, err := h.editor.MakePoints(ctx, who.Actor(), registry.PointPlan{Units: units, Forms: []survey.FormCode{form}, Channel: survey.ChannelPaper})
	if err != nil {
		return err
	}
	if err := h.Reload(ctx); err != nil {
		return err
	}
	plan.Points = h.pointOfEach(units, func(p *survey.Point) bool {
		return p.Form == form && p.Channel == survey.ChannelPaper && p.Sector == ""
	})
	_, err = h.batches.Make(ctx, who.Actor(), plan)
	return err
}

// pointOfEach returns of each unit the first point in use that fits.
func (h *Handlers) pointOfEach(units []survey.UnitID, fits func(*survey.Point) bool) []survey.PointCode {
	catalog := h.Catalog()
	var codes []survey.PointCode
	for _, unit := range units {
		for i := range catalog.Points {
			if p := &catalog.Points[i]; !p.Off && fits(p) && catalog.StandsFor(unit, p.Unit, h.Today()) {
				codes = append(codes, p.Code)
				break
			}
		}
	}
	return codes
}
