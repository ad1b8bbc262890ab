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
	staff.BasePage
	Form   page.Form
	Points []page.Choice
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

func (h *Handlers) linkNew(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.linkIssueShow(c, who, fiber.StatusOK, linkIssuePage{Form: page.FormWith("point", page.Parameter(c, "point"))})
}

func (h *Handlers) linkIssueShow(c *fiber.Ctx, who *staff.SignedIn, status int, view linkIssuePage) error {
	view.BasePage = h.NewPage(c, who, "link.title")
	rules, err := h.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	counts, err := h.links.Counts(c.UserContext())
	if err != nil {
		return err
	}
	view.Days = rules.Days
	catalog := h.Catalog()
	for i := range catalog.Points {
		p := &catalog.Points[i]
		if !links.MayLink(catalog, who.User.Grant, p) {
			continue
		}
		name := h.pointName(p, view.Lang)
		if !p.Off {
			view.Points = append(view.Points, page.Choice{Value: string(p.Code), Label: name})
		}
		if n := counts[p.Code]; n.Issued > 0 {
			view.Rows = append(view.Rows, linkRow{name, n})
		}
	}
	return h.Render(c, status, "staff/links", view)
}

// pointName tells points of a unit apart.
func (h *Handlers) pointName(p *survey.Point, lang survey.Lang) string {
	catalog := h.Catalog()
	name := string(p.Unit)
	if unit := catalog.UnitOn(p.Unit, h.Today()); unit != nil {
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

func (h *Handlers) linkCreate(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	point := survey.PointCode(typed.Value("point"))
	if p := h.Catalog().Point(point); p == nil || !links.MayLink(h.Catalog(), who.User.Grant, p) {
		point = "" // outside the scope is as good as not there
	}
	issued, err := h.links.Issue(c.UserContext(), who.Actor(), typed.Value("dossier"), point)
	if err != nil {
		f := page.FailureOf(err, page.RequestID(c))
		if f.Kind == survey.Closed {
			typed.FieldErrors = map[string]survey.Message{"point": f.Message}
			return h.linkIssueShow(c, who, fiber.StatusUnprocessableEntity, linkIssuePage{Form: typed})
		}
		if wrong, ok := typed.Wrong(err); ok {
			return h.linkIssueShow(c, who, fiber.StatusUnprocessableEntity, linkIssuePage{Form: wrong})
		}
		return err
	}
	// The dossier's code is not shown again: the next person may see the screen.
	shown := &issuedLink{Issued: issued, Address: h.BaseURL(c) + page.LinkPath(issued.Secret), Place: h.PlaceOf(point)}
	l := h.Views.Locales[page.ViewOf(c).Lang]
	svg, err := qr.SVG(shown.Address, qr.Options{Size: 320, Title: l.T("link.code")})
	if err != nil {
		return err
	}
	shown.Code = template.HTML(svg) //nolint:gosec // package qr escapes what it draws
	return h.linkIssueShow(c, who, fiber.StatusOK, linkIssuePage{Form: page.FormWith("point", string(point)), Issued: shown})
}

// linkRulesPage is what the administrator decides about links.
type linkRulesPage struct {
	staff.BasePage
	Form     page.Form
	Conflict *staff.Conflict
}

func (h *Handlers) linkRulesEdit(c *fiber.Ctx, who *staff.SignedIn) error {
	rules, err := h.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	return h.linkRulesShow(c, who, fiber.StatusOK, linkRulesPage{Form: page.FormWith(
		"pattern", rules.Pattern, "days", strconv.Itoa(rules.Days), "rev", strconv.FormatInt(rules.Rev, 10))})
}

func (h *Handlers) linkRulesShow(c *fiber.Ctx, who *staff.SignedIn, status int, page linkRulesPage) error {
	page.BasePage = h.NewPage(c, who, "link.rules", "/staff/links", "link.title")
	return h.Render(c, status, "staff/link_rules", page)
}

func (h *Handlers) linkRulesSave(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	rev, _ := strconv.ParseInt(typed.Value("rev"), 10, 64) // 0 is no revision: a conflict
	days, _ := strconv.Atoi(typed.Value("days"))           // 0 is refused
	err := h.links.SetRules(c.UserContext(), who.Actor(), rev, typed.Value("pattern"), days)
	if err == nil {
		return h.Done(c, "/staff/links", "link_rules")
	}
	if wrong, ok := typed.Wrong(err); ok {
		return h.linkRulesShow(c, who, fiber.StatusUnprocessableEntity, linkRulesPage{Form: wrong})
	}
	if !survey.Is(err, survey.Conflict) {
		return err
	}
	stored, err := h.links.Rules(c.UserContext())
	if err != nil {
		return err
	}
	conflict := &staff.Conflict{Rev: stored.Rev, Reload: "/staff/links/rules"}
	conflict.Add("link.pattern", typed.Value("pattern"), stored.Pattern)
	conflict.Add("link.days", typed.Value("days"), strconv.Itoa(stored.Days))
	typed.Typed.Set("rev", strconv.FormatInt(stored.Rev, 10))
	return h.linkRulesShow(c, who, fiber.StatusConflict, linkRulesPage{Form: typed, Conflict: conflict})
}
