package campaigns

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// campaignListPage lists the campaigns of the person's families, the newest
// first.
type campaignListPage struct {
	staff.BasePage
	Campaigns []*survey.Campaign
	today     survey.Date
}

// StateWord names where a campaign stands.
func (p campaignListPage) StateWord(k *survey.Campaign) string { return stateWord(k, p.today) }

func (h *Handlers) campaignList(c *fiber.Ctx, who *staff.SignedIn) error {
	page := campaignListPage{BasePage: h.NewPage(c, who, "campaign.list"), today: h.Today()}
	catalog := h.Catalog()
	for i := range catalog.Campaigns {
		if k := &catalog.Campaigns[i]; who.Covers(catalog, k.Reach().Part()) {
			page.Campaigns = append(page.Campaigns, k)
		}
	}
	slices.SortStableFunc(page.Campaigns, func(a, b *survey.Campaign) int {
		switch {
		case a.Period.From > b.Period.From:
			return -1
		case a.Period.From < b.Period.From:
			return 1
		}
		return slices.Index(survey.Families, a.Family) - slices.Index(survey.Families, b.Family)
	})
	return h.Render(c, fiber.StatusOK, "staff/campaigns", page)
}
