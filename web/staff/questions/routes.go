package questions

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// Routes are the pages about questionnaires.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Questionnaires.
		{Method: get, Path: "/questionnaires", Permission: survey.SeeCatalog, Handler: h.questionnaireList},
		{Method: get, Path: "/questionnaires/new", Permission: survey.EditForms, Scope: staff.AboutEveryUnit, Handler: h.questionnaireNew},
		{Method: post, Path: "/questionnaires", Permission: survey.EditForms, Scope: staff.AboutEveryUnit, Handler: h.questionnaireCreate},
		{Method: get, Path: "/questionnaires/import", Permission: survey.EditForms, Scope: staff.AboutEveryUnit, Handler: h.questionnaireImport},
		{Method: post, Path: "/questionnaires/import", Permission: survey.EditForms, Scope: staff.AboutEveryUnit, Handler: h.questionnaireImportSave, Limit: page.ImportLimit},
		{Method: get, Path: "/questionnaires/:form", Permission: survey.SeeCatalog, Scope: h.AboutForm, Handler: h.questionnaireShow},
		{Method: post, Path: "/questionnaires/:form/draft", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.draftStart},
		{Method: get, Path: "/questionnaires/:form/:version", Permission: survey.SeeCatalog, Scope: h.AboutForm, Handler: h.versionShow},
		{Method: get, Path: "/questionnaires/:form/:version/preview", Permission: survey.SeeCatalog, Scope: h.AboutForm, Handler: h.versionPreview},
		{Method: get, Path: "/questionnaires/:form/:version/form", Permission: survey.SeeCatalog, Scope: h.AboutForm, Handler: h.versionForm},
		{Method: get, Path: "/questionnaires/:form/:version/compare", Permission: survey.SeeCatalog, Scope: h.AboutForm, Handler: h.versionCompare},
		{Method: get, Path: "/questionnaires/:form/:version/export", Permission: survey.SeeCatalog, Scope: h.AboutForm, Handler: h.exportShow},
		{Method: get, Path: "/questionnaires/:form/:version/export/:format", Permission: survey.SeeCatalog, Scope: h.AboutForm, Handler: h.versionExport},
		{Method: get, Path: "/questionnaires/:form/:version/head", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.headEdit},
		{Method: post, Path: "/questionnaires/:form/:version/head", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.headSave},
		{Method: get, Path: "/questionnaires/:form/:version/sections/:section", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.sectionEdit},
		{Method: post, Path: "/questionnaires/:form/:version/sections/:section", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.sectionSave},
		{Method: get, Path: "/questionnaires/:form/:version/items/:item", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.itemEdit},
		{Method: post, Path: "/questionnaires/:form/:version/items/:item", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.itemSave},
		{Method: post, Path: "/questionnaires/:form/:version/move", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.partMove},
		{Method: get, Path: "/questionnaires/:form/:version/remove", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.partConfirm},
		{Method: post, Path: "/questionnaires/:form/:version/remove", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.partRemove},
		{Method: get, Path: "/questionnaires/:form/:version/publish", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.publishConfirm},
		{Method: post, Path: "/questionnaires/:form/:version/publish", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.draftPublish},
		{Method: get, Path: "/questionnaires/:form/:version/discard", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.discardConfirm},
		{Method: post, Path: "/questionnaires/:form/:version/discard", Permission: survey.EditForms, Known: survey.SeeCatalog, Scope: h.AboutWholeForm, Handler: h.draftDiscard},
	}
}
