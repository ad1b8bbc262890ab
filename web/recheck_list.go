package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// recheckListPage lists the campaigns that have paper forms, with how their
// re-checks stand.
type recheckListPage struct {
	StaffPage
	Campaigns []recheckCampaign
}

type recheckCampaign struct {
	*survey.Campaign
	Forms, Drawn, Done, Bad, Waiting, Failed int
}

// unitsOf admits the units of a person's scope.
func (s *Pages) unitsOf(who *signedIn, campaign *survey.Campaign) func(survey.UnitID) bool {
	catalog := s.Catalog()
	return func(unit survey.UnitID) bool { return who.Covers(catalog, unit, campaign.Family) }
}

func (s *Server) recheckList(c *fiber.Ctx, who *signedIn) (err error) {
	page := recheckListPage{StaffPage: s.staffPage(c, who, "recheck.list")}
	if page.Campaigns, err = s.recheckCampaigns(c.UserContext(), who); err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "staff/rechecks", page)
}

// recheckCampaigns lists the campaigns of a person's scope with paper forms.
func (s *Server) recheckCampaigns(ctx context.Context, who *signedIn) ([]recheckCampaign, error) {
	var campaigns []recheckCampaign
	catalog := s.Catalog()
	for i := range catalog.Campaigns {
		campaign := &catalog.Campaigns[i]
		if campaign.State == survey.Draft || !who.Covers(catalog, "", campaign.Family) {
			continue
		}
		surveyors, err := s.rechecks.Campaign(ctx, campaign.ID, s.unitsOf(who, campaign))
		if err != nil {
			return nil, err
		}
		row := recheckCampaign{Campaign: campaign}
		for i := range surveyors {
			x := &surveyors[i]
			row.Forms += x.Forms
			row.Drawn += len(x.Drawn)
			row.Done += x.Done()
			row.Bad += x.Bad()
			row.Waiting += x.Waiting()
			if x.Failed() {
				row.Failed++
			}
		}
		if len(surveyors) > 0 {
			campaigns = append(campaigns, row)
		}
	}
	return campaigns, nil
}
