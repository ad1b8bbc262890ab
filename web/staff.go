package web

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// staffHandler answers a request of a signed-in member of staff who may make it.
type staffHandler func(*Server, *fiber.Ctx, *signedIn) error

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
	whose func(*Server, *fiber.Ctx) (survey.Login, error)

	handler staffHandler

	limit int // of the body, in bytes; 0: staffBodyLimit
}

// staffRoutes is the one table of what lies behind the login, with what each
// request needs. The server refuses to start with a line that names no
// permission.
func staffRoutes() []staffRoute {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staffRoute{
		// One's own.
		{method: get, path: "", permission: survey.SeeOwnAccount, handler: (*Server).staffHome},
		{method: post, path: "/logout", permission: survey.SeeOwnAccount, handler: (*Server).staffLogout},
		{method: get, path: "/account", permission: survey.SeeOwnAccount, handler: (*Server).accountShow},
		{method: get, path: "/account/password", permission: survey.SeeOwnAccount, handler: (*Server).passwordEdit},
		{method: post, path: "/account/password", permission: survey.SeeOwnAccount, handler: (*Server).passwordSave},
		{method: get, path: "/account/second-factor", permission: survey.SeeOwnAccount, handler: (*Server).totpEdit},
		{method: post, path: "/account/second-factor", permission: survey.SeeOwnAccount, handler: (*Server).totpSave},
		{method: get, path: "/account/second-factor/off", permission: survey.SeeOwnAccount, handler: (*Server).totpConfirmOff},
		{method: post, path: "/account/second-factor/off", permission: survey.SeeOwnAccount, handler: (*Server).totpOff},
		{method: post, path: "/account/sessions/:session/end", permission: survey.SeeOwnAccount, handler: (*Server).sessionEnd},

		// People, programs, rules.
		{method: get, path: "/users", permission: survey.ManageUsers, handler: (*Server).userList},
		{method: get, path: "/users/new", permission: survey.ManageUsers, handler: (*Server).userNew},
		{method: post, path: "/users", permission: survey.ManageUsers, handler: (*Server).userCreate},
		{method: get, path: "/users/:login", permission: survey.ManageUsers, handler: (*Server).userEdit},
		{method: post, path: "/users/:login", permission: survey.ManageUsers, handler: (*Server).userSave},
		{method: get, path: "/users/:login/:change", permission: survey.ManageUsers, handler: (*Server).userConfirm},
		{method: post, path: "/users/:login/:change", permission: survey.ManageUsers, handler: (*Server).userChange},
		{method: get, path: "/tokens", permission: survey.ManageUsers, handler: (*Server).tokenList},
		{method: post, path: "/tokens", permission: survey.ManageUsers, handler: (*Server).tokenCreate},
		{method: get, path: "/tokens/:token/revoke", permission: survey.ManageUsers, handler: (*Server).tokenConfirm},
		{method: post, path: "/tokens/:token/revoke", permission: survey.ManageUsers, handler: (*Server).tokenRevoke},
		{method: get, path: "/security", permission: survey.ManageUsers, handler: (*Server).securityEdit},
		{method: post, path: "/security", permission: survey.ManageUsers, handler: (*Server).securitySave},
		{method: get, path: "/audit", permission: survey.ReadAudit, handler: (*Server).auditList},
		{method: get, path: "/audit.csv", permission: survey.ReadAudit, handler: (*Server).auditExport},

		// Units, schools, fields of procedures.
		{method: get, path: "/units", permission: survey.SeeCatalog, handler: (*Server).unitList},
		{method: get, path: "/units/new", permission: survey.EditUnits, handler: (*Server).unitNew},
		{method: post, path: "/units", permission: survey.EditUnits, handler: (*Server).unitCreate},
		{method: get, path: "/units/merge", permission: survey.EditUnits, handler: (*Server).unitMerge},
		{method: post, path: "/units/merge", permission: survey.EditUnits, handler: (*Server).unitMergeSave},
		{method: get, path: "/units/import", permission: survey.EditUnits, handler: unitImport().show},
		{method: post, path: "/units/import", permission: survey.EditUnits, handler: unitImport().preview, limit: keptLimit},
		{method: post, path: "/units/import/apply", permission: survey.EditUnits, handler: unitImport().apply, limit: keptLimit},
		{method: get, path: "/units/:unit", permission: survey.SeeCatalog, scope: aboutOfficeUnit, handler: (*Server).unitEdit},
		{method: post, path: "/units/:unit", permission: survey.EditUnits, known: survey.SeeCatalog, scope: aboutOfficeUnit, handler: (*Server).unitSave},
		{method: get, path: "/units/:unit/close", permission: survey.EditUnits, known: survey.SeeCatalog, scope: aboutOfficeUnit, handler: (*Server).unitClose},
		{method: post, path: "/units/:unit/close", permission: survey.EditUnits, known: survey.SeeCatalog, scope: aboutOfficeUnit, handler: (*Server).unitCloseSave},
		{method: get, path: "/units/:unit/reopen", permission: survey.EditUnits, known: survey.SeeCatalog, scope: aboutOfficeUnit, handler: (*Server).unitReopenConfirm},
		{method: post, path: "/units/:unit/reopen", permission: survey.EditUnits, known: survey.SeeCatalog, scope: aboutOfficeUnit, handler: (*Server).unitReopen},
		{method: get, path: "/schools", permission: survey.SeeCatalog, handler: (*Server).schoolList},
		{method: get, path: "/schools/new", permission: survey.EditSchools, handler: (*Server).schoolNew},
		{method: post, path: "/schools", permission: survey.EditSchools, handler: (*Server).schoolCreate},
		{method: get, path: "/schools/import", permission: survey.EditSchools, handler: schoolImport().show},
		{method: post, path: "/schools/import", permission: survey.EditSchools, handler: schoolImport().preview, limit: keptLimit},
		{method: post, path: "/schools/import/apply", permission: survey.EditSchools, handler: schoolImport().apply, limit: keptLimit},
		{method: get, path: "/schools/:school", permission: survey.SeeCatalog, scope: aboutSchool, handler: (*Server).unitEdit},
		{method: post, path: "/schools/:school", permission: survey.EditSchools, known: survey.SeeCatalog, scope: aboutSchool, handler: (*Server).unitSave},
		{method: get, path: "/schools/:school/close", permission: survey.EditSchools, known: survey.SeeCatalog, scope: aboutSchool, handler: (*Server).unitClose},
		{method: post, path: "/schools/:school/close", permission: survey.EditSchools, known: survey.SeeCatalog, scope: aboutSchool, handler: (*Server).unitCloseSave},
		{method: get, path: "/schools/:school/reopen", permission: survey.EditSchools, known: survey.SeeCatalog, scope: aboutSchool, handler: (*Server).unitReopenConfirm},
		{method: post, path: "/schools/:school/reopen", permission: survey.EditSchools, known: survey.SeeCatalog, scope: aboutSchool, handler: (*Server).unitReopen},
		{method: get, path: "/sectors", permission: survey.SeeCatalog, handler: (*Server).sectorList},
		{method: get, path: "/sectors/new", permission: survey.EditUnits, handler: (*Server).sectorNew},
		{method: post, path: "/sectors", permission: survey.EditUnits, handler: (*Server).sectorCreate},
		{method: get, path: "/sectors/import", permission: survey.EditUnits, handler: sectorImport().show},
		{method: post, path: "/sectors/import", permission: survey.EditUnits, handler: sectorImport().preview, limit: keptLimit},
		{method: post, path: "/sectors/import/apply", permission: survey.EditUnits, handler: sectorImport().apply, limit: keptLimit},
		{method: get, path: "/sectors/:sector", permission: survey.EditUnits, known: survey.SeeCatalog, scope: aboutSector, handler: (*Server).sectorEdit},
		{method: post, path: "/sectors/:sector", permission: survey.EditUnits, known: survey.SeeCatalog, scope: aboutSector, handler: (*Server).sectorSave},

		// Points.
		{method: get, path: "/points", permission: survey.SeeCatalog, handler: (*Server).pointList},
		{method: get, path: "/points.pdf", permission: survey.EditPoints, handler: (*Server).pointPrint},
		{method: get, path: "/points/new", permission: survey.EditPoints, handler: (*Server).pointNew},
		{method: post, path: "/points", permission: survey.EditPoints, handler: (*Server).pointCreate},
		{method: get, path: "/points/:point", permission: survey.SeeCatalog, scope: aboutPoint, handler: (*Server).pointEdit},
		{method: post, path: "/points/:point", permission: survey.EditPoints, known: survey.SeeCatalog, scope: aboutPoint, handler: (*Server).pointSave},
		{method: get, path: "/points/:point/:point_change", permission: survey.EditPoints, known: survey.SeeCatalog, scope: aboutPoint, handler: (*Server).pointConfirm},
		{method: post, path: "/points/:point/:point_change", permission: survey.EditPoints, known: survey.SeeCatalog, scope: aboutPoint, handler: (*Server).pointChange},

		// Questionnaires.
		{method: get, path: "/questionnaires", permission: survey.SeeCatalog, handler: (*Server).questionnaireList},
		{method: get, path: "/questionnaires/new", permission: survey.EditForms, handler: (*Server).questionnaireNew},
		{method: post, path: "/questionnaires", permission: survey.EditForms, handler: (*Server).questionnaireCreate},
		{method: get, path: "/questionnaires/import", permission: survey.EditForms, handler: (*Server).questionnaireImport},
		{method: post, path: "/questionnaires/import", permission: survey.EditForms, handler: (*Server).questionnaireTake, limit: importLimit},
		{method: get, path: "/questionnaires/:form", permission: survey.SeeCatalog, scope: aboutForm, handler: (*Server).questionnaireShow},
		{method: post, path: "/questionnaires/:form/draft", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).draftStart},
		{method: get, path: "/questionnaires/:form/:version", permission: survey.SeeCatalog, scope: aboutForm, handler: (*Server).versionShow},
		{method: get, path: "/questionnaires/:form/:version/preview", permission: survey.SeeCatalog, scope: aboutForm, handler: (*Server).versionPreview},
		{method: get, path: "/questionnaires/:form/:version/form", permission: survey.SeeCatalog, scope: aboutForm, handler: (*Server).versionForm},
		{method: get, path: "/questionnaires/:form/:version/compare", permission: survey.SeeCatalog, scope: aboutForm, handler: (*Server).versionCompare},
		{method: get, path: "/questionnaires/:form/:version/export", permission: survey.SeeCatalog, scope: aboutForm, handler: (*Server).exportShow},
		{method: get, path: "/questionnaires/:form/:version/export/:format", permission: survey.SeeCatalog, scope: aboutForm, handler: (*Server).versionExport},
		{method: get, path: "/questionnaires/:form/:version/head", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).headEdit},
		{method: post, path: "/questionnaires/:form/:version/head", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).headSave},
		{method: get, path: "/questionnaires/:form/:version/sections/:section", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).sectionEdit},
		{method: post, path: "/questionnaires/:form/:version/sections/:section", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).sectionSave},
		{method: get, path: "/questionnaires/:form/:version/items/:item", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).itemEdit},
		{method: post, path: "/questionnaires/:form/:version/items/:item", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).itemSave},
		{method: post, path: "/questionnaires/:form/:version/move", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).partMove},
		{method: get, path: "/questionnaires/:form/:version/remove", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).partConfirm},
		{method: post, path: "/questionnaires/:form/:version/remove", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).partRemove},
		{method: get, path: "/questionnaires/:form/:version/publish", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).publishConfirm},
		{method: post, path: "/questionnaires/:form/:version/publish", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).draftPublish},
		{method: get, path: "/questionnaires/:form/:version/discard", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).discardConfirm},
		{method: post, path: "/questionnaires/:form/:version/discard", permission: survey.EditForms, known: survey.SeeCatalog, scope: aboutForm, handler: (*Server).draftDiscard},

		// Campaigns.
		{method: get, path: "/campaigns", permission: survey.SeeProgress, handler: (*Server).campaignList},
		{method: get, path: "/campaigns/new", permission: survey.EditCampaigns, handler: (*Server).campaignNew},
		{method: post, path: "/campaigns", permission: survey.EditCampaigns, handler: (*Server).campaignCreate},
		{method: get, path: "/campaigns/:campaign", permission: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).campaignStaff},
		{method: get, path: "/campaigns/:campaign/edit", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).campaignEdit},
		{method: post, path: "/campaigns/:campaign/edit", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).campaignSave},
		{method: get, path: "/campaigns/:campaign/open", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignConfirm("open")},
		{method: post, path: "/campaigns/:campaign/open", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignStep("open")},
		{method: post, path: "/campaigns/:campaign/next", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).campaignNext},
		{method: get, path: "/campaigns/:campaign/close", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignConfirm("close")},
		{method: post, path: "/campaigns/:campaign/close", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignStep("close")},
		{method: get, path: "/campaigns/:campaign/reopen", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignConfirm("reopen")},
		{method: post, path: "/campaigns/:campaign/reopen", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignStep("reopen")},
		{method: get, path: "/campaigns/:campaign/discard", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignConfirm("discard")},
		{method: post, path: "/campaigns/:campaign/discard", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignStep("discard")},
		{method: get, path: "/campaigns/:campaign/publish", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignConfirm("publish")},
		{method: post, path: "/campaigns/:campaign/publish", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: campaignStep("publish")},
		{method: get, path: "/campaigns/:campaign/withdraw", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).campaignWithdrawAsk},
		{method: post, path: "/campaigns/:campaign/withdraw", permission: survey.PublishCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).campaignWithdraw},

		// Links of dossiers.
		{method: get, path: "/links", permission: survey.IssueLinks, handler: (*Server).linkNew},
		{method: post, path: "/links", permission: survey.IssueLinks, handler: (*Server).linkCreate},
		{method: get, path: "/links/rules", permission: survey.OperateDeployment, handler: (*Server).linkRulesEdit},
		{method: post, path: "/links/rules", permission: survey.OperateDeployment, handler: (*Server).linkRulesSave},

		// Sampling plan.
		{method: get, path: "/campaigns/:campaign/progress", permission: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).progressShow},
		{method: get, path: "/campaigns/:campaign/plan", permission: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).planEdit},
		{method: post, path: "/campaigns/:campaign/plan", permission: survey.EditCampaigns, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).planSave, limit: planBodyLimit},

		// Sample: drawn list, work, visits.
		{method: get, path: "/campaigns/:campaign/sample", permission: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleShow},
		{method: get, path: "/campaigns/:campaign/sample/list", permission: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleListShow},
		{method: get, path: "/campaigns/:campaign/sample/list.csv", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: sampleExport("csv")},
		{method: get, path: "/campaigns/:campaign/sample/list.xlsx", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: sampleExport("xlsx")},
		{method: get, path: "/campaigns/:campaign/sample/draw", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleDraw},
		{method: post, path: "/campaigns/:campaign/sample/draw", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).samplePreview, limit: keptLimit},
		{method: post, path: "/campaigns/:campaign/sample/draw/apply", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleApply, limit: keptLimit},
		{method: get, path: "/campaigns/:campaign/sample/draws/:draw/discard", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).drawDiscardAsk},
		{method: post, path: "/campaigns/:campaign/sample/draws/:draw/discard", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).drawDiscard},
		{method: get, path: "/campaigns/:campaign/sample/work", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleWork},
		{method: post, path: "/campaigns/:campaign/sample/work", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleWorkSave},
		{method: post, path: "/campaigns/:campaign/sample/keep", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleKeep},
		{method: get, path: "/campaigns/:campaign/sample/erase", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleEraseAsk},
		{method: post, path: "/campaigns/:campaign/sample/erase", permission: survey.RunSample, known: survey.SeeProgress, scope: aboutCampaign, handler: (*Server).sampleErase},
		{method: get, path: "/visits", permission: survey.VisitSample, handler: (*Server).visitList},
		{method: get, path: "/visits/:row", permission: survey.VisitSample, scope: aboutVisit, handler: (*Server).visitShow},
		{method: post, path: "/visits/:row", permission: survey.VisitSample, scope: aboutVisit, handler: (*Server).visitSave},
		{method: post, path: "/visits/:row/reserve", permission: survey.VisitSample, scope: aboutVisit, handler: (*Server).visitReserve},

		// Paper forms.
		{method: get, path: "/batches", permission: survey.SeeBatches, handler: (*Server).batchList},
		{method: get, path: "/batches/new", permission: survey.EditCampaigns, handler: (*Server).batchNew},
		{method: post, path: "/batches", permission: survey.EditCampaigns, handler: (*Server).batchCreate},
		{method: get, path: "/batches/:batch", permission: survey.EnterResponses, whose: ownerOfBatch, handler: (*Server).batchEnter},
		{method: post, path: "/batches/:batch", permission: survey.EnterResponses, whose: ownerOfBatch, handler: (*Server).batchSubmit},
		{method: get, path: "/batches/:batch/void", permission: survey.EnterResponses, whose: ownerOfBatch, handler: batchVoid(false)},
		{method: post, path: "/batches/:batch/void", permission: survey.EnterResponses, whose: ownerOfBatch, handler: batchVoidSave(false)},
		{method: get, path: "/batches/:batch/exclude", permission: survey.EditCampaigns, scope: aboutBatch, handler: batchVoid(true)},
		{method: post, path: "/batches/:batch/exclude", permission: survey.EditCampaigns, scope: aboutBatch, handler: batchVoidSave(true)},
		{method: get, path: "/batches/:batch/edit", permission: survey.EditCampaigns, scope: aboutBatch, handler: (*Server).batchEdit},
		{method: post, path: "/batches/:batch/edit", permission: survey.EditCampaigns, scope: aboutBatch, handler: (*Server).batchSave},
		{method: get, path: "/batches/:batch/close", permission: survey.EditCampaigns, scope: aboutBatch, handler: batchConfirm("close")},
		{method: post, path: "/batches/:batch/close", permission: survey.EditCampaigns, scope: aboutBatch, handler: batchStep("close")},
		{method: get, path: "/batches/:batch/reopen", permission: survey.EditCampaigns, scope: aboutBatch, handler: batchConfirm("reopen")},
		{method: post, path: "/batches/:batch/reopen", permission: survey.EditCampaigns, scope: aboutBatch, handler: batchStep("reopen")},
		{method: get, path: "/rechecks", permission: survey.Recheck, handler: (*Server).recheckList},
		{method: get, path: "/rechecks/:campaign", permission: survey.Recheck, scope: aboutCampaign, handler: (*Server).recheckShow},
		{method: post, path: "/rechecks/:campaign", permission: survey.Recheck, scope: aboutCampaign, handler: (*Server).recheckDraw},
		{method: get, path: "/rechecks/:campaign/:response", permission: survey.Recheck, scope: aboutResponse, handler: (*Server).recheckEdit},
		{method: post, path: "/rechecks/:campaign/:response", permission: survey.Recheck, scope: aboutResponse, handler: (*Server).recheckSave},

		// Help.
		{method: get, path: "/help", permission: survey.SeeOwnAccount, handler: (*Server).helpShow},
		{method: get, path: "/help/:role", permission: survey.SeeOwnAccount, handler: (*Server).helpShow},
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
type scopeOf func(*Server, *fiber.Ctx) (survey.UnitID, survey.Family, error)

