package paper

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// paperRoutes are the pages about paper forms and their re-checks.
func (s *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Paper forms.
		{Method: get, Path: "/batches", Permission: survey.SeeBatches, Handler: s.batchList},
		{Method: get, Path: "/batches/new", Permission: survey.EditCampaigns, Handler: s.batchNew},
		{Method: post, Path: "/batches", Permission: survey.EditCampaigns, Handler: s.batchCreate},
		{Method: get, Path: "/batches/:batch", Permission: survey.EnterResponses, Whose: s.ownerOfBatch, Handler: s.batchEnter},
		{Method: post, Path: "/batches/:batch", Permission: survey.EnterResponses, Whose: s.ownerOfBatch, Handler: s.batchSubmit},
		{Method: get, Path: "/batches/:batch/void", Permission: survey.EnterResponses, Whose: s.ownerOfBatch, Handler: s.batchVoid(false)},
		{Method: post, Path: "/batches/:batch/void", Permission: survey.EnterResponses, Whose: s.ownerOfBatch, Handler: s.batchVoidSave(false)},
		{Method: get, Path: "/batches/:batch/exclude", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchVoid(true)},
		{Method: post, Path: "/batches/:batch/exclude", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchVoidSave(true)},
		{Method: get, Path: "/batches/:batch/edit", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchEdit},
		{Method: post, Path: "/batches/:batch/edit", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchSave},
		{Method: get, Path: "/batches/:batch/close", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchConfirm("close")},
		{Method: post, Path: "/batches/:batch/close", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchStep("close")},
		{Method: get, Path: "/batches/:batch/reopen", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchConfirm("reopen")},
		{Method: post, Path: "/batches/:batch/reopen", Permission: survey.EditCampaigns, Scope: s.aboutBatch, Handler: s.batchStep("reopen")},
		{Method: get, Path: "/rechecks", Permission: survey.Recheck, Handler: s.recheckList},
		{Method: get, Path: "/rechecks/:campaign", Permission: survey.Recheck, Scope: s.AboutCampaign, Handler: s.recheckShow},
		{Method: post, Path: "/rechecks/:campaign", Permission: survey.Recheck, Scope: s.AboutCampaign, Handler: s.recheckDraw},
		{Method: get, Path: "/rechecks/:campaign/:response", Permission: survey.Recheck, Scope: s.aboutResponse, Handler: s.recheckEdit},
		{Method: post, Path: "/rechecks/:campaign/:response", Permission: survey.Recheck, Scope: s.aboutResponse, Handler: s.recheckSave},
	}
}
