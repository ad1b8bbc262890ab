package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// loginBodyLimit has room for a form that is carried through the sign-in.
const loginBodyLimit = 512 << 10

// loginPage asks who somebody is.
type loginPage struct {
	StaffPage
	Form    form
	Next    string // where to go afterwards
	Carried string // the form that waits, see carried
	Ended   bool   // a session has ended
	Note    *survey.Message
	OIDC    string // name of the identity provider, "" for none
}

func (s *Server) loginPage(c *fiber.Ctx) loginPage {
	page := loginPage{StaffPage: s.outsidePage(c, "staff.login.title")}
	if s.provider != nil {
		page.OIDC = s.provider.Name
	}
	return page
}

// Provider is where the sign-in with the identity provider begins.
func (p loginPage) Provider() string {
	if p.Next == "" {
		return oidcPath
	}
	return oidcPath + "?" + asQuery("next", p.Next)
}

func (s *Server) loginShow(c *fiber.Ctx) error {
	next := localPath(c.Query("next"))
	if _, err := s.signedIn(c); err == nil {
		return c.Redirect(s.page(c).Link(orHome(next)), fiber.StatusSeeOther)
	}
	page := s.loginPage(c)
	page.Next = strings.Clone(next)
	return s.render(c, fiber.StatusOK, "staff/login", page)
}

func orHome(next string) string {
	if next == "" {
		return staffPrefix
	}
	return next
}

// askToSignIn answers whoever is not signed in. What they were sending is kept
// through the sign-in.
func (s *Server) askToSignIn(c *fiber.Ctx) error {
	page := s.loginPage(c)
	if safe(c.Method()) {
		path := "/staff/login"
		if uri := localPath(string(c.Request().RequestURI())); uri != "" && uri != staffPrefix {
			path += "?" + asQuery("next", uri)
		}
		return c.Redirect(page.Link(path), fiber.StatusSeeOther)
	}
	page.path, page.Carried, page.Ended = "/staff/login", s.carry(c).text(), true
	return s.render(c, fiber.StatusUnauthorized, "staff/login", page)
}

// loginSubmit checks a login and a password and opens a session. Any session
// the browser had before is ended, so that nobody can have planted it.
func (s *Server) loginSubmit(c *fiber.Ctx) error {
	typed := formOf(c)
	page := s.loginPage(c)
	page.Form, page.Next, page.Carried = typed, localPath(typed.Value("next")), typed.Value("carried")
	user, err := s.accounts.SignIn(c.UserContext(), survey.Login(typed.Value("login")), typed.Value("password"), network(s.client(c)))
	if err != nil {
		f := failureOf(err, requestID(c))
		if f.Kind == survey.Internal || f.Kind == survey.Unavailable {
			return err
		}
		if f.Kind == survey.RateLimited {
			c.Set(fiber.HeaderRetryAfter, retryAfter(err))
		}
		page.Note = &f.Message
		return s.render(c, f.Status, "staff/login", page)
	}
	return s.admit(c, &user, page.Next, page.Carried)
}

// admit opens the session of somebody who has shown who they are, by a
// password or by another provider; who has a second factor is asked for it.
func (s *Server) admit(c *fiber.Ctx, user *survey.User, next, waiting string) error {
	half := user.TOTP != nil
	csrf, err := s.openSession(c, user.Login, half)
	if err != nil {
		return err
	}
	if half {
		page := loginPage{StaffPage: s.outsidePage(c, "staff.code.title"), Next: next, Carried: waiting}
		page.CSRF, page.path = csrf, "/staff/login"
		return s.render(c, fiber.StatusOK, "staff/code", page)
	}
	return s.afterSignIn(c, csrf, next, waiting)
}

