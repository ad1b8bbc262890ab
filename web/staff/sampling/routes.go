package sampling

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// samplingRoutes are the pages about drawn samples and visits.
func (s *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Sample: drawn list, work, visits.
		{Method: get, Path: "/campaigns/:campaign/sample", Permission: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleShow},
		{Method: get, Path: "/campaigns/:campaign/sample/list", Permission: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleListShow},
		{Method: get, Path: "/campaigns/:campaign/sample/list.csv", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleExport("csv")},
		{Method: get, Path: "/campaigns/:campaign/sample/list.xlsx", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleExport("xlsx")},
		{Method: get, Path: "/campaigns/:campaign/sample/draw", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleDraw},
		{Method: post, Path: "/campaigns/:campaign/sample/draw", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.samplePreview, Limit: page.KeptLimit},
		{Method: post, Path: "/campaigns/:campaign/sample/draw/apply", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleApply, Limit: page.KeptLimit},
		{Method: get, Path: "/campaigns/:campaign/sample/draws/:draw/discard", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.drawDiscardAsk},
		{Method: post, Path: "/campaigns/:campaign/sample/draws/:draw/discard", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.drawDiscard},
		{Method: get, Path: "/campaigns/:campaign/sample/work", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleWork},
		{Method: post, Path: "/campaigns/:campaign/sample/work", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleWorkSave},
		{Method: post, Path: "/campaigns/:campaign/sample/keep", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleKeep},
		{Method: get, Path: "/campaigns/:campaign/sample/erase", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleEraseAsk},
		{Method: post, Path: "/campaigns/:campaign/sample/erase", Permission: survey.RunSample, Known: survey.SeeProgress, Scope: s.AboutCampaign, Handler: s.sampleErase},
		{Method: get, Path: "/visits", Permission: survey.VisitSample, Handler: s.visitList},
		{Method: get, Path: "/visits/:row", Permission: survey.VisitSample, Scope: s.aboutVisit, Handler: s.visitShow},
		{Method: post, Path: "/visits/:row", Permission: survey.VisitSample, Scope: s.aboutVisit, Handler: s.visitSave},
		{Method: post, Path: "/visits/:row/reserve", Permission: survey.VisitSample, Scope: s.aboutVisit, Handler: s.visitReserve},
	}
}
