package web

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// staffHandler answers a request of a signed-in member of staff who may make it.
type staffHandler func(*fiber.Ctx, *signedIn) error

// staffRoute is one line of the table of staff pages.
type staffRoute struct {
	method string
	path   string // below /staff

	// permission is what the person's role must allow.
	permission survey.Permission

	// known is a permission whose holders know that the thing exists, so that a
	// refusal says 403. Otherwise a path that names one thing answers 404 to
	// those who may not see it; a path without a parameter answers 403, since
	// it tells nothing.
	known survey.Permission

	// scope tells what the request is about; outside the person's scope it
	// answers 404. nil is for pages that concern nothing in particular, or that
	// list, and then show only what signedIn.Covers.
	scope scopeOf

	// whose tells to whom alone the thing in the path belongs; to everybody else
	// the request answers 404. nil: to nobody in particular.
	whose func(*fiber.Ctx) (survey.Login, error)

	handler staffHandler

	limit int // of the body, in bytes; 0: staffBodyLimit
}

// staffRoutes is what lies behind the login, room by room, with what each
// request needs. The server refuses to start with a line that names no
// permission.
func (s *Server) staffRoutes() []staffRoute {
	return slices.Concat(s.ownRoutes(), s.peopleRoutes(), s.registryRoutes(), s.questionsRoutes(), s.campaignsRoutes(), s.samplingRoutes(), s.paperRoutes(), s.linksRoutes())
}

// ownRoutes are the pages about one’s own pages, the audit log and help.
func (s *Server) ownRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// One's own.
		{method: get, path: "", permission: survey.SeeOwnAccount, handler: s.staffHome},
		{method: post, path: "/logout", permission: survey.SeeOwnAccount, handler: s.staffLogout},
		{method: get, path: "/account", permission: survey.SeeOwnAccount, handler: s.accountShow},
		{method: get, path: "/account/password", permission: survey.SeeOwnAccount, handler: s.passwordEdit},
		{method: post, path: "/account/password", permission: survey.SeeOwnAccount, handler: s.passwordSave},
		{method: get, path: "/account/second-factor", permission: survey.SeeOwnAccount, handler: s.totpEdit},
		{method: post, path: "/account/second-factor", permission: survey.SeeOwnAccount, handler: s.totpSave},
		{method: get, path: "/account/second-factor/off", permission: survey.SeeOwnAccount, handler: s.totpConfirmOff},
		{method: post, path: "/account/second-factor/off", permission: survey.SeeOwnAccount, handler: s.totpOff},
		{method: post, path: "/account/sessions/:session/end", permission: survey.SeeOwnAccount, handler: s.sessionEnd},
		{method: get, path: "/audit", permission: survey.ReadAudit, handler: s.auditList},
		{method: get, path: "/audit.csv", permission: survey.ReadAudit, handler: s.auditExport},
		// Help.
		{method: get, path: "/help", permission: survey.SeeOwnAccount, handler: s.helpShow},
		{method: get, path: "/help/:role", permission: survey.SeeOwnAccount, handler: s.helpShow},
	}
}

// peopleRoutes are the pages about users, programs and rules of security.
func (s *Server) peopleRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// People, programs, rules.
		{method: get, path: "/users", permission: survey.ManageUsers, handler: s.userList},
		{method: get, path: "/users/new", permission: survey.ManageUsers, handler: s.userNew},
		{method: post, path: "/users", permission: survey.ManageUsers, handler: s.userCreate},
		{method: get, path: "/users/:login", permission: survey.ManageUsers, handler: s.userEdit},
		{method: post, path: "/users/:login", permission: survey.ManageUsers, handler: s.userSave},
		{method: get, path: "/users/:login/:change", permission: survey.ManageUsers, handler: s.userConfirm},
		{method: post, path: "/users/:login/:change", permission: survey.ManageUsers, handler: s.userChange},
		{method: get, path: "/tokens", permission: survey.ManageUsers, handler: s.tokenList},
		{method: post, path: "/tokens", permission: survey.ManageUsers, handler: s.tokenCreate},
		{method: get, path: "/tokens/:token/revoke", permission: survey.ManageUsers, handler: s.tokenConfirm},
		{method: post, path: "/tokens/:token/revoke", permission: survey.ManageUsers, handler: s.tokenRevoke},
		{method: get, path: "/security", permission: survey.ManageUsers, handler: s.securityEdit},
		{method: post, path: "/security", permission: survey.ManageUsers, handler: s.securitySave},
	}
}

