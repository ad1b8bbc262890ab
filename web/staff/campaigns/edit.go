package campaigns

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/web/formview"
	"hailong/web/page"
	"hailong/web/staff"
)

// campaignFormPage makes or edits a campaign.
type campaignFormPage struct {
	staff.BasePage
	Form     page.Form
	Family   survey.Family    // empty: still to be chosen
	Campaign *survey.Campaign // nil: a new one
	Conflict *staff.Conflict

	Forms, Units, Targets []page.Choice
}

// Started reports whether only title and last day can be changed.
func (p campaignFormPage) Started() bool {
	return p.Campaign != nil && p.Campaign.State != survey.Draft
}

// Families are the choices of what a campaign measures.
func (campaignFormPage) Families() []survey.Family { return survey.Families }

// Formulas are the choices of a formula.
func (campaignFormPage) Formulas() []page.Choice {
	return staff.WordOptions("campaign.formula.", survey.Top2, survey.Mean100, survey.Mean0)
}

// Poolings are the choices of a pooling.
func (campaignFormPage) Poolings() []page.Choice {
	return staff.WordOptions("campaign.pooling.", survey.PoolOverall, survey.PoolFactors, survey.PoolAnswers)
}

// Rhythms are the choices of when figures are published.
func (campaignFormPage) Rhythms() []page.Choice {
	return []page.Choice{
		{Value: string(survey.Once), Label: "campaign.rhythm.once"},
		{Value: string(survey.Monthly), Label: "campaign.rhythm.month"},
		{Value: string(survey.Quarterly), Label: "campaign.rhythm.quarter"},
	}
}

// Confidences are the usual levels, in percent.
func (campaignFormPage) Confidences() []page.Choice {
	return []page.Choice{{Value: "90", Label: "campaign.percent.90"}, {Value: "95", Label: "campaign.percent.95"}, {Value: "99", Label: "campaign.percent.99"}}
}

// Langs are the languages that pages speak.
func (campaignFormPage) Langs() []page.Choice {
	return staff.WordOptions("campaign.lang.", page.Languages...)
}

func (h *Handlers) campaignNew(c *fiber.Ctx, who *staff.SignedIn) error {
	family := survey.Family(page.Parameter(c, "family"))
	catalog := h.Catalog()
	if !slices.Contains(survey.Families, family) || !who.CoversFamily(family) {
		return h.campaignForm(c, who, fiber.StatusOK, campaignFormPage{})
	}
	year := h.Today().Year()
	typed := page.FormWith("family", string(family), "from", string(h.Today()), "to", year+"-12-31",
		"formula", string(survey.Top2), "pooling", string(survey.PoolFactors), "confidence", "95", "min_n", "30", "langs", "vi", "langs", "en", "idempotency_key", page.NewIdempotencyKey())
	if family == survey.Procedures {
		typed.Typed.Set("pooling", string(survey.PoolOverall))
		typed.Typed.Set("rhythm", string(survey.Monthly)) // counters are open all year
	}
	for i := range catalog.Questionnaires {
		if q := &catalog.Questionnaires[i]; q.Family == family && catalog.Latest(q.Code) == q {
			typed.Typed.Add("forms", q.Ref().ID())
		}
	}
	for i := range catalog.Targets {
		if t := &catalog.Targets[i]; t.Family == family {
			typed.Typed.Add("targets", string(t.Code))
		}
	}
	return h.campaignForm(c, who, fiber.StatusOK, campaignFormPage{Form: typed, Family: family})
}

