package web

import (
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hailong/qr"
	"hailong/survey"
)

// linkIssuePage is where a clerk makes the link of a dossier and shows or
// prints it.
type linkIssuePage struct {
	StaffPage
	Form   form
	Points []option
	Rows   []linkRow
	Days   int
	Issued *issuedLink
}

type linkRow struct {
	Name string
	survey.LinkCounts
}

// issuedLink is a link as it is handed over.
type issuedLink struct {
	survey.Issued
	Address string
	Place   survey.Text
	Code    template.HTML
}

func (s *Server) linkNew(c *fiber.Ctx, who *signedIn) error {
	return s.linkIssueShow(c, who, fiber.StatusOK, linkIssuePage{Form: formWith("point", parameter(c, "point"))})
}

func (s *Server) linkIssueShow(c *fiber.Ctx, who *signedIn, status int, page linkIssuePage) error {
	page.StaffPage = s.staffPage(c, who, "link.title")
	rules, err := s.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	counts, err := s.links.Counts(c.UserContext())
	if err != nil {
		return err
	}
	page.Days = rules.Days
	catalog := s.config.Catalog()
	for i := range catalog.Points {
		p := &catalog.Points[i]
		if !who.User.Grant.MayLink(catalog, p) {
			continue
		}
		name := s.pointName(p, page.Lang)
		if !p.Off {
			page.Points = append(page.Points, option{Value: string(p.Code), Label: name})
		}
		if n := counts[p.Code]; n.Issued > 0 {
			page.Rows = append(page.Rows, linkRow{name, n})
		}
	}
	return s.render(c, status, "staff/links", page)
}

// pointName tells points of a unit apart.
func (s *Server) pointName(p *survey.Point, lang survey.Lang) string {
	catalog := s.config.Catalog()
	name := string(p.Unit)
	if unit := catalog.UnitOn(p.Unit, s.today()); unit != nil {
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

func (s *Server) linkCreate(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	point := survey.PointCode(typed.Value("point"))
	if p := s.config.Catalog().Point(point); p == nil || !who.User.Grant.MayLink(s.config.Catalog(), p) {
		point = "" // outside the scope is as good as not there
	}
	issued, err := s.links.Issue(c.UserContext(), who.Actor(), typed.Value("dossier"), point)
	if err != nil {
		f := failureOf(err, requestID(c))
		if f.Kind == survey.Closed {
			typed.errors = map[string]survey.Message{"point": f.Message}
			return s.linkIssueShow(c, who, fiber.StatusUnprocessableEntity, linkIssuePage{Form: typed})
		}
		if wrong, ok := typed.wrong(err); ok {
			return s.linkIssueShow(c, who, fiber.StatusUnprocessableEntity, linkIssuePage{Form: wrong})
		}
		return err
	}
	// The dossier's code is not shown again: the next person may see the screen.
	shown := &issuedLink{Issued: issued, Address: s.publicURL(c) + linkPath(issued.Secret), Place: s.placeOf(point)}
	l := s.views.locales[viewOf(c).Lang]
	svg, err := qr.SVG(shown.Address, qr.Options{Size: 320, Title: l.T("link.code")})
	if err != nil {
		return err
	}
	shown.Code = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	return s.linkIssueShow(c, who, fiber.StatusOK, linkIssuePage{Form: formWith("point", string(point)), Issued: shown})
}

// linkRulesPage is what the administrator decides about links.
type linkRulesPage struct {
	StaffPage
	Form     form
	Conflict *conflict
}

func (s *Server) linkRulesEdit(c *fiber.Ctx, who *signedIn) error {
	rules, err := s.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	return s.linkRulesShow(c, who, fiber.StatusOK, linkRulesPage{Form: formWith(
		"pattern", rules.Pattern, "days", strconv.Itoa(rules.Days), "rev", strconv.FormatInt(rules.Rev, 10))})
}

func (s *Server) linkRulesShow(c *fiber.Ctx, who *signedIn, status int, page linkRulesPage) error {
	page.StaffPage = s.staffPage(c, who, "link.rules", "/staff/links", "link.title")
	return s.render(c, status, "staff/link_rules", page)
}

func (s *Server) linkRulesSave(c *fiber.Ctx, who *signedIn) error {
	typed := formOf(c)
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	days, _ := strconv.Atoi(typed.Value("days"))           // 0 is refused
	err := s.links.SetRules(c.UserContext(), who.Actor(), rev, typed.Value("pattern"), days)
	if err == nil {
		return s.done(c, "/staff/links", "link_rules")
	}
	if wrong, ok := typed.wrong(err); ok {
		return s.linkRulesShow(c, who, fiber.StatusUnprocessableEntity, linkRulesPage{Form: wrong})
	}
	if survey.KindOf(err) != survey.Conflict {
		return err
	}
	stored, err := s.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	both := &conflict{Rev: stored.Rev, Reload: "/staff/links/rules"}
	both.add("link.pattern", typed.Value("pattern"), stored.Pattern)
	both.add("link.days", typed.Value("days"), strconv.Itoa(stored.Days))
	typed.values.Set("rev", strconv.FormatInt(stored.Rev, 10))
	return s.linkRulesShow(c, who, fiber.StatusConflict, linkRulesPage{Form: typed, Conflict: both})
}
