package suspects

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/verification"
	"hailong/web/page"
	"hailong/web/staff"
)

// misusePage is where people say that what verified responses was misused: first what
// and when, then, when they have seen how much that is, why they say so.
type misusePage struct {
	staff.BasePage
	Form     page.Form
	Conflict *staff.Conflict
	Points   []page.Choice
	Reach    *quarantine.MisuseExtent // nil: it is not asked yet
	Asked    quarantine.MisuseRequest // that the extent is of
	Place    string                   // of its point
	Said     []misuseRow              // before, in the person's scope
}

// misuseRow is what was said, and where it is decided about.
type misuseRow struct {
	quarantine.Misuse
	Place     survey.Text
	Campaigns []campaignLink
}

type campaignLink struct {
	Title survey.Text
	Path  string
}

// Proofs are the choices of what was misused.
func (misusePage) Proofs() []page.Choice {
	return staff.WordOptions("misuse.proof.", quarantine.MisusedProofs...)
}

// Fewest is how many of a day are told of at least.
func (misusePage) Fewest() int { return quarantine.Fewest }

// misuseShow asks; with a point, a proof and days it says what would be held.
func (h *Handlers) misuseShow(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormWith()
	for _, name := range []string{"point", "proof", "from", "to"} {
		typed.Typed.Set(name, page.Parameter(c, name))
	}
	if typed.Value("to") == "" {
		typed.Typed.Set("to", string(h.Today()))
	}
	if typed.Value("point") == "" || typed.Value("from") == "" {
		return h.misusePage(c, who, fiber.StatusOK, misusePage{Form: typed})
	}
	return h.misuseAsk(c, who, fiber.StatusOK, typed)
}

// misuseAsk shows what would be held, and asks for a reason.
func (h *Handlers) misuseAsk(c *fiber.Ctx, who *staff.SignedIn, status int, typed page.Form) error {
	r := h.misuseOf(who, typed)
	extent, err := h.quarantine.Extent(c.UserContext(), r)
	if wrong, ok := typed.Wrong(err); ok {
		return h.misusePage(c, who, fiber.StatusUnprocessableEntity, misusePage{Form: wrong})
	}
	if err != nil {
		return err
	}
	return h.misusePage(c, who, status, misusePage{Form: typed, Reach: &extent, Asked: r, Place: h.PlaceOf(r.Point).In(page.ViewOf(c).Lang)})
}

// misuseOf is what a form says. A point outside the scope is as good as not there.
func (h *Handlers) misuseOf(who *staff.SignedIn, typed page.Form) quarantine.MisuseRequest {
	r := quarantine.MisuseRequest{
		Point: survey.PointCode(typed.Value("point")), Proof: survey.Proof(typed.Value("proof")),
		From: survey.Date(typed.Value("from")), To: survey.Date(typed.Value("to")), Reason: typed.Value("reason"),
	}
	if !h.covers(who, r.Point) {
		r.Point = ""
	}
	return r
}

func (h *Handlers) covers(who *staff.SignedIn, code survey.PointCode) bool {
	catalog := h.Catalog()
	point := catalog.Point(code)
	if point == nil {
		return false
	}
	return who.Covers(catalog, catalog.PointReach(point))
}

func (h *Handlers) misuseState(c *fiber.Ctx, who *staff.SignedIn) error {
	typed := page.FormOf(c)
	err := h.quarantine.StateMisuse(c.UserContext(), who.Actor(), h.misuseOf(who, typed))
	if err == nil {
		return h.Done(c, "/staff/misuse", "misuse_stated")
	}
	wrong, ok := typed.Wrong(err)
	if !ok {
		return err
	}
	if _, short := wrong.FieldErrors["reason"]; short && len(wrong.FieldErrors) == 1 {
		return h.misuseAsk(c, who, fiber.StatusUnprocessableEntity, wrong)
	}
	return h.misusePage(c, who, fiber.StatusUnprocessableEntity, misusePage{Form: wrong})
}

func (h *Handlers) misusePage(c *fiber.Ctx, who *staff.SignedIn, status int, view misusePage) (err error) {
	view.BasePage = h.NewPage(c, who, "misuse.title", "/staff/devices", "device.list")
	catalog := h.Catalog()
	for i := range catalog.Points { // those out of use too: it is about the past
		if p := &catalog.Points[i]; p.Channel != survey.ChannelPaper && h.covers(who, p.Code) {
			view.Points = append(view.Points, page.Choice{Value: string(p.Code), Label: string(p.Code) + " · " + h.PointName(p, view.Lang)})
		}
	}
	if view.Said, err = h.misusesSaid(c.UserContext(), who); err != nil {
		return err
	}
	return h.Render(c, status, "staff/misuse", view)
}

// misusesSaid are those at points of a person's scope, the last one first.
func (h *Handlers) misusesSaid(ctx context.Context, who *staff.SignedIn) ([]misuseRow, error) {
	all, err := h.quarantine.Misuses(ctx)
	if err != nil {
		return nil, err
	}
	bursts, err := h.quarantine.Bursts(ctx, "") // of every campaign
	if err != nil {
		return nil, err
	}
	var rows []misuseRow
	for _, m := range all {
		if !h.covers(who, m.Point) {
			continue
		}
		row := misuseRow{Misuse: m, Place: h.PlaceOf(m.Point)}
		seen := map[survey.CampaignID]bool{}
		for i := range bursts {
			b := &bursts[i]
			campaign := h.Catalog().Campaign(b.Campaign)
			held := b.Point == m.Point && m.From <= b.Day && b.Day <= m.To && b.Group(verification.MisuseSign(m.Proof)) != nil
			if held && campaign != nil && !seen[b.Campaign] {
				seen[b.Campaign] = true
				row.Campaigns = append(row.Campaigns, campaignLink{campaign.Title, suspectsPath(b.Campaign)})
			}
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b misuseRow) int { return b.At.Compare(a.At) })
	return rows, nil
}
