package questions

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// questionsRoutes are the pages about questionnaires.
func (s *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Questionnaires.
		{Method: get, Path: "/questionnaires", Permission: survey.SeeCatalog, Handler: s.questionnaireList},
		{Method: get, Path: "/questionnaires/new", Permission: survey.EditForms, Handler: s.questionnaireNew},
		{Method: post, Path: "/questionnaires", Permission: survey.EditForms, Handler: s.questionnaireCreate},
		{Method: get, Path: "/questionnaires/import", Permission: survey.EditForms, Handler: s.questionnaireImport},
		{Method: post, Path: "/questionnaires/import", Permission: survey.EditForms, Handler: s.questionnaireTake, Limit: page.ImportLimit},
		{Method: get, Path: "/questionnaires/:form", Permission: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.questionnaireShow},
		{Method: post, Path: "/questionnaires/:form/draft", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.draftStart},
		{Method: get, Path: "/questionnaires/:form/:version", Permission: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.versionShow},
		{Method: get, Path: "/questionnaires/:form/:version/preview", Permission: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.versionPreview},
		{Method: get, Path: "/questionnaires/:form/:version/form", Permission: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.versionForm},
		{Method: get, Path: "/questionnaires/:form/:version/compare", Permission: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.versionCompare},
		{Method: get, Path: "/questionnaires/:form/:version/export", Permission: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.exportShow},
		{Method: get, Path: "/questionnaires/:form/:version/export/:format", Permission: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.versionExport},
		{Method: get, Path: "/questionnaires/:form/:version/head", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.headEdit},
		{Method: post, Path: "/questionnaires/:form/:version/head", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.headSave},
		{Method: get, Path: "/questionnaires/:form/:version/sections/:section", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.sectionEdit},
		{Method: post, Path: "/questionnaires/:form/:version/sections/:section", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.sectionSave},
		{Method: get, Path: "/questionnaires/:form/:version/items/:item", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.itemEdit},
		{Method: post, Path: "/questionnaires/:form/:version/items/:item", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.itemSave},
		{Method: post, Path: "/questionnaires/:form/:version/move", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.partMove},
		{Method: get, Path: "/questionnaires/:form/:version/remove", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.partConfirm},
		{Method: post, Path: "/questionnaires/:form/:version/remove", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.partRemove},
		{Method: get, Path: "/questionnaires/:form/:version/publish", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.publishConfirm},
		{Method: post, Path: "/questionnaires/:form/:version/publish", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.draftPublish},
		{Method: get, Path: "/questionnaires/:form/:version/discard", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.discardConfirm},
		{Method: post, Path: "/questionnaires/:form/:version/discard", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: s.AboutForm, Handler: s.draftDiscard},
	}
}
