package web

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/people"
)

// totpPage sets up a second factor, or shows the recovery codes of a new one.
type totpPage struct {
	StaffPage
	Form     form
	On       bool
	Left     int // recovery codes not yet used
	Needed   bool
	Secret   string
	Code     template.HTML // the QR code
	Recovery []string
}

func (s *Server) totpEdit(c *fiber.Ctx, who *signedIn) error {
	return s.totpShow(c, who, fiber.StatusOK, form{}, people.NewTOTPSecret())
}

func (s *Server) totpShow(c *fiber.Ctx, who *signedIn, status int, typed form, secret string) error {
	page := totpPage{StaffPage: s.staffPage(c, who, "account.totp.title", "/staff/account", "account.title"), Form: typed, Secret: secret}
	if who.User.TOTP != nil {
		page.On, page.Left = true, len(who.User.TOTP.Recovery)
		return s.render(c, status, "staff/totp", page)
	}
	var err error
	if page.Needed, err = s.accounts.NeedsTOTP(c.UserContext(), who.User); err != nil {
		return err
	}
	l := s.Views.locales[page.Lang]
	svg, err := qr.SVG(people.TOTPAddress(who.User.Login, secret), qr.Options{Size: 240, Title: l.T("account.totp.code"), Desc: l.T("account.totp.scan")})
	if err != nil {
		return err
	}
	page.Code = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	return s.render(c, status, "staff/totp", page)
}

func (s *Server) totpSave(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	if who.User.TOTP != nil {
		return s.totpShow(c, who, fiber.StatusOK, form{}, "")
	}
	codes, err := s.accounts.SetTOTP(c.UserContext(), who.Actor(), who.User.Login, typed.Value("secret"), typed.Value("passcode"))
	if err != nil {
		if wrong, ok := typed.wrong(err); ok {
			return s.totpShow(c, who, fiber.StatusUnprocessableEntity, wrong, typed.Value("secret"))
		}
		return err
	}
	page := totpPage{StaffPage: s.staffPage(c, who, "account.totp.recovery.title", "/staff/account", "account.title"), Recovery: codes}
	return s.render(c, fiber.StatusOK, "staff/totp", page)
}

func (s *Server) totpConfirmOff(c *fiber.Ctx, who *signedIn) error {
	if who.User.TOTP == nil {
		return c.Redirect(s.page(c).Link(secondFactorPath), fiber.StatusSeeOther)
	}
	return s.confirm(c, confirmation{
		StaffPage: s.staffPage(c, who, "account.totp.off", "/staff/account", "account.title"),
		Text:      survey.Message{Key: "account.totp.off.text"},
		Action:    secondFactorPath + "/off", Button: "account.totp.off", Danger: true, Cancel: "/staff/account",
	})
}

func (s *Server) totpOff(c *fiber.Ctx, who *signedIn) error {
	if err := s.accounts.DropTOTP(c.UserContext(), who.Actor(), who.User.Login); err != nil {
		return err
	}
	return s.done(c, "/staff/account", "totp_off")
}