// registryRoutes are the pages about units, schools, sectors and points.
func (s *Server) registryRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// Units, schools, fields of procedures.
		{method: get, path: "/units", permission: survey.SeeCatalog, handler: s.unitList},
		{method: get, path: "/units/new", permission: survey.EditUnits, handler: s.unitNew},
		{method: post, path: "/units", permission: survey.EditUnits, handler: s.unitCreate},
		{method: get, path: "/units/merge", permission: survey.EditUnits, handler: s.unitMerge},
		{method: post, path: "/units/merge", permission: survey.EditUnits, handler: s.unitMergeSave},
		{method: get, path: "/units/import", permission: survey.EditUnits, handler: s.listShow(s.unitImport())},
		{method: post, path: "/units/import", permission: survey.EditUnits, handler: s.listPreview(s.unitImport()), limit: keptLimit},
		{method: post, path: "/units/import/apply", permission: survey.EditUnits, handler: s.listApply(s.unitImport()), limit: keptLimit},
		{method: get, path: "/units/:unit", permission: survey.SeeCatalog, scope: s.aboutOfficeUnit, handler: s.unitEdit},
		{method: post, path: "/units/:unit", permission: survey.EditUnits, known: survey.SeeCatalog, scope: s.aboutOfficeUnit, handler: s.unitSave},
		{method: get, path: "/units/:unit/close", permission: survey.EditUnits, known: survey.SeeCatalog, scope: s.aboutOfficeUnit, handler: s.unitClose},
		{method: post, path: "/units/:unit/close", permission: survey.EditUnits, known: survey.SeeCatalog, scope: s.aboutOfficeUnit, handler: s.unitCloseSave},
		{method: get, path: "/units/:unit/reopen", permission: survey.EditUnits, known: survey.SeeCatalog, scope: s.aboutOfficeUnit, handler: s.unitReopenConfirm},
		{method: post, path: "/units/:unit/reopen", permission: survey.EditUnits, known: survey.SeeCatalog, scope: s.aboutOfficeUnit, handler: s.unitReopen},
		{method: get, path: "/schools", permission: survey.SeeCatalog, handler: s.schoolList},
		{method: get, path: "/schools/new", permission: survey.EditSchools, handler: s.schoolNew},
		{method: post, path: "/schools", permission: survey.EditSchools, handler: s.schoolCreate},
		{method: get, path: "/schools/import", permission: survey.EditSchools, handler: s.listShow(s.schoolImport())},
		{method: post, path: "/schools/import", permission: survey.EditSchools, handler: s.listPreview(s.schoolImport()), limit: keptLimit},
		{method: post, path: "/schools/import/apply", permission: survey.EditSchools, handler: s.listApply(s.schoolImport()), limit: keptLimit},
		{method: get, path: "/schools/:school", permission: survey.SeeCatalog, scope: s.aboutSchool, handler: s.unitEdit},
		{method: post, path: "/schools/:school", permission: survey.EditSchools, known: survey.SeeCatalog, scope: s.aboutSchool, handler: s.unitSave},
		{method: get, path: "/schools/:school/close", permission: survey.EditSchools, known: survey.SeeCatalog, scope: s.aboutSchool, handler: s.unitClose},
		{method: post, path: "/schools/:school/close", permission: survey.EditSchools, known: survey.SeeCatalog, scope: s.aboutSchool, handler: s.unitCloseSave},
		{method: get, path: "/schools/:school/reopen", permission: survey.EditSchools, known: survey.SeeCatalog, scope: s.aboutSchool, handler: s.unitReopenConfirm},
		{method: post, path: "/schools/:school/reopen", permission: survey.EditSchools, known: survey.SeeCatalog, scope: s.aboutSchool, handler: s.unitReopen},
		{method: get, path: "/sectors", permission: survey.SeeCatalog, handler: s.sectorList},
		{method: get, path: "/sectors/new", permission: survey.EditUnits, handler: s.sectorNew},
		{method: post, path: "/sectors", permission: survey.EditUnits, handler: s.sectorCreate},
		{method: get, path: "/sectors/import", permission: survey.EditUnits, handler: s.listShow(s.sectorImport())},
		{method: post, path: "/sectors/import", permission: survey.EditUnits, handler: s.listPreview(s.sectorImport()), limit: keptLimit},
		{method: post, path: "/sectors/import/apply", permission: survey.EditUnits, handler: s.listApply(s.sectorImport()), limit: keptLimit},
		{method: get, path: "/sectors/:sector", permission: survey.EditUnits, known: survey.SeeCatalog, scope: s.aboutSector, handler: s.sectorEdit},
		{method: post, path: "/sectors/:sector", permission: survey.EditUnits, known: survey.SeeCatalog, scope: s.aboutSector, handler: s.sectorSave},
		// Points.
		{method: get, path: "/points", permission: survey.SeeCatalog, handler: s.pointList},
		{method: get, path: "/points.pdf", permission: survey.EditPoints, handler: s.pointPrint},
		{method: get, path: "/points/new", permission: survey.EditPoints, handler: s.pointNew},
		{method: post, path: "/points", permission: survey.EditPoints, handler: s.pointCreate},
		{method: get, path: "/points/:point", permission: survey.SeeCatalog, scope: s.aboutPoint, handler: s.pointEdit},
		{method: post, path: "/points/:point", permission: survey.EditPoints, known: survey.SeeCatalog, scope: s.aboutPoint, handler: s.pointSave},
		{method: get, path: "/points/:point/:point_change", permission: survey.EditPoints, known: survey.SeeCatalog, scope: s.aboutPoint, handler: s.pointConfirm},
		{method: post, path: "/points/:point/:point_change", permission: survey.EditPoints, known: survey.SeeCatalog, scope: s.aboutPoint, handler: s.pointChange},
	}
}

