package staff

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// Routes are the first page and those of one’s own account.
func (a *Area) Routes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []Route{
		{Method: get, Path: "", Permission: survey.SeeOwnAccount, Handler: a.staffHome},
		{Method: post, Path: "/logout", Permission: survey.SeeOwnAccount, Handler: a.staffLogout},
		{Method: get, Path: "/account", Permission: survey.SeeOwnAccount, Handler: a.accountShow},
		{Method: get, Path: "/account/password", Permission: survey.SeeOwnAccount, Handler: a.passwordEdit},
		{Method: post, Path: "/account/password", Permission: survey.SeeOwnAccount, Handler: a.passwordSave},
		{Method: get, Path: "/account/second-factor", Permission: survey.SeeOwnAccount, StepUp: true, Handler: a.totpEdit},
		{Method: post, Path: "/account/second-factor", Permission: survey.SeeOwnAccount, StepUp: true, Handler: a.totpSave},
		{Method: get, Path: "/account/second-factor/off", Permission: survey.SeeOwnAccount, StepUp: true, Handler: a.totpConfirmOff},
		{Method: post, Path: "/account/second-factor/off", Permission: survey.SeeOwnAccount, StepUp: true, Handler: a.totpOff},
		{Method: get, Path: "/account/identity", Permission: survey.SeeOwnAccount, Handler: a.identityConfirm},
		{Method: post, Path: "/account/identity", Permission: survey.SeeOwnAccount, StepUp: true, Handler: a.identityLink},
		{Method: post, Path: "/account/identity/:identity/unlink", Permission: survey.SeeOwnAccount, StepUp: true, Handler: a.identityUnlink},
		{Method: post, Path: "/confirm", Permission: survey.SeeOwnAccount, StepUp: true, Handler: a.confirmSubmit},
		{Method: post, Path: "/account/sessions/:session/end", Permission: survey.SeeOwnAccount, Handler: a.sessionEnd},
	}
}
