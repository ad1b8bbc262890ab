package web

import (
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
)

// csrfField is the hidden field that every form of staff carries; a script may
// send csrfHeader instead.
const (
	csrfField  = "csrf"
	csrfHeader = "X-Csrf-Token"
)

// secure reports whether the browser speaks HTTPS, to this server or to a
// proxy before it.
func (s *Site) secure(c *fiber.Ctx) bool {
	return strings.HasPrefix(s.PublicURL, "https://") || c.Protocol() == "https"
}

// cookieName is the name of the session's cookie. A browser takes a cookie
// named __Host- only over HTTPS, for exactly this host, so that no neighbouring
// host can put one of its own in its place.
func (s *Server) cookieName(c *fiber.Ctx) string {
	if s.secure(c) {
		return "__Host-hailong"
	}
	return "hailong"
}

func (s *Site) setCookie(c *fiber.Ctx, name, value string, lifetime time.Duration) {
	cookie := &fiber.Cookie{
		Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: s.secure(c), SameSite: fiber.CookieSameSiteLaxMode,
	}
	switch {
	case value == "":
		cookie.Expires = time.Unix(1, 0)
	case lifetime == 0:
		cookie.SessionOnly = true
	default:
		cookie.MaxAge = int(lifetime.Seconds())
	}
	c.Cookie(cookie)
}

// signedIn returns the person a request comes from, or Unauthenticated.
func (s *Server) signedIn(c *fiber.Ctx) (*signedIn, error) {
	who, err := s.halfSignedIn(c)
	if err == nil && who.Session.Half {
		return nil, survey.NewError(survey.Unauthenticated, "open staff page", nil)
	}
	return who, err
}

// halfSignedIn is signedIn for somebody who may owe the second factor.
func (s *Server) halfSignedIn(c *fiber.Ctx) (*signedIn, error) {
	secret := strings.Clone(c.Cookies(s.cookieName(c)))
	session, err := s.accounts.FindSession(c.UserContext(), secret)
	if err != nil {
		return nil, err
	}
	user, err := s.accounts.User(c.UserContext(), session.Login)
	switch {
	case err != nil && survey.KindOf(err) != survey.NotFound:
		return nil, err
	case err != nil || user.Disabled:
		return nil, survey.NewError(survey.Unauthenticated, "open staff page", err)
	}
	if err := s.accounts.TouchSession(c.UserContext(), session); err != nil {
		return nil, err
	}
	return &signedIn{User: user, Session: session, csrf: csrfOf(secret)}, nil
}

// csrfOf is the token of a session's forms. It follows from the secret and
// gives nothing of it away.
func csrfOf(secret string) string { return people.HashSecret("csrf " + secret) }

// owns reports whether a form was made for the person's session.
func (m *signedIn) owns(c *fiber.Ctx) bool {
	token := c.Get(csrfHeader)
	if token == "" {
		token = c.FormValue(csrfField)
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(m.csrf)) == 1
}

// The pages where somebody does what they must do before anything else.
const (
	passwordPath     = "/staff/account/password"
	secondFactorPath = "/staff/account/second-factor"
)

// gate returns where a person must go before anything else, or "".
func (s *Server) gate(c *fiber.Ctx, who *signedIn) (string, error) {
	path := c.Path()
	if path == "/staff/logout" || path == passwordPath {
		return "", nil
	}
	if who.User.MustChange {
		return passwordPath, nil
	}
	if path == secondFactorPath {
		return "", nil
	}
	if needs, err := s.accounts.NeedsTOTP(c.UserContext(), who.User); err != nil || !needs {
		return "", err
	}
	return secondFactorPath, nil
}

// fromHere reports whether a browser says that the request comes from a page
// of this server. foreign reports that it says otherwise; a program says
// nothing.
func (s *Site) fromHere(c *fiber.Ctx) (here, foreign bool) {
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin", site != "same-origin" && site != "none"
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return false, false
	}
	u, err := url.Parse(origin)
	here = err == nil && u.Host != "" && (u.Host == c.Hostname() || u.Scheme+"://"+u.Host == s.PublicURL)
	return here, !here
}

// sameOrigin refuses what another site sends in a visitor's name, for the
// forms that come before there is a session.
func (s *Site) sameOrigin(c *fiber.Ctx) error {
	if _, foreign := s.fromHere(c); foreign {
		return survey.NewError(survey.Forbidden, "take a form of another site", nil)
	}
	return c.Next()
}

// carried is a form that could not be taken yet, on its way through a sign-in:
// its address and fields, without passwords and files.
type carried struct {
	Path   string // with the query
	Fields []carriedField
	Files  bool // there were files, which cannot be carried
}

type carriedField struct{ Name, Value string }

// carryLimit bounds a carried form.
const carryLimit = 256 << 10

// carry keeps the form of a request. It returns nil for what cannot or must
// not be kept: only what a person typed into a page of this server is.
func (s *Server) carry(c *fiber.Ctx) *carried {
	if here, _ := s.fromHere(c); !here || len(c.Request().Body()) > staffBodyLimit {
		return nil
	}
	kept := &carried{Path: string(append([]byte(nil), c.Request().RequestURI()...))}
	size := 0
	keep := func(name, value string) {
		if name == csrfField || strings.Contains(name, "pass") { // password, passcode
			return
		}
		size += len(name) + len(value)
		kept.Fields = append(kept.Fields, carriedField{strings.Clone(name), strings.Clone(value)})
	}
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		form, err := c.MultipartForm()
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
		c.Request().PostArgs().VisitAll(func(k, v []byte) { keep(string(k), string(v)) })
	}
	if size > carryLimit || localPath(kept.Path) == "" {
		return nil
	}
	return kept
}

// text is the form as the value of a hidden field; parseCarried reads it.
func (k *carried) text() string {
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

func parseCarried(text string) *carried {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text == "" {
		return nil
	}
	k := new(carried)
	for pair := range strings.SplitSeq(string(decoded), "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		field, isField := strings.CutPrefix(name, "f.")
		switch {
		case err1 != nil || err2 != nil:
			return nil
		case isField:
			k.Fields = append(k.Fields, carriedField{field, value})
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
	if s != staffPrefix && !strings.HasPrefix(s, staffPrefix+"/") && !strings.HasPrefix(s, staffPrefix+"?") {
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
func (s *Server) formOutdated(c *fiber.Ctx, who *signedIn) error {
	kept := s.carry(c)
	if kept == nil {
		return &survey.Error{Kind: survey.Forbidden, Op: "take form", Key: "staff.form_foreign"}
	}
	page := s.staffPage(c, who, "staff.resume.title")
	page.path = staffPrefix
	return s.render(c, fiber.StatusForbidden, "staff/resume", resumePage{StaffPage: page, carried: *kept})
}