// questionsRoutes are the pages about questionnaires.
func (s *Server) questionsRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// Questionnaires.
		{method: get, path: "/questionnaires", permission: survey.SeeCatalog, handler: s.questionnaireList},
		{method: get, path: "/questionnaires/new", permission: survey.EditForms, handler: s.questionnaireNew},
		{method: post, path: "/questionnaires", permission: survey.EditForms, handler: s.questionnaireCreate},
		{method: get, path: "/questionnaires/import", permission: survey.EditForms, handler: s.questionnaireImport},
		{method: post, path: "/questionnaires/import", permission: survey.EditForms, handler: s.questionnaireTake, limit: importLimit},
		{method: get, path: "/questionnaires/:form", permission: survey.SeeCatalog, scope: s.aboutForm, handler: s.questionnaireShow},
		{method: post, path: "/questionnaires/:form/draft", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.draftStart},
		{method: get, path: "/questionnaires/:form/:version", permission: survey.SeeCatalog, scope: s.aboutForm, handler: s.versionShow},
		{method: get, path: "/questionnaires/:form/:version/preview", permission: survey.SeeCatalog, scope: s.aboutForm, handler: s.versionPreview},
		{method: get, path: "/questionnaires/:form/:version/form", permission: survey.SeeCatalog, scope: s.aboutForm, handler: s.versionForm},
		{method: get, path: "/questionnaires/:form/:version/compare", permission: survey.SeeCatalog, scope: s.aboutForm, handler: s.versionCompare},
		{method: get, path: "/questionnaires/:form/:version/export", permission: survey.SeeCatalog, scope: s.aboutForm, handler: s.exportShow},
		{method: get, path: "/questionnaires/:form/:version/export/:format", permission: survey.SeeCatalog, scope: s.aboutForm, handler: s.versionExport},
		{method: get, path: "/questionnaires/:form/:version/head", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.headEdit},
		{method: post, path: "/questionnaires/:form/:version/head", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.headSave},
		{method: get, path: "/questionnaires/:form/:version/sections/:section", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.sectionEdit},
		{method: post, path: "/questionnaires/:form/:version/sections/:section", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.sectionSave},
		{method: get, path: "/questionnaires/:form/:version/items/:item", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.itemEdit},
		{method: post, path: "/questionnaires/:form/:version/items/:item", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.itemSave},
		{method: post, path: "/questionnaires/:form/:version/move", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.partMove},
		{method: get, path: "/questionnaires/:form/:version/remove", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.partConfirm},
		{method: post, path: "/questionnaires/:form/:version/remove", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.partRemove},
		{method: get, path: "/questionnaires/:form/:version/publish", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.publishConfirm},
		{method: post, path: "/questionnaires/:form/:version/publish", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.draftPublish},
		{method: get, path: "/questionnaires/:form/:version/discard", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.discardConfirm},
		{method: post, path: "/questionnaires/:form/:version/discard", permission: survey.EditForms, known: survey.SeeCatalog, scope: s.aboutForm, handler: s.draftDiscard},
	}
}

