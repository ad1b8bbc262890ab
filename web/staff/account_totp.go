package staff

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// totpPage sets up a second factor, or shows the recovery codes of a new one.
type totpPage struct {
	BasePage
	Form     page.Form
	On       bool
	Left     int // recovery codes not yet used
	Needed   bool
	Secret   string
	Code     template.HTML // the QR code
	Recovery []string
}

func (a *Area) totpEdit(c *fiber.Ctx, who *SignedIn) error {
	return a.totpShow(c, who, fiber.StatusOK, page.Form{})
}

func (a *Area) totpShow(c *fiber.Ctx, who *SignedIn, status int, typed page.Form) error {
	page := totpPage{BasePage: a.NewPage(c, who, "account.totp.title", "/staff/account", "account.title"), Form: typed}
	if who.User.TOTP != nil {
		page.On, page.Left = true, len(who.User.TOTP.Recovery)
		return a.Render(c, status, "staff/totp", page)
	}
	var err error
	if page.Needed, err = a.Accounts.NeedsTOTP(c.UserContext(), who.User); err != nil {
		return err
	}
	if page.Secret, err = a.Accounts.OfferTOTP(c.UserContext(), who.Session); err != nil {
		return err
	}
	l := a.Views.Locales[page.Lang]
	svg, err := qr.SVG(people.TOTPAddress(who.User.Login, page.Secret), qr.Options{Size: 240, Title: l.T("account.totp.code"), Desc: l.T("account.totp.scan")})
	if err != nil {
		return err
	}
	page.Code = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	return a.Render(c, status, "staff/totp", page)
}

func (a *Area) totpSave(c *fiber.Ctx, who *SignedIn) error {
	typed := page.FormOf(c)
	if who.User.TOTP != nil {
		return a.totpShow(c, who, fiber.StatusOK, page.Form{})
	}
	codes, err := a.Accounts.SetTOTP(c.UserContext(), who.Actor(), who.Session, typed.Value("passcode"))
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return a.totpShow(c, who, fiber.StatusUnprocessableEntity, wrong)
		}
		return err
	}
	page := totpPage{BasePage: a.NewPage(c, who, "account.totp.recovery.title", "/staff/account", "account.title"), Recovery: codes}
	return a.Render(c, fiber.StatusOK, "staff/totp", page)
}

func (a *Area) totpConfirmOff(c *fiber.Ctx, who *SignedIn) error {
	if who.User.TOTP == nil {
		return c.Redirect(a.Page(c).Link(secondFactorPath), fiber.StatusSeeOther)
	}
	return a.Confirm(c, Confirmation{
		BasePage: a.NewPage(c, who, "account.totp.off", "/staff/account", "account.title"),
		Text:     survey.Message{Key: "account.totp.off.text"},
		Action:   secondFactorPath + "/off", Button: "account.totp.off", Danger: true, Cancel: "/staff/account",
	})
}

func (a *Area) totpOff(c *fiber.Ctx, who *SignedIn) error {
	if err := a.Accounts.DropTOTP(c.UserContext(), who.Actor(), who.User.Login, who.Session.ID); err != nil {
		return err
	}
	return a.Done(c, "/staff/account", "totp_off")
}
