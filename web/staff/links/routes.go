package links

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// Routes are the pages about one-time links.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Links of dossiers.
		{Method: get, Path: "/links", Permission: survey.IssueLinks, Handler: h.linkNew},
		{Method: post, Path: "/links", Permission: survey.IssueLinks, Handler: h.linkCreate},
		{Method: get, Path: "/links/rules", Permission: survey.OperateDeployment, Handler: h.linkRulesEdit},
		{Method: post, Path: "/links/rules", Permission: survey.OperateDeployment, Handler: h.linkRulesSave},
	}
}
