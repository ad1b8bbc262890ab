package people

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// Routes are the pages about users, programs and rules of security.
func (h *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// People, programs, rules.
		{Method: get, Path: "/users", Permission: survey.ManageUsers, Handler: h.userList},
		{Method: get, Path: "/users/new", Permission: survey.ManageUsers, Handler: h.userNew},
		{Method: post, Path: "/users", Permission: survey.ManageUsers, StepUp: true, Handler: h.userCreate},
		{Method: get, Path: "/users/:login", Permission: survey.ManageUsers, Handler: h.userEdit},
		{Method: post, Path: "/users/:login", Permission: survey.ManageUsers, StepUp: true, Handler: h.userSave},
		{Method: get, Path: "/users/:login/:change", Permission: survey.ManageUsers, Handler: h.userConfirm},
		{Method: post, Path: "/users/:login/:change", Permission: survey.ManageUsers, StepUp: true, Handler: h.userChange},
		{Method: get, Path: "/tokens", Permission: survey.ManageUsers, Handler: h.tokenList},
		{Method: post, Path: "/tokens", Permission: survey.ManageUsers, StepUp: true, Handler: h.tokenCreate},
		{Method: get, Path: "/tokens/:token/revoke", Permission: survey.ManageUsers, Handler: h.tokenConfirm},
		{Method: post, Path: "/tokens/:token/revoke", Permission: survey.ManageUsers, StepUp: true, Handler: h.tokenRevoke},
		{Method: get, Path: "/security", Permission: survey.ManageUsers, Handler: h.securityEdit},
		{Method: post, Path: "/security", Permission: survey.ManageUsers, StepUp: true, Handler: h.securitySave},
	}
}
