package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// campaignFormPage makes or edits a campaign.
type campaignFormPage struct {
	StaffPage
	Form     form
	Family   survey.Family    // empty: still to be chosen
	Campaign *survey.Campaign // nil: a new one
	Conflict *conflict

	Forms, Units, Targets []option
}

// Frozen reports whether only title and last day can be changed.
func (p campaignFormPage) Frozen() bool { return p.Campaign != nil && p.Campaign.State != survey.Draft }

// Families are the choices of what a campaign measures.
func (campaignFormPage) Families() []survey.Family { return survey.Families }

// Formulas are the choices of a formula.
func (campaignFormPage) Formulas() []option {
	return wordOptions("campaign.formula.", survey.Top2, survey.Mean100, survey.Mean0)
}

// Poolings are the choices of a pooling.
func (campaignFormPage) Poolings() []option {
	return wordOptions("campaign.pooling.", survey.PoolOverall, survey.PoolFactors, survey.PoolAnswers)
}

// Confidences are the usual levels, in percent.
func (campaignFormPage) Confidences() []option {
	return []option{{Value: "90", Label: "campaign.percent.90"}, {Value: "95", Label: "campaign.percent.95"}, {Value: "99", Label: "campaign.percent.99"}}
}

// Langs are the languages that pages speak.
func (campaignFormPage) Langs() []option { return wordOptions("campaign.lang.", languages...) }

// wordOptions are choices whose labels are keys with the value at their end.
func wordOptions[T ~string](prefix string, values ...T) []option {
	options := make([]option, len(values))
	for i, v := range values {
		options[i] = option{Value: string(v), Label: prefix + string(v)}
	}
	return options
}

func (s *Server) campaignNew(c *fiber.Ctx, who *signedIn) error {
	family := survey.Family(parameter(c, "family"))
	catalog := s.config.Catalog()
	if !slices.Contains(survey.Families, family) || !who.Covers(catalog, "", family) {
		return s.campaignForm(c, who, fiber.StatusOK, campaignFormPage{})
	}
	year := s.today().Year()
	typed := formWith("family", string(family), "from", string(s.today()), "to", year+"-12-31",
		"formula", string(survey.Top2), "pooling", string(survey.PoolFactors), "confidence", "95", "min_n", "30", "langs", "vi", "langs", "en", "making", newMaking())
	if family == survey.Procedures {
		typed.values.Set("pooling", string(survey.PoolOverall))
	}
	for i := range catalog.Questionnaires {
		if q := &catalog.Questionnaires[i]; q.Family == family && catalog.Latest(q.Code) == q {
			typed.values.Add("forms", q.Ref().ID())
		}
	}
	for i := range catalog.Targets {
		if t := &catalog.Targets[i]; t.Family == family {
			typed.values.Add("targets", string(t.Code))
		}
	}
	return s.campaignForm(c, who, fiber.StatusOK, campaignFormPage{Form: typed, Family: family})
}

func (s *Server) campaignForm(c *fiber.Ctx, who *signedIn, status int, page campaignFormPage) error {
	title, crumbs := "campaign.new", []string{"/staff/campaigns", "campaign.list"}
	if page.Campaign != nil {
		page.Family = page.Campaign.Family
		title = "campaign.edit"
		crumbs = append(crumbs, campaignPath(page.Campaign.ID), page.Campaign.Title.In(viewOf(c).Lang))
	}
	page.StaffPage = s.staffPage(c, who, title, crumbs...)
	if page.Campaign == nil && !safe(c.Method()) {
		page.path = "/staff/campaigns/new"
	}
	catalog := s.config.Catalog()
	for i := range catalog.Questionnaires {
		if q := &catalog.Questionnaires[i]; q.Family == page.Family {
			page.Forms = append(page.Forms, option{Value: q.Ref().ID(), Label: formName(q).In(page.Lang)})
		}
	}
	for i := range catalog.Targets {
		if t := &catalog.Targets[i]; t.Family == page.Family {
			page.Targets = append(page.Targets, option{Value: string(t.Code), Label: t.Title.In(page.Lang)})
		}
	}
	page.Units = s.grantChoices(page.Lang).Units
	return s.render(c, status, "staff/campaign_edit", page)
}

