package sampling

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// Routes are the pages about drawn samples and visits.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Sample: drawn list, work, visits.
		{Method: get, Path: "/campaigns/:campaign/sample", Permission: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.sampleShow},
		{Method: get, Path: "/campaigns/:campaign/sample/list", Permission: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.sampleListShow},
		{Method: get, Path: "/campaigns/:campaign/sample/list.csv", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.sampleExport("csv")},
		{Method: get, Path: "/campaigns/:campaign/sample/list.xlsx", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.sampleExport("xlsx")},
		{Method: get, Path: "/campaigns/:campaign/sample/draw", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.sampleDraw},
		{Method: post, Path: "/campaigns/:campaign/sample/draw", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.samplePreview, Limit: page.KeptLimit},
		{Method: post, Path: "/campaigns/:campaign/sample/draw/apply", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.sampleApply, Limit: page.KeptLimit},
		{Method: get, Path: "/campaigns/:campaign/sample/draws/:draw/discard", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.drawDiscardAsk},
		{Method: post, Path: "/campaigns/:campaign/sample/draws/:draw/discard", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.drawDiscard},
		{Method: get, Path: "/campaigns/:campaign/sample/work", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.sampleWork},
		{Method: post, Path: "/campaigns/:campaign/sample/work", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutCampaign, Handler: h.sampleWorkSave},
		{Method: post, Path: "/campaigns/:campaign/sample/keep", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.sampleKeep},
		{Method: get, Path: "/campaigns/:campaign/sample/erase", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, Handler: h.sampleEraseAsk},
		{Method: post, Path: "/campaigns/:campaign/sample/erase", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: h.AboutWholeCampaign, StepUp: true, Handler: h.sampleErase},
		{Method: get, Path: "/visits", Permission: survey.VisitSample, Handler: h.visitList},
		{Method: get, Path: "/visits/:row", Permission: survey.VisitSample, Scope: h.aboutVisit, Handler: h.visitShow},
		{Method: post, Path: "/visits/:row", Permission: survey.VisitSample, Scope: h.aboutVisit, Handler: h.visitSave},
		{Method: post, Path: "/visits/:row/reserve", Permission: survey.VisitSample, Scope: h.aboutVisit, Handler: h.visitReserve},
	}
}
