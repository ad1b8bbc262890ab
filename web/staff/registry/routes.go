package registry

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// Routes are the pages about units, schools, sectors and points.
func (h *Handlers) Routes() []staff.Route {
	return slices.Concat(h.unitRoutes(), h.schoolRoutes(), h.sectorRoutes(), h.pointRoutes(), h.transactionRoutes())
}

func (h *Handlers) unitRoutes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/units", Permission: survey.SeeCatalog, Handler: h.unitList},
		{Method: get, Path: "/units/new", Permission: survey.EditUnits, Handler: h.unitNew},
		{Method: post, Path: "/units", Permission: survey.EditUnits, Handler: h.unitCreate},
		{Method: get, Path: "/units/merge", Permission: survey.EditUnits, Handler: h.unitMerge},
		{Method: post, Path: "/units/merge", Permission: survey.EditUnits, Handler: h.unitMergeSave},
		{Method: get, Path: "/units/import", Permission: survey.EditUnits, Handler: h.listShow(h.unitImport())},
		{Method: post, Path: "/units/import", Permission: survey.EditUnits, Handler: h.listPreview(h.unitImport()), Limit: page.KeptLimit},
		{Method: post, Path: "/units/import/apply", Permission: survey.EditUnits, Handler: h.listApply(h.unitImport()), Limit: page.KeptLimit},
		{Method: get, Path: "/units/:unit", Permission: survey.SeeCatalog, Scope: h.aboutOfficeUnit, Handler: h.unitEdit},
		{Method: post, Path: "/units/:unit", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: h.aboutOfficeUnit, Handler: h.unitSave},
		{Method: get, Path: "/units/:unit/close", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: h.aboutOfficeUnit, Handler: h.unitClose},
		{Method: post, Path: "/units/:unit/close", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: h.aboutOfficeUnit, Handler: h.unitCloseSave},
		{Method: get, Path: "/units/:unit/reopen", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: h.aboutOfficeUnit, Handler: h.unitReopenConfirm},
		{Method: post, Path: "/units/:unit/reopen", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: h.aboutOfficeUnit, Handler: h.unitReopen},
	}
}

func (h *Handlers) schoolRoutes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/schools", Permission: survey.SeeCatalog, Handler: h.schoolList},
		{Method: get, Path: "/schools/new", Permission: survey.EditSchools, Handler: h.schoolNew},
		{Method: post, Path: "/schools", Permission: survey.EditSchools, Handler: h.schoolCreate},
		{Method: get, Path: "/schools/import", Permission: survey.EditSchools, Handler: h.listShow(h.schoolImport())},
		{Method: post, Path: "/schools/import", Permission: survey.EditSchools, Handler: h.listPreview(h.schoolImport()), Limit: page.KeptLimit},
		{Method: post, Path: "/schools/import/apply", Permission: survey.EditSchools, Handler: h.listApply(h.schoolImport()), Limit: page.KeptLimit},
		{Method: get, Path: "/schools/:school", Permission: survey.SeeCatalog, Scope: h.aboutSchool, Handler: h.unitEdit},
		{Method: post, Path: "/schools/:school", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: h.aboutSchool, Handler: h.unitSave},
		{Method: get, Path: "/schools/:school/close", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: h.aboutSchool, Handler: h.unitClose},
		{Method: post, Path: "/schools/:school/close", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: h.aboutSchool, Handler: h.unitCloseSave},
		{Method: get, Path: "/schools/:school/reopen", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: h.aboutSchool, Handler: h.unitReopenConfirm},
		{Method: post, Path: "/schools/:school/reopen", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: h.aboutSchool, Handler: h.unitReopen},
	}
}

func (h *Handlers) sectorRoutes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/sectors", Permission: survey.SeeCatalog, Handler: h.sectorList},
		{Method: get, Path: "/sectors/new", Permission: survey.EditUnits, Scope: staff.AboutEveryUnit, Handler: h.sectorNew},
		{Method: post, Path: "/sectors", Permission: survey.EditUnits, Scope: staff.AboutEveryUnit, Handler: h.sectorCreate},
		{Method: get, Path: "/sectors/import", Permission: survey.EditUnits, Scope: staff.AboutEveryUnit, Handler: h.listShow(h.sectorImport())},
		{Method: post, Path: "/sectors/import", Permission: survey.EditUnits, Scope: staff.AboutEveryUnit, Handler: h.listPreview(h.sectorImport()), Limit: page.KeptLimit},
		{Method: post, Path: "/sectors/import/apply", Permission: survey.EditUnits, Scope: staff.AboutEveryUnit, Handler: h.listApply(h.sectorImport()), Limit: page.KeptLimit},
		{Method: get, Path: "/sectors/:sector", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: h.aboutSector, Handler: h.sectorEdit},
		{Method: post, Path: "/sectors/:sector", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: h.aboutSector, Handler: h.sectorSave},
	}
}

func (h *Handlers) transactionRoutes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/transactions", Permission: survey.EditPoints, Handler: h.transactionList},
		{Method: get, Path: "/transactions/import", Permission: survey.EditPoints, Handler: h.listShow(h.transactionImport())},
		{Method: post, Path: "/transactions/import", Permission: survey.EditPoints, Handler: h.listPreview(h.transactionImport()), Limit: page.KeptLimit},
		{Method: post, Path: "/transactions/import/apply", Permission: survey.EditPoints, Handler: h.listApply(h.transactionImport()), Limit: page.KeptLimit},
		{Method: get, Path: "/transactions/:point", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: h.AboutPoint, Handler: h.transactionEdit},
		{Method: post, Path: "/transactions/:point", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: h.AboutPoint, Handler: h.transactionSave},
	}
}

func (h *Handlers) pointRoutes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/points", Permission: survey.SeeCatalog, Handler: h.pointList},
		{Method: get, Path: "/points.pdf", Permission: survey.EditPoints, Handler: h.pointPrint},
		{Method: get, Path: "/points/new", Permission: survey.EditPoints, Handler: h.pointNew},
		{Method: post, Path: "/points", Permission: survey.EditPoints, Handler: h.pointCreate},
		{Method: get, Path: "/points/:point", Permission: survey.SeeCatalog, Scope: h.AboutPoint, Handler: h.pointEdit},
		{Method: post, Path: "/points/:point", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: h.AboutPoint, Handler: h.pointSave},
		{Method: get, Path: "/points/:point/:point_change", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: h.AboutPoint, Handler: h.pointConfirm},
		{Method: post, Path: "/points/:point/:point_change", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: h.AboutPoint, Handler: h.pointChange},
	}
}