// campaignsRoutes are the pages about campaigns, their plan and progress.
func (s *Server) campaignsRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// Campaigns.
		{method: get, path: "/campaigns", permission: survey.SeeProgress, handler: s.campaignList},
		{method: get, path: "/campaigns/new", permission: survey.EditCampaigns, handler: s.campaignNew},
		{method: post, path: "/campaigns", permission: survey.EditCampaigns, handler: s.campaignCreate},
		{method: get, path: "/campaigns/:campaign", permission: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignStaff},
		{method: get, path: "/campaigns/:campaign/edit", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignEdit},
		{method: post, path: "/campaigns/:campaign/edit", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignSave},
		{method: get, path: "/campaigns/:campaign/open", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignConfirm("open")},
		{method: post, path: "/campaigns/:campaign/open", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignStep("open")},
		{method: post, path: "/campaigns/:campaign/next", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignNext},
		{method: get, path: "/campaigns/:campaign/close", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignConfirm("close")},
		{method: post, path: "/campaigns/:campaign/close", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignStep("close")},
		{method: get, path: "/campaigns/:campaign/reopen", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignConfirm("reopen")},
		{method: post, path: "/campaigns/:campaign/reopen", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignStep("reopen")},
		{method: get, path: "/campaigns/:campaign/discard", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignConfirm("discard")},
		{method: post, path: "/campaigns/:campaign/discard", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignStep("discard")},
		{method: get, path: "/campaigns/:campaign/publish", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignConfirm("publish")},
		{method: post, path: "/campaigns/:campaign/publish", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignStep("publish")},
		{method: get, path: "/campaigns/:campaign/withdraw", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignWithdrawAsk},
		{method: post, path: "/campaigns/:campaign/withdraw", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.campaignWithdraw},
		// Sampling plan.
		{method: get, path: "/campaigns/:campaign/progress", permission: survey.SeeProgress, scope: s.aboutCampaign, handler: s.progressShow},
		{method: get, path: "/campaigns/:campaign/plan", permission: survey.SeeProgress, scope: s.aboutCampaign, handler: s.planEdit},
		{method: post, path: "/campaigns/:campaign/plan", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.planSave, limit: planBodyLimit},
	}
}