// The things that staff paths name.

// aboutPoint is for paths with :point, a code.
func aboutPoint(s *Server, c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	catalog := s.config.Catalog()
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
func aboutUnit(s *Server, c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	unit := s.config.Catalog().Unit(survey.UnitID(unescaped(c.Params("unit"))))
	if unit == nil {
		return "", "", fiber.ErrNotFound
	}
	return unit.ID, "", nil
}

// aboutCampaign is for paths with :campaign. A campaign is in the scope of
// whoever's families it belongs to; which of its units they see is for the
// handler.
func aboutCampaign(s *Server, c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	campaign := s.config.Catalog().Campaign(survey.CampaignID(unescaped(c.Params("campaign"))))
	if campaign == nil {
		return "", "", fiber.ErrNotFound
	}
	return "", campaign.Family, nil
}

// aboutForm is for paths with :form, the code of a questionnaire.
func aboutForm(s *Server, c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	code := survey.FormCode(unescaped(c.Params("form")))
	form := s.config.Catalog().Latest(code)
	if form == nil {
		form = s.config.Catalog().Draft(code)
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
	group.Use(s.guard(&staffRoute{permission: survey.SeeOwnAccount, handler: func(*Server, *fiber.Ctx, *signedIn) error {
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
		if wait := s.rates.session.take(who.Session.ID); wait > 0 {
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
		if err := route.allow(s, c, who); err != nil {
			return err
		}
		if !safe(c.Method()) && !who.owns(c) {
			return s.formOutdated(c, who)
		}
		return route.handler(s, c, who)
	}
}

// allow returns NotFound or Forbidden if the person may not make the request.
func (r *staffRoute) allow(s *Server, c *fiber.Ctx, who *signedIn) error {
	if r.scope != nil {
		unit, family, err := r.scope(s, c)
		if err != nil {
			return err
		}
		if !who.Covers(s.config.Catalog(), unit, family) {
			return fiber.ErrNotFound
		}
	}
	if r.whose != nil && who.May(r.permission) {
		login, err := r.whose(s, c)
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
func (s *Server) reload(ctx context.Context) error {
	if s.config.Reload == nil {
		return nil
	}
	return s.config.Reload(ctx)
}

// safe reports whether a method changes nothing.
func safe(method string) bool { return method == fiber.MethodGet || method == fiber.MethodHead }
