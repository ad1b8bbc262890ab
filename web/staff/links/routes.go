package links

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// linksRoutes are the pages about one-time links.
func (s *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// Links of dossiers.
		{Method: get, Path: "/links", Permission: survey.IssueLinks, Handler: s.linkNew},
		{Method: post, Path: "/links", Permission: survey.IssueLinks, Handler: s.linkCreate},
		{Method: get, Path: "/links/rules", Permission: survey.OperateDeployment, Handler: s.linkRulesEdit},
		{Method: post, Path: "/links/rules", Permission: survey.OperateDeployment, Handler: s.linkRulesSave},
	}
}
