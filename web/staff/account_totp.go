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
	StaffPage
	Form     page.Form
	On       bool
	Left     int // recovery codes not yet used
	Needed   bool
	Secret   string
	Code     template.HTML // the QR code
	Recovery []string
}

func (s *Area) totpEdit(c *fiber.Ctx, who *SignedIn) error {
	return s.totpShow(c, who, fiber.StatusOK, page.Form{}, people.NewTOTPSecret())
}

func (s *Area) totpShow(c *fiber.Ctx, who *SignedIn, status int, typed page.Form, secret string) error {
	page := totpPage{StaffPage: s.StaffPage(c, who, "account.totp.title", "/staff/account", "account.title"), Form: typed, Secret: secret}
	if who.User.TOTP != nil {
		page.On, page.Left = true, len(who.User.TOTP.Recovery)
		return s.Render(c, status, "staff/totp", page)
	}
	var err error
	if page.Needed, err = s.Accounts.NeedsTOTP(c.UserContext(), who.User); err != nil {
		return err
	}
	l := s.Views.Locales[page.Lang]
	svg, err := qr.SVG(people.TOTPAddress(who.User.Login, secret), qr.Options{Size: 240, Title: l.T("account.totp.code"), Desc: l.T("account.totp.scan")})
	if err != nil {
		return err
	}
	page.Code = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	return s.Render(c, status, "staff/totp", page)
}

func (s *Area) totpSave(c *fiber.Ctx, who *SignedIn) error {
	typed := page.FormOf(c)
	if who.User.TOTP != nil {
		return s.totpShow(c, who, fiber.StatusOK, page.Form{}, "")
	}
	codes, err := s.Accounts.SetTOTP(c.UserContext(), who.Actor(), who.User.Login, typed.Value("secret"), typed.Value("passcode"))
	if err != nil {
		if wrong, ok := typed.Wrong(err); ok {
			return s.totpShow(c, who, fiber.StatusUnprocessableEntity, wrong, typed.Value("secret"))
		}
		return err
	}
	page := totpPage{StaffPage: s.StaffPage(c, who, "account.totp.recovery.title", "/staff/account", "account.title"), Recovery: codes}
	return s.Render(c, fiber.StatusOK, "staff/totp", page)
}

func (s *Area) totpConfirmOff(c *fiber.Ctx, who *SignedIn) error {
	if who.User.TOTP == nil {
		return c.Redirect(s.Page(c).Link(secondFactorPath), fiber.StatusSeeOther)
	}
	return s.Confirm(c, Confirmation{
		StaffPage: s.StaffPage(c, who, "account.totp.off", "/staff/account", "account.title"),
		Text:      survey.Message{Key: "account.totp.off.text"},
		Action:    secondFactorPath + "/off", Button: "account.totp.off", Danger: true, Cancel: "/staff/account",
	})
}

func (s *Area) totpOff(c *fiber.Ctx, who *SignedIn) error {
	if err := s.Accounts.DropTOTP(c.UserContext(), who.Actor(), who.User.Login); err != nil {
		return err
	}
	return s.Done(c, "/staff/account", "totp_off")
}