// samplingRoutes are the pages about drawn samples and visits.
func (s *Server) samplingRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// Sample: drawn list, work, visits.
		{method: get, path: "/campaigns/:campaign/sample", permission: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleShow},
		{method: get, path: "/campaigns/:campaign/sample/list", permission: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleListShow},
		{method: get, path: "/campaigns/:campaign/sample/list.csv", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleExport("csv")},
		{method: get, path: "/campaigns/:campaign/sample/list.xlsx", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleExport("xlsx")},
		{method: get, path: "/campaigns/:campaign/sample/draw", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleDraw},
		{method: post, path: "/campaigns/:campaign/sample/draw", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.samplePreview, limit: keptLimit},
		{method: post, path: "/campaigns/:campaign/sample/draw/apply", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleApply, limit: keptLimit},
		{method: get, path: "/campaigns/:campaign/sample/draws/:draw/discard", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.drawDiscardAsk},
		{method: post, path: "/campaigns/:campaign/sample/draws/:draw/discard", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.drawDiscard},
		{method: get, path: "/campaigns/:campaign/sample/work", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleWork},
		{method: post, path: "/campaigns/:campaign/sample/work", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleWorkSave},
		{method: post, path: "/campaigns/:campaign/sample/keep", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleKeep},
		{method: get, path: "/campaigns/:campaign/sample/erase", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleEraseAsk},
		{method: post, path: "/campaigns/:campaign/sample/erase", permission: survey.RunSample, known: survey.SeeProgress, scope: s.aboutCampaign, handler: s.sampleErase},
		{method: get, path: "/visits", permission: survey.VisitSample, handler: s.visitList},
		{method: get, path: "/visits/:row", permission: survey.VisitSample, scope: s.aboutVisit, handler: s.visitShow},
		{method: post, path: "/visits/:row", permission: survey.VisitSample, scope: s.aboutVisit, handler: s.visitSave},
		{method: post, path: "/visits/:row/reserve", permission: survey.VisitSample, scope: s.aboutVisit, handler: s.visitReserve},
	}
}

// paperRoutes are the pages about paper forms and their re-checks.
func (s *Server) paperRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// Paper forms.
		{method: get, path: "/batches", permission: survey.SeeBatches, handler: s.batchList},
		{method: get, path: "/batches/new", permission: survey.EditCampaigns, handler: s.batchNew},
		{method: post, path: "/batches", permission: survey.EditCampaigns, handler: s.batchCreate},
		{method: get, path: "/batches/:batch", permission: survey.EnterResponses, whose: s.ownerOfBatch, handler: s.batchEnter},
		{method: post, path: "/batches/:batch", permission: survey.EnterResponses, whose: s.ownerOfBatch, handler: s.batchSubmit},
		{method: get, path: "/batches/:batch/void", permission: survey.EnterResponses, whose: s.ownerOfBatch, handler: s.batchVoid(false)},
		{method: post, path: "/batches/:batch/void", permission: survey.EnterResponses, whose: s.ownerOfBatch, handler: s.batchVoidSave(false)},
		{method: get, path: "/batches/:batch/exclude", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchVoid(true)},
		{method: post, path: "/batches/:batch/exclude", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchVoidSave(true)},
		{method: get, path: "/batches/:batch/edit", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchEdit},
		{method: post, path: "/batches/:batch/edit", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchSave},
		{method: get, path: "/batches/:batch/close", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchConfirm("close")},
		{method: post, path: "/batches/:batch/close", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchStep("close")},
		{method: get, path: "/batches/:batch/reopen", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchConfirm("reopen")},
		{method: post, path: "/batches/:batch/reopen", permission: survey.EditCampaigns, scope: s.aboutBatch, handler: s.batchStep("reopen")},
		{method: get, path: "/rechecks", permission: survey.Recheck, handler: s.recheckList},
		{method: get, path: "/rechecks/:campaign", permission: survey.Recheck, scope: s.aboutCampaign, handler: s.recheckShow},
		{method: post, path: "/rechecks/:campaign", permission: survey.Recheck, scope: s.aboutCampaign, handler: s.recheckDraw},
		{method: get, path: "/rechecks/:campaign/:response", permission: survey.Recheck, scope: s.aboutResponse, handler: s.recheckEdit},
		{method: post, path: "/rechecks/:campaign/:response", permission: survey.Recheck, scope: s.aboutResponse, handler: s.recheckSave},
	}
}

