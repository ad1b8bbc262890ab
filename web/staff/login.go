package staff

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// loginPage asks who somebody is.
type loginPage struct {
	BasePage
	Form     page.Form
	Next     string // where to go afterwards
	KeptForm string // the form that waits, see keptForm
	Ended    bool   // a session has ended
	Note     *survey.Message
	OIDC     string // name of the identity provider, "" for none
}

func (a *Area) loginPage(c *fiber.Ctx) loginPage {
	page := loginPage{BasePage: a.outsidePage(c, "staff.login.title")}
	if a.provider != nil {
		page.OIDC = a.provider.Name
	}
	return page
}

// Provider is where the sign-in with the identity provider begins.
func (p loginPage) Provider() string {
	if p.Next == "" {
		return oidcPath
	}
	return oidcPath + "?" + page.AsQuery("next", p.Next)
}

func (a *Area) loginShow(c *fiber.Ctx) error {
	next := localPath(c.Query("next"))
	if _, err := a.signedIn(c); err == nil {
		return c.Redirect(a.Page(c).Link(orHome(next)), fiber.StatusSeeOther)
	}
	page := a.loginPage(c)
	page.Next = strings.Clone(next)
	return a.Render(c, fiber.StatusOK, "staff/login", page)
}

func orHome(next string) string {
	if next == "" {
		return StaffPrefix
	}
	return next
}

// askToSignIn answers whoever is not signed in. What they were sending is kept
// through the sign-in.
func (a *Area) askToSignIn(c *fiber.Ctx) error {
	view := a.loginPage(c)
	if Safe(c.Method()) {
		path := "/staff/login"
		if uri := localPath(string(c.Request().RequestURI())); uri != "" && uri != StaffPrefix {
			path += "?" + page.AsQuery("next", uri)
		}
		return c.Redirect(view.Link(path), fiber.StatusSeeOther)
	}
	view.URLPath, view.KeptForm, view.Ended = "/staff/login", a.keepForm(c).Text(), true
	return a.Render(c, fiber.StatusUnauthorized, "staff/login", view)
}

// loginSubmit checks a login and a password and opens a session. Any session
// the browser had before is ended, so that nobody can have planted it.
func (a *Area) loginSubmit(c *fiber.Ctx) error {
	typed := page.FormOf(c)
	view := a.loginPage(c)
	view.Form, view.Next, view.KeptForm = typed, localPath(typed.Value("next")), typed.Value("kept_form")
	user, err := a.Accounts.SignIn(c.UserContext(), survey.Login(typed.Value("login")), typed.Value("password"), a.clientOf(c))
	if err != nil {
		f := page.FailureOf(err, page.RequestID(c))
		if f.Kind == survey.Internal || f.Kind == survey.Unavailable {
			return err
		}
		if f.Kind == survey.RateLimited {
			page.RetryAfter(c, err)
		}
		view.Note = &f.Message
		return a.Render(c, f.Status, "staff/login", view)
	}
	return a.admit(c, &user, view.Next, view.KeptForm)
}

// admit opens the session of somebody who has shown who they are, by a
// password or by another provider; who has a second factor is asked for it.
func (a *Area) admit(c *fiber.Ctx, user *people.User, next, waiting string) error {
	return a.admitBy(c, user, next, waiting, a.Now())
}

// admitBy is admit for somebody who showed at a moment who they are, zero where that is
// not known.
func (a *Area) admitBy(c *fiber.Ctx, user *people.User, next, waiting string, shown time.Time) error {
	half := user.TOTP != nil
	csrf, err := a.openSession(c, user.Login, half, shown)
	if err != nil {
		return err
	}
	if half {
		page := loginPage{BasePage: a.outsidePage(c, "staff.code.title"), Next: next, KeptForm: waiting}
		page.CSRF, page.URLPath = csrf, "/staff/login"
		return a.Render(c, fiber.StatusOK, "staff/code", page)
	}
	return a.afterSignIn(c, csrf, next, waiting)
}

