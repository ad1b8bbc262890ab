package paper

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// Routes are the pages about paper forms and their re-checks.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Paper forms.
		{Method: get, Path: "/batches", Permission: survey.SeeBatches, Handler: h.batchList},
		{Method: get, Path: "/batches/new", Permission: survey.EditCampaigns, Handler: h.batchNew},
		{Method: post, Path: "/batches", Permission: survey.EditCampaigns, Handler: h.batchCreate},
		{Method: get, Path: "/batches/:batch", Permission: survey.EnterResponses, Whose: h.ownerOfBatch, Handler: h.batchEnter},
		{Method: post, Path: "/batches/:batch", Permission: survey.EnterResponses, Whose: h.ownerOfBatch, Handler: h.batchSubmit},
		{Method: get, Path: "/batches/:batch/void", Permission: survey.EnterResponses, Whose: h.ownerOfBatch, Handler: h.batchVoid(false)},
		{Method: post, Path: "/batches/:batch/void", Permission: survey.EnterResponses, Whose: h.ownerOfBatch, Handler: h.batchVoidSave(false)},
		{Method: get, Path: "/batches/:batch/exclude", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchVoid(true)},
		{Method: post, Path: "/batches/:batch/exclude", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchVoidSave(true)},
		{Method: get, Path: "/batches/:batch/edit", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchEdit},
		{Method: post, Path: "/batches/:batch/edit", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchSave},
		{Method: get, Path: "/batches/:batch/close", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchConfirm("close")},
		{Method: post, Path: "/batches/:batch/close", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchStep("close")},
		{Method: get, Path: "/batches/:batch/reopen", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchConfirm("reopen")},
		{Method: post, Path: "/batches/:batch/reopen", Permission: survey.EditCampaigns, Scope: h.aboutBatch, Handler: h.batchStep("reopen")},
		{Method: get, Path: "/rechecks", Permission: survey.Recheck, Handler: h.recheckList},
		{Method: get, Path: "/rechecks/:campaign", Permission: survey.Recheck, Scope: h.AboutCampaign, Handler: h.recheckShow},
		{Method: post, Path: "/rechecks/:campaign", Permission: survey.Recheck, Scope: h.AboutCampaign, Handler: h.recheckDraw},
		{Method: get, Path: "/rechecks/:campaign/:paper_form", Permission: survey.Recheck, Scope: h.aboutForm, Handler: h.recheckEdit},
		{Method: post, Path: "/rechecks/:campaign/:paper_form", Permission: survey.Recheck, Scope: h.aboutForm, Handler: h.recheckSave},
	}
}
