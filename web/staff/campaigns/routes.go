package campaigns

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// campaignsRoutes are the pages about campaigns, their plan and progress.
func (s *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Campaigns.
		{Method: get, Path: "/campaigns", Permission: survey.SeeProgress, Handler: s.campaignList},
		{Method: get, Path: "/campaigns/new", Permission: survey.EditCampaigns, Handler: s.campaignNew},
		{Method: post, Path: "/campaigns", Permission: survey.EditCampaigns, Handler: s.campaignCreate},
		{Method: get, Path: "/campaigns/:campaign", Permission: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignStaff},
		{Method: get, Path: "/campaigns/:campaign/edit", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignEdit},
		{Method: post, Path: "/campaigns/:campaign/edit", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignSave},
		{Method: get, Path: "/campaigns/:campaign/open", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignConfirm("open")},
		{Method: post, Path: "/campaigns/:campaign/open", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignStep("open")},
		{Method: post, Path: "/campaigns/:campaign/next", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignNext},
		{Method: get, Path: "/campaigns/:campaign/close", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignConfirm("close")},
		{Method: post, Path: "/campaigns/:campaign/close", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignStep("close")},
		{Method: get, Path: "/campaigns/:campaign/reopen", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignConfirm("reopen")},
		{Method: post, Path: "/campaigns/:campaign/reopen", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignStep("reopen")},
		{Method: get, Path: "/campaigns/:campaign/discard", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignConfirm("discard")},
		{Method: post, Path: "/campaigns/:campaign/discard", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignStep("discard")},
		{Method: get, Path: "/campaigns/:campaign/publish", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignConfirm("publish")},
		{Method: post, Path: "/campaigns/:campaign/publish", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignStep("publish")},
		{Method: get, Path: "/campaigns/:campaign/withdraw", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignWithdrawAsk},
		{Method: post, Path: "/campaigns/:campaign/withdraw", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.campaignWithdraw},
		// Sampling plan.
		{Method: get, Path: "/campaigns/:campaign/progress", Permission: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.progressShow},
		{Method: get, Path: "/campaigns/:campaign/plan", Permission: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.planEdit},
		{Method: post, Path: "/campaigns/:campaign/plan", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.planSave, Limit: planBodyLimit},
	}
}
