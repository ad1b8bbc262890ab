package staff

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/people"
	"hailong/web/page"
)

const (
	StaffPrefix = "/staff"
	bodyLimit   = 1 << 20
)

// SignedIn is the person behind a request to a staff page.
type SignedIn struct {
	User    people.User
	Session people.Session
	csrf    string
}

// SignedInKey is where a request keeps its signedIn, once the guard knows.
type SignedInKey struct{}

// May reports whether the person's role allows something.
func (m *SignedIn) May(p survey.Permission) bool { return m.User.Grant.May(p) }

// Covers reports whether a unit and a family lie in the person's scope; an
// empty one asks only about the other.
func (m *SignedIn) Covers(c *survey.Catalog, unit survey.UnitID, family survey.Family) bool {
	return m.User.Grant.Covers(c, unit, family)
}

// Actor is the person as the audit log names them.
func (m *SignedIn) Actor() survey.Actor {
	return survey.Actor{Login: m.User.Login, Session: m.Session.Name()}
}

// The things that staff paths name.

// AboutPoint is for paths with :point, a code.
func (p *Pages) AboutPoint(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	catalog := p.Catalog()
	point := catalog.Point(survey.PointCode(c.Params("point")))
	if point == nil {
		return "", "", fiber.ErrNotFound
	}
	if form := catalog.Latest(point.Form); form != nil {
		return point.Unit, form.Family, nil
	}
	return point.Unit, "", nil
}

// AboutUnit is for paths with :unit, the id of a unit, schools too.
func (p *Pages) AboutUnit(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	unit := p.Catalog().Unit(survey.UnitID(Unescaped(c.Params("unit"))))
	if unit == nil {
		return "", "", fiber.ErrNotFound
	}
	return unit.ID, "", nil
}

// AboutCampaign is for paths with :campaign. A campaign is in the scope of
// whoever's families it belongs to; which of its units they see is for the
// handler.
func (p *Pages) AboutCampaign(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	campaign := p.Catalog().Campaign(survey.CampaignID(Unescaped(c.Params("campaign"))))
	if campaign == nil {
		return "", "", fiber.ErrNotFound
	}
	return "", campaign.Family, nil
}

// AboutForm is for paths with :form, the code of a questionnaire.
func (p *Pages) AboutForm(c *fiber.Ctx) (survey.UnitID, survey.Family, error) {
	code := survey.FormCode(Unescaped(c.Params("form")))
	form := p.Catalog().Latest(code)
	if form == nil {
		form = p.Catalog().Draft(code)
	}
	if form == nil {
		return "", "", fiber.ErrNotFound
	}
	return "", form.Family, nil
}

// Unescaped is a path parameter as it was meant.
func Unescaped(param string) string {
	if s, err := url.PathUnescape(param); err == nil {
		return s
	}
	return strings.Clone(param)
}

// staffHeaders keeps staff pages out of every cache.
func (a *Area) staffHeaders(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Next()
}

// guard lets a request through to its handler if somebody is signed in, the
// form is one of theirs, and their role and scope allow it.
func (a *Area) guard(route *Route) fiber.Handler {
	limit := cmp.Or(route.Limit, bodyLimit)
	return func(c *fiber.Ctx) error {
		tooLong := len(page.Body(c)) > limit
		who, err := a.signedIn(c)
		switch {
		case err != nil && !survey.Is(err, survey.Unauthenticated):
			return err
		case err != nil && tooLong:
			return &page.TooLargeError{Limit: limit}
		case err != nil:
			return a.askToSignIn(c)
		}
		c.Locals(SignedInKey{}, who) // for the page of an error
		if wait := a.Rates.Session.Take(who.Session.ID); wait > 0 {
			return page.TooMany(c, wait)
		}
		if gate, err := a.gate(c, who); err != nil {
			return err
		} else if gate != "" {
			return c.Redirect(a.Page(c).Link(gate), fiber.StatusSeeOther)
		}
		if tooLong {
			return &page.TooLargeError{Limit: limit}
		}
		if err := route.allow(a.Catalog(), c, who); err != nil {
			return err
		}
		if !Safe(c.Method()) && !who.owns(c) {
			return a.formOutdated(c, who)
		}
		return route.Handler(c, who)
	}
}

// Reload puts a change of the catalogue into force on this server; the others
// follow within seconds.
func (p *Pages) Reload(ctx context.Context) error {
	if p.ReloadCatalog == nil {
		return nil
	}
	return p.ReloadCatalog(ctx)
}