// linksRoutes are the pages about one-time links.
func (s *Server) linksRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// Links of dossiers.
		{method: get, path: "/links", permission: survey.IssueLinks, handler: s.linkNew},
		{method: post, path: "/links", permission: survey.IssueLinks, handler: s.linkCreate},
		{method: get, path: "/links/rules", permission: survey.OperateDeployment, handler: s.linkRulesEdit},
		{method: post, path: "/links/rules", permission: survey.OperateDeployment, handler: s.linkRulesSave},
	}
}

const (
	staffPrefix    = "/staff"
	staffBodyLimit = 1 << 20
)

// signedIn is the person behind a request to a staff page.
type signedIn struct {
	User    people.User
	Session people.Session
	csrf    string
}

// signedInKey is where a request keeps its signedIn, once the guard knows.
type signedInKey struct{}

// May reports whether the person's role allows something.
func (m *signedIn) May(p survey.Permission) bool { return m.User.Grant.May(p) }

// Covers reports whether a unit and a family lie in the person's scope; an
// empty one asks only about the other.
func (m *signedIn) Covers(c *survey.Catalog, unit survey.UnitID, family survey.Family) bool {
	return m.User.Grant.Covers(c, unit, family)
}

// Actor is the person as the audit log names them.
func (m *signedIn) Actor() survey.Actor {
	return survey.Actor{Login: m.User.Login, Session: m.Session.Name()}
}

// scopeOf tells what a request is about. NotFound if there is no such thing.
type scopeOf func(*fiber.Ctx) (survey.UnitID, survey.Family, error)

// The things that staff paths name.

// aboutPoint is for paths with :point, a code.
func (s *Pages) aboutPoint(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	catalog := s.Catalog()
	point := catalog.Point(survey.PointCode(c.Params("point")))
	if point == nil {
		return "", "", fiber.ErrNotFound
	}
	if form := catalog.Latest(point.Form); form != nil {
		return point.Unit, form.Family, nil
	}
	return point.Unit, "", nil
}

// aboutUnit is for paths with :unit, the id of a unit, schools too.
func (s *Pages) aboutUnit(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	unit := s.Catalog().Unit(survey.UnitID(unescaped(c.Params("unit"))))
	if unit == nil {
		return "", "", fiber.ErrNotFound
	}
	return unit.ID, "", nil
}

// aboutCampaign is for paths with :campaign. A campaign is in the scope of
// whoever's families it belongs to; which of its units they see is for the
// handler.
func (s *Pages) aboutCampaign(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	campaign := s.Catalog().Campaign(survey.CampaignID(unescaped(c.Params("campaign"))))
	if campaign == nil {
		return "", "", fiber.ErrNotFound
	}
	return "", campaign.Family, nil
}

// aboutForm is for paths with :form, the code of a questionnaire.
func (s *Pages) aboutForm(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	code := survey.FormCode(unescaped(c.Params("form")))
	form := s.Catalog().Latest(code)
	if form == nil {
		form = s.Catalog().Draft(code)
	}
	if form == nil {
		return "", "", fiber.ErrNotFound
	}
	return "", form.Family, nil
}

// unescaped is a path parameter as it was meant.
func unescaped(param string) string {
	if s, err := url.PathUnescape(param); err == nil {
		return s
	}
	return strings.Clone(param)
}

