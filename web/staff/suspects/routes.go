package suspects

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/verification"
	"hailong/web/staff"
)

// Routes are the pages about responses that are held back.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Suspect responses.
		{Method: get, Path: "/campaigns/:campaign/suspects", Permission: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.suspectList},
		{Method: get, Path: "/campaigns/:campaign/suspects/:point/:day", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: h.aboutBurst, Handler: h.burstShow},
		{Method: post, Path: "/campaigns/:campaign/suspects/:point/:day", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: h.aboutBurst, Handler: h.burstDecide},
		// What verified responses was misused.
		{Method: get, Path: "/misuse", Permission: survey.PublishCampaigns, Handler: h.misuseShow},
		{Method: post, Path: "/misuse", Permission: survey.PublishCampaigns, Handler: h.misuseState},
		// Who decides.
		{Method: get, Path: "/quarantine", Permission: survey.OperateDeployment, Handler: h.settingsEdit},
		{Method: post, Path: "/quarantine", Permission: survey.OperateDeployment, Handler: h.settingsSave},
	}
}

// aboutBurst is for paths with :campaign and :point.
func (h *Handlers) aboutBurst(c *fiber.Ctx) (survey.Reach, error) {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return survey.Reach{}, err
	}
	point, err := h.AboutPoint(c)
	return point.In(campaign.Family), err
}

// burstOf is the burst in the path.
func burstOf(c *fiber.Ctx) verification.BurstID {
	return verification.NewBurstID(
		survey.CampaignID(staff.Unescaped(c.Params("campaign"))), survey.PointCode(staff.Unescaped(c.Params("point"))), survey.Date(staff.Unescaped(c.Params("day"))))
}