// codeSubmit checks the second factor and opens the whole session in the place
// of the half one.
func (a *Area) codeSubmit(c *fiber.Ctx) error {
	who, err := a.halfSignedIn(c)
	if err != nil {
		if survey.Is(err, survey.Unauthenticated) {
			return c.Redirect(a.Page(c).Link("/staff/login"), fiber.StatusSeeOther)
		}
		return err
	}
	typed := page.FormOf(c)
	view := loginPage{BasePage: a.outsidePage(c, "staff.code.title"), Form: typed, Next: localPath(typed.Value("next")), KeptForm: typed.Value("kept_form")}
	view.CSRF, view.URLPath = who.csrf, "/staff/login"
	if !who.owns(c) {
		return survey.NewError(survey.Forbidden, "take second factor", nil)
	}
	err = a.Accounts.SecondFactor(c.UserContext(), who.Actor(), who.User.Login, typed.Value("passcode"), a.clientOf(c))
	if err != nil {
		f := page.FailureOf(err, page.RequestID(c))
		var wrong bool
		if view.Form, wrong = typed.Wrong(err); wrong {
			return a.Render(c, f.Status, "staff/code", view)
		}
		if f.Kind != survey.RateLimited {
			return err
		}
		page.RetryAfter(c, err)
		view.Note = &f.Message
		return a.Render(c, f.Status, "staff/code", view)
	}
	csrf, err := a.openSession(c, who.User.Login, false, a.Now())
	if err != nil {
		return err
	}
	return a.afterSignIn(c, csrf, view.Next, view.KeptForm)
}

// openSession gives the browser a new session in the place of any other, and
// returns the token of its forms.
func (a *Area) openSession(c *fiber.Ctx, login survey.Login, half bool, shown time.Time) (csrf string, err error) {
	if old := c.Cookies(a.cookieName(c)); old != "" {
		if err := a.Accounts.EndSession(c.UserContext(), people.HashSecret(old)); err != nil {
			return "", err
		}
	}
	secret, session, err := a.Accounts.OpenProviderSession(c.UserContext(), login, deviceOf(c.Get(fiber.HeaderUserAgent)), half, shown)
	if err != nil {
		return "", err
	}
	a.SetCookie(c, a.cookieName(c), secret, 0)
	if half {
		return CSRFOf(secret), nil
	}
	if err := a.rememberDevice(c, login); err != nil {
		return "", err
	}
	actor := survey.Actor{Login: login, Session: session.Name()}
	return CSRFOf(secret), a.Audit.Record(c.UserContext(), actor, "account.sign_in", "users/"+string(login), nil, nil)
}

// afterSignIn leads to where somebody wanted to go, or back to the form that
// waits.
func (a *Area) afterSignIn(c *fiber.Ctx, csrf, next, waiting string) error {
	page := a.outsidePage(c, "staff.resume.title")
	if here, _ := a.FromHere(c); here {
		if kept := parseKeptForm(waiting); kept != nil {
			page.CSRF = csrf
			return a.Render(c, fiber.StatusOK, "staff/resume", resumePage{BasePage: page, keptForm: *kept})
		}
	}
	return c.Redirect(page.Link(orHome(next)), fiber.StatusSeeOther)
}

// resumePage offers to send a form that could not be taken before. A person
// presses the button, so that nothing is done that they have not seen.
type resumePage struct {
	BasePage
	keptForm
}

// Shown are the fields that a person would recognise.
func (p resumePage) Shown() []keptField {
	return slices.DeleteFunc(slices.Clone(p.Fields), func(f keptField) bool { return f.Value == "" || f.Name == "rev" })
}

// staffLogout ends the session.
func (a *Area) staffLogout(c *fiber.Ctx, who *SignedIn) error {
	if err := a.Accounts.EndSession(c.UserContext(), who.Session.ID); err != nil {
		return err
	}
	a.SetCookie(c, a.cookieName(c), "", 0)
	if err := a.Audit.Record(c.UserContext(), who.Actor(), "account.sign_out", "users/"+string(who.User.Login), nil, nil); err != nil {
		return err
	}
	return c.Redirect(a.Page(c).Link("/staff/login"), fiber.StatusSeeOther)
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