// codeSubmit checks the second factor and opens the whole session in the place
// of the half one.
func (s *Server) codeSubmit(c *fiber.Ctx) error {
	who, err := s.halfSignedIn(c)
	if err != nil {
		if survey.KindOf(err) == survey.Unauthenticated {
			return c.Redirect(s.page(c).Link("/staff/login"), fiber.StatusSeeOther)
		}
		return err
	}
	typed := formOf(c)
	page := loginPage{StaffPage: s.outsidePage(c, "staff.code.title"), Form: typed, Next: localPath(typed.Value("next")), Carried: typed.Value("carried")}
	page.CSRF, page.path = who.csrf, "/staff/login"
	if !who.owns(c) {
		return survey.NewError(survey.Forbidden, "take second factor", nil)
	}
	err = s.accounts.SecondFactor(c.UserContext(), who.Actor(), who.User.Login, typed.Value("passcode"), network(s.client(c)))
	if err != nil {
		f := failureOf(err, requestID(c))
		var wrong bool
		if page.Form, wrong = typed.wrong(err); wrong {
			return s.render(c, f.Status, "staff/code", page)
		}
		if f.Kind != survey.RateLimited {
			return err
		}
		c.Set(fiber.HeaderRetryAfter, retryAfter(err))
		page.Note = &f.Message
		return s.render(c, f.Status, "staff/code", page)
	}
	csrf, err := s.openSession(c, who.User.Login, false)
	if err != nil {
		return err
	}
	return s.afterSignIn(c, csrf, page.Next, page.Carried)
}

// retryAfter is the wait that a RateLimited error names.
func retryAfter(err error) string {
	var wait survey.Wait
	if errors.As(err, &wait) {
		return strconv.Itoa(wait.Seconds())
	}
	return "60"
}

// openSession gives the browser a new session in the place of any other, and
// returns the token of its forms.
func (s *Server) openSession(c *fiber.Ctx, login survey.Login, half bool) (csrf string, err error) {
	if old := c.Cookies(s.cookieName(c)); old != "" {
		if err := s.accounts.EndSession(c.UserContext(), survey.HashSecret(old)); err != nil {
			return "", err
		}
	}
	secret, session, err := s.accounts.OpenSession(c.UserContext(), login, deviceOf(c.Get(fiber.HeaderUserAgent)), half)
	if err != nil {
		return "", err
	}
	s.setCookie(c, s.cookieName(c), secret, 0)
	if half {
		return csrfOf(secret), nil
	}
	actor := survey.Actor{Login: login, Session: session.Name()}
	return csrfOf(secret), s.audit.Record(c.UserContext(), actor, "account.sign_in", "users/"+string(login), nil, nil)
}

// afterSignIn leads to where somebody wanted to go, or back to the form that
// waits.
func (s *Server) afterSignIn(c *fiber.Ctx, csrf, next, waiting string) error {
	page := s.outsidePage(c, "staff.resume.title")
	if here, _ := s.fromHere(c); here {
		if kept := parseCarried(waiting); kept != nil {
			page.CSRF = csrf
			return s.render(c, fiber.StatusOK, "staff/resume", resumePage{StaffPage: page, carried: *kept})
		}
	}
	return c.Redirect(page.Link(orHome(next)), fiber.StatusSeeOther)
}

// resumePage offers to send a form that could not be taken before. A person
// presses the button, so that nothing is done that they have not seen.
type resumePage struct {
	StaffPage
	carried
}

// Shown are the fields that a person would recognise.
func (p resumePage) Shown() []carriedField {
	return slices.DeleteFunc(slices.Clone(p.Fields), func(f carriedField) bool { return f.Value == "" || f.Name == "rev" })
}

// staffLogout ends the session.
func (s *Server) staffLogout(c *fiber.Ctx, who *signedIn) error {
	if err := s.accounts.EndSession(c.UserContext(), who.Session.ID); err != nil {
		return err
	}
	s.setCookie(c, s.cookieName(c), "", 0)
	if err := s.audit.Record(c.UserContext(), who.Actor(), "account.sign_out", "users/"+string(who.User.Login), nil, nil); err != nil {
		return err
	}
	return c.Redirect(s.page(c).Link("/staff/login"), fiber.StatusSeeOther)
}

// deviceOf is a browser and a system as a person would name them, from a user
// agent. It is coarse on purpose: enough to tell one's own sessions apart.
func deviceOf(agent string) string {
	find := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	// The order matters: most browsers also name those they resemble.
	browser := find("coc_coc_browser", "Cốc Cốc", "Edg", "Edge", "OPR/", "Opera", "SamsungBrowser", "Samsung Internet",
		"Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS X", "macOS", "Linux", "Linux")
	return strings.Trim(browser+", "+system, ", ")
}
