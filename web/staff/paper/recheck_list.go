package paper

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// recheckListPage lists the campaigns that have paper forms, with how their
// re-checks stand.
type recheckListPage struct {
	staff.BasePage
	Campaigns []recheckCampaign
}

type recheckCampaign struct {
	*survey.Campaign
	Forms, Drawn, Done, Bad, Waiting, Failed int
}

func (h *Handlers) recheckList(c *fiber.Ctx, who *staff.SignedIn) (err error) {
	page := recheckListPage{BasePage: h.NewPage(c, who, "recheck.list")}
	if page.Campaigns, err = h.recheckCampaigns(c.UserContext(), who); err != nil {
		return err
	}
	return h.Render(c, fiber.StatusOK, "staff/rechecks", page)
}

// recheckCampaigns lists the campaigns of a person's scope with paper forms.
func (h *Handlers) recheckCampaigns(ctx context.Context, who *staff.SignedIn) ([]recheckCampaign, error) {
	var campaigns []recheckCampaign
	catalog := h.Catalog()
	for i := range catalog.Campaigns {
		campaign := &catalog.Campaigns[i]
		if campaign.State == survey.Draft || !who.Covers(catalog, campaign.Reach().Part()) {
			continue
		}
		surveyors, err := h.rechecks.Campaign(ctx, campaign.ID, h.UnitsOf(who, campaign))
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