// mountStaff puts routes into the server, behind the login.
func (s *Server) mountStaff(routes []staffRoute) error {
	group := s.app.Group(staffPrefix, s.staffHeaders)
	group.Get("/login", s.loginShow)
	group.Post("/login", limitBody(loginBodyLimit), s.sameOrigin, s.loginSubmit)
	group.Post("/login/code", limitBody(loginBodyLimit), s.sameOrigin, s.codeSubmit)
	if s.provider != nil {
		group.Get("/login/oidc", s.oidcStart)
		group.Get("/login/oidc/callback", s.oidcFinish)
	}
	group.Get("/invitation/:invitation", s.invitationShow)
	group.Post("/invitation/:invitation", limitBody(loginBodyLimit), s.sameOrigin, s.invitationTake)
	var failed error
	for _, route := range routes {
		if err := route.check(); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		group.Add(route.method, route.path, s.guard(&route))
	}
	// Who is not signed in learns of no path whether it is there.
	group.Use(s.guard(&staffRoute{permission: survey.SeeOwnAccount, handler: func(*fiber.Ctx, *signedIn) error {
		return fiber.ErrNotFound
	}}))
	return failed
}

func (r *staffRoute) check() error {
	switch {
	case r.handler == nil:
		return errors.New("web: staff route " + r.method + " " + r.path + " has no handler")
	case !isPermission(r.permission) || (r.known != "" && !isPermission(r.known)):
		return errors.New("web: staff route " + r.method + " " + r.path + " names no permission of package survey")
	}
	return nil
}

func isPermission(p survey.Permission) bool {
	for _, known := range survey.Permissions {
		if p == known {
			return true
		}
	}
	return false
}

// staffHeaders keeps staff pages out of every cache.
func (s *Server) staffHeaders(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Next()
}

// guard lets a request through to its handler if somebody is signed in, the
// form is one of theirs, and their role and scope allow it.
func (s *Server) guard(route *staffRoute) fiber.Handler {
	limit := cmp.Or(route.limit, staffBodyLimit)
	return func(c *fiber.Ctx) error {
		tooLong := len(c.Request().Body()) > limit
		who, err := s.signedIn(c)
		switch {
		case err != nil && survey.KindOf(err) != survey.Unauthenticated:
			return err
		case err != nil && tooLong:
			return fiber.ErrRequestEntityTooLarge
		case err != nil:
			return s.askToSignIn(c)
		}
		c.Locals(signedInKey{}, who) // for the page of an error
		if wait := s.Rates.session.take(who.Session.ID); wait > 0 {
			return tooMany(c, wait)
		}
		if gate, err := s.gate(c, who); err != nil {
			return err
		} else if gate != "" {
			return c.Redirect(s.page(c).Link(gate), fiber.StatusSeeOther)
		}
		if tooLong {
			return fiber.ErrRequestEntityTooLarge
		}
		if err := route.allow(s.Catalog(), c, who); err != nil {
			return err
		}
		if !safe(c.Method()) && !who.owns(c) {
			return s.formOutdated(c, who)
		}
		return route.handler(c, who)
	}
}

// allow returns NotFound or Forbidden if the person may not make the request.
func (r *staffRoute) allow(catalog *survey.Catalog, c *fiber.Ctx, who *signedIn) error {
	if r.scope != nil {
		unit, family, err := r.scope(c)
		if err != nil {
			return err
		}
		if !who.Covers(catalog, unit, family) {
			return fiber.ErrNotFound
		}
	}
	if r.whose != nil && who.May(r.permission) {
		login, err := r.whose(c)
		if err != nil {
			return err
		}
		if login != who.User.Login {
			return fiber.ErrNotFound
		}
	}
	switch {
	case who.May(r.permission):
		return nil
	case strings.Contains(r.path, ":") && (r.known == "" || !who.May(r.known)):
		return fiber.ErrNotFound
	}
	return survey.NewError(survey.Forbidden, "open "+r.path, nil)
}

// reload puts a change of the catalogue into force on this server; the others
// follow within seconds.
func (s *Pages) reload(ctx context.Context) error {
	if s.reloaded == nil {
		return nil
	}
	return s.reloaded(ctx)
}

// safe reports whether a method changes nothing.
func safe(method string) bool { return method == fiber.MethodGet || method == fiber.MethodHead }
