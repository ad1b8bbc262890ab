package campaigns

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// Routes are the pages about campaigns, their plan and progress.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Campaigns.
		{Method: get, Path: "/campaigns", Permission: survey.SeeProgress, Handler: h.campaignList},
		{Method: get, Path: "/campaigns/new", Permission: survey.EditCampaigns, Handler: h.campaignNew},
		{Method: post, Path: "/campaigns", Permission: survey.EditCampaigns, Handler: h.campaignCreate},
		{Method: get, Path: "/campaigns/:campaign", Permission: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.campaignShow},
		{Method: get, Path: "/campaigns/:campaign/edit", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignEdit},
		{Method: post, Path: "/campaigns/:campaign/edit", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignSave},
		{Method: get, Path: "/campaigns/:campaign/open", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignConfirm(survey.StepOpen)},
		{Method: post, Path: "/campaigns/:campaign/open", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignStep(survey.StepOpen)},
		{Method: post, Path: "/campaigns/:campaign/next", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignNext},
		{Method: get, Path: "/campaigns/:campaign/close", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignConfirm(survey.StepClose)},
		{Method: post, Path: "/campaigns/:campaign/close", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, StepUp: true, Handler: h.campaignStep(survey.StepClose)},
		{Method: get, Path: "/campaigns/:campaign/reopen", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignConfirm(survey.StepReopen)},
		{Method: post, Path: "/campaigns/:campaign/reopen", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignStep(survey.StepReopen)},
		{Method: get, Path: "/campaigns/:campaign/discard", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignConfirm(survey.StepDiscard)},
		{Method: post, Path: "/campaigns/:campaign/discard", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, StepUp: true, Handler: h.campaignStep(survey.StepDiscard)},
		{Method: get, Path: "/campaigns/:campaign/publish", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignConfirm(survey.StepPublish)},
		{Method: post, Path: "/campaigns/:campaign/publish", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, StepUp: true, Handler: h.campaignStep(survey.StepPublish)},
		{Method: get, Path: "/campaigns/:campaign/withdraw", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.campaignWithdrawAsk},
		{Method: post, Path: "/campaigns/:campaign/withdraw", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, StepUp: true, Handler: h.campaignWithdraw},
		// Releases.
		{Method: get, Path: "/campaigns/:campaign/figures", Permission: survey.SeeReleases, Known: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.figuresShow},
		{Method: post, Path: "/campaigns/:campaign/release", Permission: survey.PublishCampaigns, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.releaseCut},
		{Method: get, Path: "/campaigns/:campaign/editions/:hash", Permission: survey.SeeReleases, Known: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.editionText},
		// Sampling plan.
		{Method: get, Path: "/campaigns/:campaign/progress", Permission: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.progressShow},
		{Method: get, Path: "/campaigns/:campaign/plan", Permission: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.planEdit},
		{Method: post, Path: "/campaigns/:campaign/plan", Permission: survey.EditCampaigns, Known: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.planSave, Limit: planBodyLimit},
	}
}
