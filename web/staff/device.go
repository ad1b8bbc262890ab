package staff

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// deviceLifetime is the longest that browsers keep a cookie.
const deviceLifetime = 400 * 24 * time.Hour

// deviceCookie is the name of the cookie by which an account knows a browser again. It
// is sent to pages of staff alone, so that no page of citizens ever sees it.
func (a *Area) deviceCookie(c *fiber.Ctx) string {
	if a.Secure(c) {
		return "__Secure-hailong-device"
	}
	return "hailong-device"
}

// clientOf is where an attempt comes from.
func (a *Area) clientOf(c *fiber.Ctx) people.AttemptSource {
	return people.AttemptSource{Network: page.Network(a.Client(c)), Device: strings.Clone(c.Cookies(a.deviceCookie(c)))}
}

// rememberDevice has an account know the browser, after somebody signed in wholly.
func (a *Area) rememberDevice(c *fiber.Ctx, login survey.Login) error {
	secret, err := a.Accounts.RememberDevice(c.UserContext(), login, strings.Clone(c.Cookies(a.deviceCookie(c))))
	if err != nil {
		return err
	}
	a.SetCookieBelow(c, StaffPrefix, a.deviceCookie(c), secret, deviceLifetime)
	return nil
}
