package links

import (
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
	"hailong/survey/links"
	"hailong/web/page"
	"hailong/web/staff"
)

// linkIssuePage is where a clerk makes the link of a dossier and shows or
// prints it.
type linkIssuePage struct {
	staff.StaffPage
	Form   page.Form
	Points []page.Option
	Rows   []linkRow
	Days   int
	Issued *issuedLink
}

type linkRow struct {
	Name string
	links.LinkCounts
}

// issuedLink is a link as it is handed over.
type issuedLink struct {
	links.Issued
	Address string
	Place   survey.Text
	Code    template.HTML
}

func (s *Handlers) linkNew(c *fiber.Ctx, who *staff.SignedIn) error {
	return s.linkIssueShow(c, who, fiber.StatusOK, linkIssuePage{Form: page.FormWith("point", page.Parameter(c, "point"))})
}

func (s *Handlers) linkIssueShow(c *fiber.Ctx, who *staff.SignedIn, status int, view linkIssuePage) error {
	view.StaffPage = s.StaffPage(c, who, "link.title")
	rules, err := s.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	counts, err := s.links.Counts(c.UserContext())
	if err != nil {
		return err
	}
	view.Days = rules.Days
	catalog := s.Catalog()
	for i := range catalog.Points {
		p := &catalog.Points[i]
		if !links.MayLink(catalog, who.User.Grant, p) {
			continue
		}
		name := s.pointName(p, view.Lang)
		if !p.Off {
			view.Points = append(view.Points, page.Option{Value: string(p.Code), Label: name})
		}
		if n := counts[p.Code]; n.Issued > 0 {
			view.Rows = append(view.Rows, linkRow{name, n})
		}
	}
	return s.Render(c, status, "staff/links", view)
}

// pointName tells points of a unit apart.
func (s *Handlers) pointName(p *survey.Point, lang survey.Lang) string {
	catalog := s.Catalog()
	name := string(p.Unit)
	if unit := catalog.UnitOn(p.Unit, s.Today()); unit != nil {
		name = unit.Name.In(lang)
	}
	if label := p.Label.In(lang); label != "" {
		name += " · " + label
	} else if sector := catalog.Sector(p.Sector); sector != nil {
		name += " · " + sector.Name.In(lang)
	}
	if form := catalog.Latest(p.Form); form != nil {
		name += " – " + form.Title.In(lang)
	}
	return name
}

func (s *Handlers) linkCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	point := survey.PointCode(typed.Value("point"))
	if p := s.Catalog().Point(point); p == nil || !links.MayLink(s.Catalog(), who.User.Grant, p) {
		point = "" // outside the scope is as good as not there
	}
	issued, err := s.links.Issue(c.UserContext(), who.Actor(), typed.Value("dossier"), point)
	if err != nil {
		f := page.FailureOf(err, page.RequestID(c))
		if f.Kind == survey.Closed {
			typed.FieldErrors = map[string]survey.Message{"point": f.Message}
			return s.linkIssueShow(c, who, fiber.StatusUnprocessableEntity, linkIssuePage{Form: typed})
		}
		if wrong, ok := typed.Wrong(err); ok {
			return s.linkIssueShow(c, who, fiber.StatusUnprocessableEntity, linkIssuePage{Form: wrong})
		}
		return err
	}
	// The dossier's code is not shown again: the next person may see the screen.
	shown := &issuedLink{Issued: issued, Address: s.BaseURL(c) + page.LinkPath(issued.Secret), Place: s.PlaceOf(point)}
	l := s.Views.Locales[page.ViewOf(c).Lang]
	svg, err := qr.SVG(shown.Address, qr.Options{Size: 320, Title: l.T("link.code")})
	if err != nil {
		return err
	}
	shown.Code = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	return s.linkIssueShow(c, who, fiber.StatusOK, linkIssuePage{Form: page.FormWith("point", string(point)), Issued: shown})
}

// linkRulesPage is what the administrator decides about links.
type linkRulesPage struct {
	staff.StaffPage
	Form     page.Form
	Conflict *staff.Conflict
}

func (s *Handlers) linkRulesEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	rules, err := s.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	return s.linkRulesShow(c, who, fiber.StatusOK, linkRulesPage{Form: page.FormWith(
		"pattern", rules.Pattern, "days", strconv.Itoa(rules.Days), "rev", strconv.FormatInt(rules.Rev, 10))})
}

func (s *Handlers) linkRulesShow(c *fiber.Ctx, who *staff.SignedIn, status int, page linkRulesPage) error {
	page.StaffPage = s.StaffPage(c, who, "link.rules", "/staff/links", "link.title")
	return s.Render(c, status, "staff/link_rules", page)
}

func (s *Handlers) linkRulesSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	days, _ := strconv.Atoi(typed.Value("days"))           // 0 is refused
	err := s.links.SetRules(c.UserContext(), who.Actor(), rev, typed.Value("pattern"), days)
	if err == nil {
		return s.Done(c, "/staff/links", "link_rules")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return s.linkRulesShow(c, who, fiber.StatusUnprocessableEntity, linkRulesPage{Form: wrong})
	}
	if survey.KindOf(err) != survey.Conflict {
		return err
	}
	stored, err := s.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	both := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/links/rules"}
	both.Add("link.pattern", typed.Value("pattern"), stored.Pattern)
	both.Add("link.days", typed.Value("days"), strconv.Itoa(stored.Days))
	typed.Typed.Set("rev", strconv.FormatInt(stored.Rev, 10))
	return s.linkRulesShow(c, who, fiber.StatusConflict, linkRulesPage{Form: typed, Conflict: both})
}
