package staff

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// Area is the part of the server that lies behind the login: the guard before
// every route, the sign-in, and the pages of one's own account.
type Area struct {
	*Pages
	provider *Provider // nil: none
	home     HomeSources
}

// New returns the area with its sign-in. An error is a fault in oidc.
func New(pages *Pages, oidc OIDC, home HomeSources) (*Area, error) {
	provider, err := newProvider(oidc, pages.PublicURL, pages.Now)
	return &Area{Pages: pages, provider: provider, home: home}, err
}

// Mount puts routes into the server, behind the login. An error names the
// routes that need no permission.
func (a *Area) Mount(app *fiber.App, routes []Route) error {
	group := app.Group(StaffPrefix, a.staffHeaders)
	group.Get("/login", a.loginShow)
	group.Post("/login", a.SameOrigin, a.loginSubmit)
	group.Post("/login/code", a.NotForeign, a.codeSubmit)
	if a.provider != nil {
		group.Get("/login/oidc", a.oidcStart)
		group.Get("/login/oidc/callback", a.oidcFinish)
	}
	group.Get("/invitation/:invitation", a.invitationShow)
	group.Post("/invitation/:invitation", a.SameOrigin, a.invitationSave)
	var failed error
	for _, route := range routes {
		if err := route.check(); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		group.Add(route.Method, route.Path, a.guard(&route))
	}
	// Who is not signed in learns of no path whether it is there.
	group.Use(a.guard(&Route{Permission: survey.SeeOwnAccount, Handler: func(*fiber.Ctx, *SignedIn) error {
		return fiber.ErrNotFound
	}}))
	return failed
}