func (h *Handlers) campaignForm(c *fiber.Ctx, who *staff.SignedIn, status int, view campaignFormPage) error {
	title, crumbs := "campaign.new", []string{"/staff/campaigns", "campaign.list"}
	if view.Campaign != nil {
		view.Family = view.Campaign.Family
		title = "campaign.edit"
		crumbs = append(crumbs, staff.CampaignPath(view.Campaign.ID), view.Campaign.Title.In(page.ViewOf(c).Lang))
	}
	view.BasePage = h.NewPage(c, who, title, crumbs...)
	if view.Campaign == nil && !staff.Safe(c.Method()) {
		view.URLPath = "/staff/campaigns/new"
	}
	catalog := h.Catalog()
	for i := range catalog.Questionnaires {
		if q := &catalog.Questionnaires[i]; q.Family == view.Family {
			view.Forms = append(view.Forms, page.Choice{Value: q.Ref().ID(), Label: formName(q).In(view.Lang)})
		}
	}
	for i := range catalog.Targets {
		if t := &catalog.Targets[i]; t.Family == view.Family {
			view.Targets = append(view.Targets, page.Choice{Value: string(t.Code), Label: t.Title.In(view.Lang)})
		}
	}
	view.Units = slices.DeleteFunc(h.GrantChoices(view.Lang).Units, func(o page.Choice) bool { return !who.CoversUnit(catalog, survey.UnitID(o.Value)) })
	return h.Render(c, status, "staff/campaign_edit", view)
}

// campaignTyped reads a campaign from a form.
func campaignTyped(typed page.Form) survey.Campaign {
	c := survey.Campaign{
		Title:  survey.Text{survey.Vietnamese: typed.Value("title")},
		Family: survey.Family(typed.Value("family")),
		Period: survey.Span{From: staff.DayOf(typed.Value("from")), To: staff.DayOf(typed.Value("to"))},
		Frame:  staff.DayOf(typed.Value("frame")),
		Rhythm: survey.Rhythm(typed.Value("rhythm")),
		Method: survey.Method{Formula: survey.Formula(typed.Value("formula")), Pooling: survey.Pooling(typed.Value("pooling"))},
	}
	if en := typed.Value("title_en"); en != "" {
		c.Title[survey.English] = en
	}
	if percent, err := survey.ParseDecimal(typed.Value("confidence")); err == nil {
		c.Method.Confidence = percent / 100
	}
	c.Method.MinN, _ = strconv.Atoi(typed.Value("min_n")) // 0 is refused
	for _, id := range typed.Values("forms") {
		c.Forms = append(c.Forms, formview.ParseFormRef(id))
	}
	for _, id := range typed.Values("units") {
		c.Units = append(c.Units, survey.UnitID(id))
	}
	for _, code := range typed.Values("targets") {
		c.Targets = append(c.Targets, survey.TargetCode(code))
	}
	for _, lang := range typed.Values("langs") {
		c.Langs = append(c.Langs, survey.Lang(lang))
	}
	return c
}

// campaignFields is a campaign as a filled-in form.
func campaignFields(c *survey.Campaign) page.Form {
	typed := page.FormWith("family", string(c.Family), "title", c.Title[survey.Vietnamese], "title_en", c.Title[survey.English],
		"from", string(c.Period.From), "to", string(c.Period.To), "frame", string(c.Frame), "rhythm", string(c.Rhythm),
		"formula", string(c.Method.Formula), "pooling", string(c.Method.Pooling),
		"confidence", strconv.FormatFloat(c.Method.Confidence*100, 'g', 4, 64), "min_n", strconv.Itoa(c.Method.MinN),
		"rev", strconv.FormatInt(c.Rev, 10))
	for _, ref := range c.Forms {
		typed.Typed.Add("forms", ref.ID())
	}
	for _, id := range c.Units {
		typed.Typed.Add("units", string(id))
	}
	for _, code := range c.Targets {
		typed.Typed.Add("targets", string(code))
	}
	for _, lang := range c.Langs {
		typed.Typed.Add("langs", string(lang))
	}
	return typed
}

