package slips

import (
	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/slips"
	"hailong/web/page"
	"hailong/web/staff"
)

// shownDays is how far back slips are compared with transactions.
const shownDays = 31

// slipListPage is where slips are issued, and compared with the transactions that
// offices report.
type slipListPage struct {
	staff.BasePage
	Form         page.Form
	Rules        slips.Rules
	Most         int // at once
	Points       []page.Choice
	Mine         []issuedBatch // of today
	Compared     []comparison
	Transactions bool // they are known to somebody
}

// issuedBatch is a batch that can be printed again.
type issuedBatch struct {
	slips.SlipBatch
	Path, Place string
}

// comparison is the days of a point.
type comparison struct {
	Place string
	Days  []slips.PointDay
}

func (h *Handlers) slipList(c *fiber.Ctx, who *staff.SignedIn) error {
	form := page.FormWith("point", page.Parameter(c, "point"), "count", "24", "request", page.NewIdempotencyKey())
	return h.listShow(c, who, fiber.StatusOK, form)
}

func (h *Handlers) listShow(c *fiber.Ctx, who *staff.SignedIn, status int, form page.Form) (err error) {
	view := slipListPage{BasePage: h.NewPage(c, who, "slip.title"), Form: form, Transactions: h.slips.Transactions != nil}
	if view.Rules, err = h.slips.Rules(c.UserContext()); err != nil {
		return err
	}
	view.Most = min(view.Rules.Most, slips.MostAtOnce)
	today := h.Today()
	days, err := h.slips.Compare(c.UserContext(), survey.DateOf(h.Now().AddDate(0, 0, -shownDays)), today)
	if err != nil {
		return err
	}
	places := map[survey.PointCode]string{}
	catalog := h.Catalog()
	for i := range catalog.Points {
		p := &catalog.Points[i]
		if !slips.MayIssue(catalog, who.User.Grant, p) || p.Channel == survey.ChannelPaper {
			continue
		}
		places[p.Code] = h.PointName(p, view.Lang)
		if !p.Off {
			view.Points = append(view.Points, page.Choice{Value: string(p.Code), Label: places[p.Code]})
		}
		if compared := days[p.Code]; len(compared) > 0 {
			view.Compared = append(view.Compared, comparison{places[p.Code], compared})
		}
	}
	mine, err := h.slips.Mine(c.UserContext(), who.Actor(), today)
	if err != nil {
		return err
	}
	for _, issue := range mine {
		for _, b := range issue.Batches {
			view.Mine = append(view.Mine, issuedBatch{b, batchPath(issue.Point, issue.Day, b.ID), places[issue.Point]})
		}
	}
	return h.Render(c, status, "staff/slips", view)
}
