package slips

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// Routes are the pages about slips, and where they were when they were links.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		{Method: get, Path: "/slips", Permission: survey.IssueSlips, Handler: h.slipList},
		{Method: post, Path: "/slips", Permission: survey.IssueSlips, Handler: h.slipIssue},
		{Method: get, Path: "/slips/rules", Permission: survey.OperateDeployment, Handler: h.rulesEdit},
		{Method: post, Path: "/slips/rules", Permission: survey.OperateDeployment, Handler: h.rulesSave},
		{Method: get, Path: "/slips/:point/:day/:issue", Permission: survey.IssueSlips, Scope: h.AboutPoint, Handler: h.batchShow},
		{Method: get, Path: "/slips/:point/:day/:issue/print", Permission: survey.IssueSlips, Scope: h.AboutPoint, Handler: h.batchPrint},

		{Method: get, Path: "/links", Permission: survey.IssueSlips, Handler: h.moved("/staff/slips")},
		{Method: get, Path: "/links/rules", Permission: survey.OperateDeployment, Handler: h.moved("/staff/slips/rules")},
	}
}

// moved leads from an address of older versions.
func (h *Handlers) moved(path string) staff.Handler {
	return func(c *fiber.Ctx, _ *staff.SignedIn) error {
		return c.Redirect(h.Page(c).Link(path), fiber.StatusMovedPermanently)
	}
}
