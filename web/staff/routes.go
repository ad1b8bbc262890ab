package staff

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// ownRoutes are the pages about one’s own pages, the audit log and help.
func (s *Area) Routes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []Route{
		// One's own.
		{Method: get, Path: "", Permission: survey.SeeOwnAccount, Handler: s.staffHome},
		{Method: post, Path: "/logout", Permission: survey.SeeOwnAccount, Handler: s.staffLogout},
		{Method: get, Path: "/account", Permission: survey.SeeOwnAccount, Handler: s.accountShow},
		{Method: get, Path: "/account/password", Permission: survey.SeeOwnAccount, Handler: s.passwordEdit},
		{Method: post, Path: "/account/password", Permission: survey.SeeOwnAccount, Handler: s.passwordSave},
		{Method: get, Path: "/account/second-factor", Permission: survey.SeeOwnAccount, Handler: s.totpEdit},
		{Method: post, Path: "/account/second-factor", Permission: survey.SeeOwnAccount, Handler: s.totpSave},
		{Method: get, Path: "/account/second-factor/off", Permission: survey.SeeOwnAccount, Handler: s.totpConfirmOff},
		{Method: post, Path: "/account/second-factor/off", Permission: survey.SeeOwnAccount, Handler: s.totpOff},
		{Method: post, Path: "/account/sessions/:session/end", Permission: survey.SeeOwnAccount, Handler: s.sessionEnd},
		{Method: get, Path: "/audit", Permission: survey.ReadAudit, Handler: s.auditList},
		{Method: get, Path: "/audit.csv", Permission: survey.ReadAudit, Handler: s.auditExport},
		// Help.
		{Method: get, Path: "/help", Permission: survey.SeeOwnAccount, Handler: s.helpShow},
		{Method: get, Path: "/help/:role", Permission: survey.SeeOwnAccount, Handler: s.helpShow},
	}
}
