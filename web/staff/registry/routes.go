package registry

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// registryRoutes are the pages about units, schools, sectors and points.
func (s *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Units, schools, fields of procedures.
		{Method: get, Path: "/units", Permission: survey.SeeCatalog, Handler: s.unitList},
		{Method: get, Path: "/units/new", Permission: survey.EditUnits, Handler: s.unitNew},
		{Method: post, Path: "/units", Permission: survey.EditUnits, Handler: s.unitCreate},
		{Method: get, Path: "/units/merge", Permission: survey.EditUnits, Handler: s.unitMerge},
		{Method: post, Path: "/units/merge", Permission: survey.EditUnits, Handler: s.unitMergeSave},
		{Method: get, Path: "/units/import", Permission: survey.EditUnits, Handler: s.listShow(s.unitImport())},
		{Method: post, Path: "/units/import", Permission: survey.EditUnits, Handler: s.listPreview(s.unitImport()), Limit: page.KeptLimit},
		{Method: post, Path: "/units/import/apply", Permission: survey.EditUnits, Handler: s.listApply(s.unitImport()), Limit: page.KeptLimit},
		{Method: get, Path: "/units/:unit", Permission: survey.SeeCatalog, Scope: s.aboutOfficeUnit, Handler: s.unitEdit},
		{Method: post, Path: "/units/:unit", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: s.aboutOfficeUnit, Handler: s.unitSave},
		{Method: get, Path: "/units/:unit/close", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: s.aboutOfficeUnit, Handler: s.unitClose},
		{Method: post, Path: "/units/:unit/close", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: s.aboutOfficeUnit, Handler: s.unitCloseSave},
		{Method: get, Path: "/units/:unit/reopen", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: s.aboutOfficeUnit, Handler: s.unitReopenConfirm},
		{Method: post, Path: "/units/:unit/reopen", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: s.aboutOfficeUnit, Handler: s.unitReopen},
		{Method: get, Path: "/schools", Permission: survey.SeeCatalog, Handler: s.schoolList},
		{Method: get, Path: "/schools/new", Permission: survey.EditSchools, Handler: s.schoolNew},
		{Method: post, Path: "/schools", Permission: survey.EditSchools, Handler: s.schoolCreate},
		{Method: get, Path: "/schools/import", Permission: survey.EditSchools, Handler: s.listShow(s.schoolImport())},
		{Method: post, Path: "/schools/import", Permission: survey.EditSchools, Handler: s.listPreview(s.schoolImport()), Limit: page.KeptLimit},
		{Method: post, Path: "/schools/import/apply", Permission: survey.EditSchools, Handler: s.listApply(s.schoolImport()), Limit: page.KeptLimit},
		{Method: get, Path: "/schools/:school", Permission: survey.SeeCatalog, Scope: s.aboutSchool, Handler: s.unitEdit},
		{Method: post, Path: "/schools/:school", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: s.aboutSchool, Handler: s.unitSave},
		{Method: get, Path: "/schools/:school/close", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: s.aboutSchool, Handler: s.unitClose},
		{Method: post, Path: "/schools/:school/close", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: s.aboutSchool, Handler: s.unitCloseSave},
		{Method: get, Path: "/schools/:school/reopen", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: s.aboutSchool, Handler: s.unitReopenConfirm},
		{Method: post, Path: "/schools/:school/reopen", Permission: survey.EditSchools, Known: survey.SeeCatalog, Scope: s.aboutSchool, Handler: s.unitReopen},
		{Method: get, Path: "/sectors", Permission: survey.SeeCatalog, Handler: s.sectorList},
		{Method: get, Path: "/sectors/new", Permission: survey.EditUnits, Handler: s.sectorNew},
		{Method: post, Path: "/sectors", Permission: survey.EditUnits, Handler: s.sectorCreate},
		{Method: get, Path: "/sectors/import", Permission: survey.EditUnits, Handler: s.listShow(s.sectorImport())},
		{Method: post, Path: "/sectors/import", Permission: survey.EditUnits, Handler: s.listPreview(s.sectorImport()), Limit: page.KeptLimit},
		{Method: post, Path: "/sectors/import/apply", Permission: survey.EditUnits, Handler: s.listApply(s.sectorImport()), Limit: page.KeptLimit},
		{Method: get, Path: "/sectors/:sector", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: s.aboutSector, Handler: s.sectorEdit},
		{Method: post, Path: "/sectors/:sector", Permission: survey.EditUnits, Known: survey.SeeCatalog, Scope: s.aboutSector, Handler: s.sectorSave},
		// Points.
		{Method: get, Path: "/points", Permission: survey.SeeCatalog, Handler: s.pointList},
		{Method: get, Path: "/points.pdf", Permission: survey.EditPoints, Handler: s.pointPrint},
		{Method: get, Path: "/points/new", Permission: survey.EditPoints, Handler: s.pointNew},
		{Method: post, Path: "/points", Permission: survey.EditPoints, Handler: s.pointCreate},
		{Method: get, Path: "/points/:point", Permission: survey.SeeCatalog, Scope: s.AboutPoint, Handler: s.pointEdit},
		{Method: post, Path: "/points/:point", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: s.AboutPoint, Handler: s.pointSave},
		{Method: get, Path: "/points/:point/:point_change", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: s.AboutPoint, Handler: s.pointConfirm},
		{Method: post, Path: "/points/:point/:point_change", Permission: survey.EditPoints, Known: survey.SeeCatalog, Scope: s.AboutPoint, Handler: s.pointChange},
	}
}