func (h *Handlers) campaignCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	campaign := campaignTyped(typed)
	if !who.CoversFamily(campaign.Family) {
		return fiber.ErrNotFound
	}
	campaign.IdempotencyKey = typed.Value("idempotency_key")
	err := h.withinScope(who, &campaign)
	if err == nil {
		campaign, err = h.campaigns.Draft(c.UserContext(), who.Actor(), campaign)
	}
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return h.campaignForm(c, who, fiber.StatusUnprocessableEntity, campaignFormPage{Form: wrong, Family: survey.Family(typed.Value("family"))})
		}
		return err
	}
	if err := h.Reload(c.UserContext()); err != nil {
		return err
	}
	return h.Done(c, staff.CampaignPath(campaign.ID), "campaign_created")
}

func (h *Handlers) campaignEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	if !campaign.Allows(survey.StepEdit) {
		return h.Done(c, staff.CampaignPath(campaign.ID), "campaign_moved_on")
	}
	return h.campaignForm(c, who, fiber.StatusOK, campaignFormPage{Form: campaignFields(&campaign), Campaign: &campaign})
}

func (h *Handlers) campaignSave(c *fiber.Ctx, who *staff.SignedIn) error {
	stored, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	typed := page.FormOf(c)
	edited := campaignTyped(typed)
	edited.ID, edited.Family = stored.ID, stored.Family
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	if stored.State == survey.Draft {                      // later its units stay as they are
		err = h.withinScope(who, &edited)
	}
	if err == nil {
		_, err = h.campaigns.Edit(c.UserContext(), who.Actor(), rev, edited)
	}
	if err == nil {
		if err := h.Reload(c.UserContext()); err != nil {
			return err
		}
		return h.Done(c, staff.CampaignPath(stored.ID), "campaign_saved")
	}
	f := page.FailureOf(err, page.RequestID(c))
	wrong, invalid := typed.Wrong(err)
	moved := errors.Is(err, campaigns.ErrWrongState)
	if f.Kind == survey.Conflict {
		if stored, err = h.reloadedCampaign(c); err != nil {
			return err
		}
	}
	switch {
	case invalid:
		return h.campaignForm(c, who, f.Status, campaignFormPage{Form: wrong, Campaign: &stored})
	case moved: // it was closed meanwhile
		return h.Done(c, staff.CampaignPath(stored.ID), "campaign_moved_on")
	case f.Kind == survey.Conflict:
		conflict := campaignConflict(&stored, &edited)
		typed.Typed.Set("rev", strconv.FormatInt(stored.Rev, 10))
		return h.campaignForm(c, who, f.Status, campaignFormPage{Form: typed, Campaign: &stored, Conflict: conflict})
	}
	return err
}

// withinScope returns Invalid if a campaign reaches units outside the person's scope.
func (h *Handlers) withinScope(who *staff.SignedIn, campaign *survey.Campaign) error {
	if who.Covers(h.Catalog(), campaign.Reach()) {
		return nil
	}
	return survey.InvalidField("plan campaign", "campaign.invalid", "units", "campaign.beyond_scope")
}

// campaignConflict compares what is stored with what was typed.
func campaignConflict(stored, mine *survey.Campaign) *staff.Conflict {
	conflict := &staff.Conflict{Rev: stored.Rev, Reload: staff.CampaignPath(stored.ID) + "/edit"}
	a, b := campaignFields(mine), campaignFields(stored)
	names := []string{"title", "title_en", "to", "rhythm"}
	if stored.State == survey.Draft {
		names = append(names, "from", "frame", "forms", "units", "formula", "pooling", "confidence", "min_n", "langs", "targets")
	}
	for _, name := range names {
		conflict.Add("campaign."+name, strings.Join(a.Values(name), ", "), strings.Join(b.Values(name), ", "))
	}
	return conflict
}

// Limited reports whether the person's scope names units: then a campaign has to.
func (p campaignFormPage) Limited() bool { return len(p.Me.User.Grant.Scope.Units) > 0 }

// Covers reports whether the person may run campaigns of a family.
func (p campaignFormPage) Covers(f survey.Family) bool { return p.Me.User.Grant.CoversFamily(f) }
