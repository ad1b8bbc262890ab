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

// Covers reports whether something that reaches so far lies in the person's scope.
func (m *SignedIn) Covers(c *survey.Catalog, e survey.Reach) bool { return m.User.Grant.Covers(c, e) }

// CoversUnit is Covers for a unit alone, whatever the family.
func (m *SignedIn) CoversUnit(c *survey.Catalog, unit survey.UnitID) bool {
	return m.User.Grant.CoversUnit(c, unit)
}

// CoversFamily is Covers for a family alone, whatever the units.
func (m *SignedIn) CoversFamily(f survey.Family) bool { return m.User.Grant.CoversFamily(f) }

// Actor is the person as the audit log names them.
func (m *SignedIn) Actor() survey.Actor {
	return survey.Actor{Login: m.User.Login, Session: m.Session.Name()}
}

// The things that staff paths name.

// AboutPoint is for paths with :point, a code.
func (p *Pages) AboutPoint(c *fiber.Ctx) (survey.Reach, error) {
	catalog := p.Catalog()
	point := catalog.Point(survey.PointCode(c.Params("point")))
	if point == nil {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return catalog.PointReach(point), nil
}

// AboutUnit is for paths with :unit, the id of a unit, schools too.
func (p *Pages) AboutUnit(c *fiber.Ctx) (survey.Reach, error) {
	unit := p.Catalog().Unit(survey.UnitID(Unescaped(c.Params("unit"))))
	if unit == nil {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return survey.OfUnit(unit.ID), nil
}

// AboutCampaign is for pages with :campaign that show of it what lies in the person's
// scope, and for forms that change no more than that.
func (p *Pages) AboutCampaign(c *fiber.Ctx) (survey.Reach, error) {
	whole, err := p.AboutWholeCampaign(c)
	return whole.Part(), err
}

// AboutWholeCampaign is for acts on a campaign that reach all its units.
func (p *Pages) AboutWholeCampaign(c *fiber.Ctx) (survey.Reach, error) {
	campaign := p.Catalog().Campaign(survey.CampaignID(Unescaped(c.Params("campaign"))))
	if campaign == nil {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return campaign.Reach(), nil
}

// AboutForm is for pages with :form, the code of a questionnaire, that show it.
func (p *Pages) AboutForm(c *fiber.Ctx) (survey.Reach, error) {
	form, err := p.AboutWholeForm(c)
	return form.Part(), err
}

// AboutWholeForm is for acts on a questionnaire, which is that of every unit.
func (p *Pages) AboutWholeForm(c *fiber.Ctx) (survey.Reach, error) {
	code := survey.FormCode(Unescaped(c.Params("form")))
	form := p.Catalog().Latest(code)
	if form == nil {
		form = p.Catalog().Draft(code)
	}
	if form == nil {
		return survey.Reach{}, fiber.ErrNotFound
	}
	return survey.Everywhere().In(form.Family), nil
}

// AboutEveryUnit is for acts that concern every unit and have no family.
func AboutEveryUnit(*fiber.Ctx) (survey.Reach, error) { return survey.Everywhere(), nil }

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
		if route.StepUp {
			if passed, err := a.stepUp(c, who); !passed {
				return err
			}
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
