package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/paper"
	"hailong/survey/registry"
)

// batchNewPage makes batches: first campaign and form are chosen, then units
// and surveyors.
type batchNewPage struct {
	StaffPage
	Campaign  *survey.Campaign // nil: to be chosen
	Asks      *survey.Questionnaire
	Picks     []batchPick
	Form      form
	Units     []option
	Surveyors []option
}

// batchPick is a campaign with a form that it asks.
type batchPick struct {
	Campaign, Form survey.Text
	Path           string
}

func (s *Server) batchNew(c *fiber.Ctx, who *signedIn) error {
	return s.batchNewShow(c, who, fiber.StatusOK, formWith(
		"campaign", parameter(c, "campaign"), "form", parameter(c, "form"), "forms", "50", "making", newMaking()))
}

func (s *Server) batchNewShow(c *fiber.Ctx, who *signedIn, status int, typed form) error {
	page := batchNewPage{StaffPage: s.staffPage(c, who, "batch.new", "/staff/batches", "batch.list"), Form: typed}
	page.path = "/staff/batches/new"
	catalog := s.Catalog()
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
				page.Campaign, page.Asks = campaign, form
			}
			page.Picks = append(page.Picks, batchPick{
				campaign.Title, form.Title, "/staff/batches/new?" + asQuery("campaign", string(campaign.ID)) + "&" + asQuery("form", string(ref.Code)),
			})
		}
	}
	if page.Campaign != nil {
		page.Units = s.batchUnits(who, page.Campaign, page.Asks, page.Lang)
		people, err := s.accounts.People(c.UserContext())
		if err != nil {
			return err
		}
		for _, u := range people {
			if u.Grant.Role == survey.Surveyor && !u.Disabled {
				page.Surveyors = append(page.Surveyors, option{Value: string(u.Login), Label: u.Name + " (" + string(u.Login) + ")"})
			}
		}
	}
	return s.render(c, status, "staff/batch_new", page)
}

// batchUnits are the units whose paper forms can be handed out: those of the
// campaign and the person's scope that points ask about, whatever the form,
// and that the form fits.
func (s *Server) batchUnits(who *signedIn, campaign *survey.Campaign, asks *survey.Questionnaire, lang survey.Lang) []option {
	catalog := s.Catalog()
	var units []option
	asked := map[survey.UnitID]bool{}
	for _, p := range pointsOf(catalog, campaign) {
		if u := catalog.UnitOn(p.Unit, s.today()); u != nil && p.Form == asks.Code {
			asked[u.ID] = true
		}
	}
	for i := range catalog.Units {
		u := &catalog.Units[i]
		if asked[u.ID] && u.Valid.Contains(s.today()) && who.Covers(catalog, u.ID, campaign.Family) {
			units = append(units, option{Value: string(u.ID), Label: u.Name.In(lang)})
		}
	}
	return units
}

// batchCreate makes the paper points that are not there yet, and the batches.
func (s *Server) batchCreate(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	plan := paper.BatchPlan{Campaign: survey.CampaignID(typed.Value("campaign")), Forms: max(0, wholeTyped(typed.Value("forms"))), Making: typed.Value("making")}
	for _, login := range typed.Values("surveyors") {
		plan.Surveyors = append(plan.Surveyors, survey.Login(login))
	}
	catalog := s.Catalog()
	code := survey.FormCode(typed.Value("form"))
	campaign, form := catalog.Campaign(plan.Campaign), catalog.Latest(code)
	if campaign == nil || form == nil || !who.Covers(catalog, "", campaign.Family) {
		return s.batchNewShow(c, who, fiber.StatusUnprocessableEntity, typed)
	}
	var units []survey.UnitID
	for _, o := range s.batchUnits(who, campaign, form, survey.Vietnamese) {
		if slices.Contains(typed.Values("units"), o.Value) {
			units = append(units, survey.UnitID(o.Value))
		}
	}
	// Nothing is made before all is right; a point without batches does no harm.
	wrong := plan
	for _, unit := range units {
		for i := range catalog.Points {
			if p := &catalog.Points[i]; catalog.StandsFor(unit, p.Unit, s.today()) && p.Form == code && !p.Off {
				wrong.Points = append(wrong.Points, p.Code)
				break
			}
		}
	}
	err := s.batches.Check(c.UserContext(), wrong)
	if err == nil {
		plan.Points, err = s.paperPoints(c, who, units, code)
	}
	if err == nil {
		_, err = s.batches.Make(c.UserContext(), who.Actor(), plan)
	}
	if err == nil {
		return s.done(c, "/staff/batches?"+asQuery("campaign", string(plan.Campaign)), "batch_made")
	}
	if wrong, ok := typed.wrong(err); ok {
		return s.batchNewShow(c, who, fiber.StatusUnprocessableEntity, wrong)
	}
	return err
}

// paperPoints returns a paper point of each unit and the form, made where
// there is none.
func (s *Server) paperPoints(c *fiber.Ctx, who *signedIn, units []survey.UnitID, form survey.FormCode) ([]survey.PointCode, error) {
	_, err := s.editor().MakePoints(c.UserContext(), who.Actor(), registry.PointPlan{
		Units: units, Forms: []survey.FormCode{form}, Channel: survey.ChannelPaper,
	})
	if err != nil {
		return nil, err
	}
	if err := s.reload(c.UserContext()); err != nil {
		return nil, err
	}
	catalog := s.Catalog()
	var codes []survey.PointCode
	for _, unit := range units {
		for i := range catalog.Points {
			p := &catalog.Points[i]
			if catalog.StandsFor(unit, p.Unit, s.today()) && p.Form == form && p.Channel == survey.ChannelPaper && p.Sector == "" && !p.Off {
				codes = append(codes, p.Code)
				break
			}
		}
	}
	return codes, nil
}
