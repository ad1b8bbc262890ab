package staff

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// confirmPath is where a page that asks for the password first leads back from.
const confirmPath = StaffPrefix + "/confirm"

// stepUpPage asks somebody who is signed in for the password once more. Its form is the
// one that they sent, with everything typed, and goes where that went.
type stepUpPage struct {
	BasePage
	keptForm
	Form page.Form
	Note *survey.Message
	// Provider is where somebody without a password shows who they are.
	Provider string
}

// ByPassword reports whether the account has a password to ask for.
func (p stepUpPage) ByPassword() bool { return p.Me.User.Password != "" }

// ByCode reports whether a code of the second factor is asked for instead.
func (p stepUpPage) ByCode() bool { return !p.ByPassword() && p.Me.User.TOTP != nil }

// stepUp lets a request pass if the person showed a moment ago who they are, or shows it
// now; otherwise it answers with a page that asks.
func (a *Area) stepUp(c *fiber.Ctx, who *SignedIn) (passed bool, err error) {
	if who.Session.IsConfirmed(a.Now()) {
		return true, nil
	}
	typed := page.FormOf(c)
	proof := people.StepUp{Password: typed.Raw("confirm_password"), Code: typed.Value("confirm_passcode")}
	if Safe(c.Method()) || proof == (people.StepUp{}) {
		return false, a.askToConfirm(c, who, fiber.StatusForbidden, page.Form{}, nil)
	}
	err = a.Accounts.ConfirmSession(c.UserContext(), who.Actor(), who.Session, proof, a.clientOf(c))
	if err == nil {
		return true, nil
	}
	f := page.FailureOf(err, page.RequestID(c))
	if wrong, ok := typed.Wrong(err); ok {
		return false, a.askToConfirm(c, who, f.Status, wrong, nil)
	}
	if f.Kind == survey.RateLimited {
		page.RetryAfter(c, err)
		return false, a.askToConfirm(c, who, f.Status, page.Form{}, &f.Message)
	}
	return false, err
}

func (a *Area) askToConfirm(c *fiber.Ctx, who *SignedIn, status int, typed page.Form, note *survey.Message) error {
	view := stepUpPage{BasePage: a.NewPage(c, who, "account.confirm.title"), Form: typed, Note: note}
	view.URLPath = StaffPrefix
	if a.provider != nil && !view.ByPassword() && !view.ByCode() {
		view.Provider = oidcPath + "?for=confirm"
	}
	if Safe(c.Method()) {
		next := localPath(strings.Clone(string(c.Request().RequestURI())))
		view.keptForm = keptForm{Path: view.Link(confirmPath), Fields: []keptField{{"next", next}}}
	} else if kept := a.keepForm(c); kept != nil {
		view.keptForm = *kept
	} else {
		view.keptForm = keptForm{Path: view.Link(confirmPath)}
	}
	return a.Render(c, status, "staff/step_up", view)
}

// confirmSubmit leads to the page that somebody wanted to open, after the guard has taken
// the password.
func (a *Area) confirmSubmit(c *fiber.Ctx, _ *SignedIn) error {
	return c.Redirect(a.Page(c).Link(orHome(localPath(page.FormOf(c).Value("next")))), fiber.StatusSeeOther)
}
