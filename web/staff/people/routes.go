package people

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/web/staff"
)

// peopleRoutes are the pages about users, programs and rules of security.
func (s *Handlers) Routes() []staff.Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []staff.Route{
		// People, programs, rules.
		{Method: get, Path: "/users", Permission: survey.ManageUsers, Handler: s.userList},
		{Method: get, Path: "/users/new", Permission: survey.ManageUsers, Handler: s.userNew},
		{Method: post, Path: "/users", Permission: survey.ManageUsers, Handler: s.userCreate},
		{Method: get, Path: "/users/:login", Permission: survey.ManageUsers, Handler: s.userEdit},
		{Method: post, Path: "/users/:login", Permission: survey.ManageUsers, Handler: s.userSave},
		{Method: get, Path: "/users/:login/:change", Permission: survey.ManageUsers, Handler: s.userConfirm},
		{Method: post, Path: "/users/:login/:change", Permission: survey.ManageUsers, Handler: s.userChange},
		{Method: get, Path: "/tokens", Permission: survey.ManageUsers, Handler: s.tokenList},
		{Method: post, Path: "/tokens", Permission: survey.ManageUsers, Handler: s.tokenCreate},
		{Method: get, Path: "/tokens/:token/revoke", Permission: survey.ManageUsers, Handler: s.tokenConfirm},
		{Method: post, Path: "/tokens/:token/revoke", Permission: survey.ManageUsers, Handler: s.tokenRevoke},
		{Method: get, Path: "/security", Permission: survey.ManageUsers, Handler: s.securityEdit},
		{Method: post, Path: "/security", Permission: survey.ManageUsers, Handler: s.securitySave},
	}
}
