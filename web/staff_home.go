package web

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// staffHomePage is what needs attention, for this person.
type staffHomePage struct {
	StaffPage
	Campaigns []survey.Campaign // open today, within the scope
}

func (s *Server) staffHome(c *fiber.Ctx, who *signedIn) error {
	page := staffHomePage{StaffPage: s.staffPage(c, who, "staff.home.title")}
	catalog := s.config.Catalog()
	for _, campaign := range catalog.Campaigns {
		if campaign.Takes(s.today()) == nil && who.Covers(catalog, "", campaign.Family) {
			page.Campaigns = append(page.Campaigns, campaign)
		}
	}
	return s.render(c, fiber.StatusOK, "staff/home", page)
}
