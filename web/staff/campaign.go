package staff

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
)

// CampaignOf is the campaign in the path.
func (p *Pages) CampaignOf(c *fiber.Ctx) (survey.Campaign, error) {
	campaign := p.Catalog().Campaign(survey.CampaignID(Unescaped(c.Params("campaign"))))
	if campaign == nil {
		return survey.Campaign{}, fiber.ErrNotFound
	}
	return *campaign, nil
}

// PointsOf lists the points in use whose responses the campaign takes, or would
// take once it is open.
func PointsOf(catalog *survey.Catalog, campaign *survey.Campaign) []*survey.Point {
	var points []*survey.Point
	for i := range catalog.Points {
		p := &catalog.Points[i]
		if _, asks := campaign.Form(p.Form); asks && !p.Off && catalog.Covers(campaign, p.Unit) {
			points = append(points, p)
		}
	}
	return points
}

// CellName names the unit of a cell of a plan, and its sector if it has one.
func (p *Pages) CellName(cell campaigns.PlanCell, lang survey.Lang) string {
	known, name := p.Catalog(), string(cell.Unit)
	if unit := known.Unit(cell.Unit); unit != nil {
		name = unit.Name.In(lang)
	}
	if sector := known.Sector(cell.Sector); sector != nil {
		name += " · " + sector.Name.In(lang)
	}
	return name
}

// UnitsOf admits the units of a person's scope.
func (p *Pages) UnitsOf(who *SignedIn, campaign *survey.Campaign) func(survey.UnitID) bool {
	catalog := p.Catalog()
	return func(unit survey.UnitID) bool { return who.Covers(catalog, survey.OfUnit(unit).In(campaign.Family)) }
}
