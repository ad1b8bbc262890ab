package staff

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

// csrfField is the hidden field that every form of staff carries; a script may
// send csrfHeader instead.
const (
	CSRFField  = "csrf"
	CSRFHeader = "X-Csrf-Token"
)

// cookieName is the name of the session's cookie. A browser takes a cookie
// named __Host- only over HTTPS, for exactly this host, so that no neighbouring
// host can put one of its own in its place.
func (a *Area) cookieName(c *fiber.Ctx) string {
	if a.Secure(c) {
		return "__Host-hailong"
	}
	return "hailong"
}

// KnowsSession reports whether a request comes from a browser that signed in once,
// though the session may have run out: what its person has typed since is kept.
func (a *Area) KnowsSession(ctx context.Context, c *fiber.Ctx) (bool, error) {
	return a.Accounts.KnowsSession(ctx, strings.Clone(c.Cookies(a.cookieName(c))))
}

// signedIn returns the person a request comes from, or Unauthenticated.
func (a *Area) signedIn(c *fiber.Ctx) (*SignedIn, error) {
	who, err := a.halfSignedIn(c)
	if err == nil && who.Session.Half {
		return nil, survey.NewError(survey.Unauthenticated, "open staff page", nil)
	}
	return who, err
}

// halfSignedIn is signedIn for somebody who may owe the second factor.
func (a *Area) halfSignedIn(c *fiber.Ctx) (*SignedIn, error) {
	secret := strings.Clone(c.Cookies(a.cookieName(c)))
	session, err := a.Accounts.FindSession(c.UserContext(), secret)
	if err != nil {
		return nil, err
	}
	user, err := a.Accounts.User(c.UserContext(), session.Login)
	switch {
	case err != nil && !survey.Is(err, survey.NotFound):
		return nil, err
	case err != nil || user.Disabled:
		return nil, survey.NewError(survey.Unauthenticated, "open staff page", err)
	}
	if err := a.Accounts.TouchSession(c.UserContext(), session); err != nil {
		return nil, err
	}
	return &SignedIn{User: user, Session: session, csrf: CSRFOf(secret)}, nil
}

// CSRFOf is the token of a session's forms. It follows from the secret and
// gives nothing of it away.
func CSRFOf(secret string) string { return people.HashSecret("csrf " + secret) }

// owns reports whether a form was made for the person's session.
func (m *SignedIn) owns(c *fiber.Ctx) bool {
	token := c.Get(CSRFHeader)
	if token == "" {
		token = page.FormOf(c).Raw(CSRFField)
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(m.csrf)) == 1
}

// The pages where somebody does what they must do before anything else.
const (
	passwordPath     = "/staff/account/password"
	secondFactorPath = "/staff/account/second-factor"
)

// gate returns where a person must go before anything else, or "".
func (a *Area) gate(c *fiber.Ctx, who *SignedIn) (string, error) {
	path := c.Path()
	if path == "/staff/logout" || path == passwordPath {
		return "", nil
	}
	if who.User.MustChange {
		return passwordPath, nil
	}
	if path == secondFactorPath || path == confirmPath {
		return "", nil
	}
	if needs, err := a.Accounts.NeedsTOTP(c.UserContext(), who.User); err != nil || !needs {
		return "", err
	}
	return secondFactorPath, nil
}

// keptForm is a form that could not be taken yet, on its way through a sign-in:
// its address and fields, without passwords and files.
type keptForm struct {
	Path   string // with the query
	Fields []keptField
	Files  bool // there were files, which cannot be kept
}

type keptField struct{ Name, Value string }

// keptFormLimit bounds a kept form.
const keptFormLimit = 256 << 10

// keepForm keeps the form of a request. It returns nil for what cannot or must
// not be kept: only what a person typed into a page of this server is.
func (a *Area) keepForm(c *fiber.Ctx) *keptForm {
	if here, _ := a.FromHere(c); !here || len(page.Body(c)) > bodyLimit {
		return nil
	}
	kept := &keptForm{Path: string(append([]byte(nil), c.Request().RequestURI()...))}
	size := 0
	keep := func(name, value string) {
		if name == CSRFField || strings.Contains(name, "pass") { // password, passcode
			return
		}
		size += len(name) + len(value)
		kept.Fields = append(kept.Fields, keptField{strings.Clone(name), strings.Clone(value)})
	}
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		form, err := page.MultipartForm(c)
		if err != nil {
			return nil
		}
		for name, values := range form.Value {
			for _, v := range values {
				keep(name, v)
			}
		}
		kept.Files = len(form.File) > 0
	} else {
		for k, v := range c.Request().PostArgs().All() {
			keep(string(k), string(v))
		}
	}
	if size > keptFormLimit || localPath(kept.Path) == "" {
		return nil
	}
	return kept
}

// Text is the form as the value of a hidden field; parseKeptForm reads it.
func (k *keptForm) Text() string {
	if k == nil {
		return ""
	}
	pairs := make([]string, 0, 2*len(k.Fields)+2)
	pairs = append(pairs, "path="+url.QueryEscape(k.Path))
	if k.Files {
		pairs = append(pairs, "files=1")
	}
	for _, f := range k.Fields {
		pairs = append(pairs, "f."+url.QueryEscape(f.Name)+"="+url.QueryEscape(f.Value))
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(pairs, "&")))
}

func parseKeptForm(text string) *keptForm {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text == "" {
		return nil
	}
	k := new(keptForm)
	for pair := range strings.SplitSeq(string(decoded), "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		field, isField := strings.CutPrefix(name, "f.")
		switch {
		case err1 != nil || err2 != nil:
			return nil
		case isField:
			k.Fields = append(k.Fields, keptField{field, value})
		case name == "path":
			k.Path = localPath(value)
		case name == "files":
			k.Files = true
		}
	}
	if k.Path == "" {
		return nil
	}
	return k
}

// localPath returns a path of the staff pages as it is, and "" for any other
// address: a sign-in must not lead to another site.
func localPath(s string) string {
	if s != StaffPrefix && !strings.HasPrefix(s, StaffPrefix+"/") && !strings.HasPrefix(s, StaffPrefix+"?") {
		return ""
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "..") {
		return ""
	}
	return s
}

// formOutdated answers a form whose token is not of this session: the page was
// opened before the last sign-in. What was typed is kept, and sent again only
// when the person says so.
func (a *Area) formOutdated(c *fiber.Ctx, who *SignedIn) error {
	kept := a.keepForm(c)
	if kept == nil {
		return &survey.Error{Kind: survey.Forbidden, Op: "take form", Key: "staff.form_foreign"}
	}
	page := a.NewPage(c, who, "staff.resume.title")
	page.URLPath = StaffPrefix
	return a.Render(c, fiber.StatusForbidden, "staff/resume", resumePage{BasePage: page, keptForm: *kept})
}