// campaignTyped reads a campaign from a form.
func campaignTyped(typed form) survey.Campaign {
	c := survey.Campaign{
		Title:  survey.Text{survey.Vietnamese: typed.Value("title")},
		Family: survey.Family(typed.Value("family")),
		Period: survey.Span{From: dayTyped(typed.Value("from")), To: dayTyped(typed.Value("to"))},
		Frame:  dayTyped(typed.Value("frame")),
		Method: survey.Method{Formula: survey.Formula(typed.Value("formula")), Pooling: survey.Pooling(typed.Value("pooling"))},
	}
	if en := typed.Value("title_en"); en != "" {
		c.Title[survey.English] = en
	}
	if percent, err := strconv.ParseFloat(strings.Replace(typed.Value("confidence"), ",", ".", 1), 64); err == nil {
		c.Method.Confidence = percent / 100
	}
	c.Method.MinN, _ = strconv.Atoi(typed.Value("min_n")) // 0 is refused
	for _, id := range typed.Values("forms") {
		c.Forms = append(c.Forms, parseFormRef(id))
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

// dayTyped reads a day in either way of writing; what is none is kept, so that
// the check names it.
func dayTyped(s string) survey.Date {
	if day, err := survey.ParseDate(s); err == nil {
		return day
	}
	return survey.Date(s)
}

// campaignFields is a campaign as a filled-in form.
func campaignFields(c *survey.Campaign) form {
	typed := formWith("family", string(c.Family), "title", c.Title[survey.Vietnamese], "title_en", c.Title[survey.English],
		"from", string(c.Period.From), "to", string(c.Period.To), "frame", string(c.Frame),
		"formula", string(c.Method.Formula), "pooling", string(c.Method.Pooling),
		"confidence", strconv.FormatFloat(c.Method.Confidence*100, 'g', 4, 64), "min_n", strconv.Itoa(c.Method.MinN),
		"rev", strconv.FormatInt(c.Rev, 10))
	for _, ref := range c.Forms {
		typed.values.Add("forms", ref.ID())
	}
	for _, id := range c.Units {
		typed.values.Add("units", string(id))
	}
	for _, code := range c.Targets {
		typed.values.Add("targets", string(code))
	}
	for _, lang := range c.Langs {
		typed.values.Add("langs", string(lang))
	}
	return typed
}

func (s *Server) campaignCreate(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	campaign := campaignTyped(typed)
	if !who.Covers(s.config.Catalog(), "", campaign.Family) {
		return fiber.ErrNotFound
	}
	campaign.Making = typed.Value("making")
	campaign, err := s.fieldwork.Draft(c.UserContext(), who.Actor(), campaign)
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.campaignForm(c, who, fiber.StatusUnprocessableEntity, campaignFormPage{Form: wrong, Family: survey.Family(typed.Value("family"))})
		}
		return err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return err
	}
	return s.done(c, campaignPath(campaign.ID), "campaign_created")
}

func (s *Server) campaignEdit(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	if campaign.State != survey.Draft && campaign.State != survey.Open {
		return s.done(c, campaignPath(campaign.ID), "campaign_moved_on")
	}
	return s.campaignForm(c, who, fiber.StatusOK, campaignFormPage{Form: campaignFields(&campaign), Campaign: &campaign})
}

func (s *Server) campaignSave(c *fiber.Ctx, who *signedIn) error {
	stored, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	typed := formOf(c)
	edited := campaignTyped(typed)
	edited.ID, edited.Family = stored.ID, stored.Family
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	_, err = s.fieldwork.Edit(c.UserContext(), who.Actor(), rev, edited)
	if err == nil {
		if err := s.reload(c.UserContext()); err != nil {
			return err
		}
		return s.done(c, campaignPath(stored.ID), "campaign_saved")
	}
	f := failureOf(err, requestID(c))
	wrong, invalid := typed.wrong(err)
	moved := errors.Is(err, survey.ErrWrongState)
	if f.Kind == survey.Conflict {
		if stored, err = s.campaignAnew(c); err != nil {
			return err
		}
	}
	switch {
	case invalid:
		return s.campaignForm(c, who, f.Status, campaignFormPage{Form: wrong, Campaign: &stored})
	case moved: // it was closed meanwhile
		return s.done(c, campaignPath(stored.ID), "campaign_moved_on")
	case f.Kind == survey.Conflict:
		both := campaignConflict(&stored, &edited)
		typed.values.Set("rev", strconv.FormatInt(stored.Rev, 10))
		return s.campaignForm(c, who, f.Status, campaignFormPage{Form: typed, Campaign: &stored, Conflict: both})
	}
	return err
}

// campaignConflict compares what is stored with what was typed.
func campaignConflict(stored, mine *survey.Campaign) *conflict {
	both := &conflict{Rev: stored.Rev, Reload: campaignPath(stored.ID) + "/edit"}
	a, b := campaignFields(mine), campaignFields(stored)
	names := []string{"title", "title_en", "to"}
	if stored.State == survey.Draft {
		names = append(names, "from", "frame", "forms", "units", "formula", "pooling", "confidence", "min_n", "langs", "targets")
	}
	for _, name := range names {
		both.add("campaign."+name, strings.Join(a.Values(name), ", "), strings.Join(b.Values(name), ", "))
	}
	return both
}

// Covers reports whether the person may run campaigns of a family.
func (p campaignFormPage) Covers(f survey.Family) bool { return p.Me.User.Grant.Covers(nil, "", f) }
