package sampling

import (
	"math"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/sampling"
	"hailong/web/page"
	"hailong/web/staff"
)

// sampleShowPage is what a campaign drew and how the visits go, within the
// person's scope.
type sampleShowPage struct {
	staff.BasePage
	Campaign   *survey.Campaign
	Sample     sampling.Sample
	Draws      []drawView
	Total      countRow
	Units      countTable
	Surveyors  countTable
	EraseOn    survey.Date
	Unassigned int     // rows in force that nobody visits
	Expected   float64 // share of those drawn that the plan's reserve makes up for
	Planned    bool
	Real       float64 // share of ended rows without an answer, wrong addresses left out
	Ended      int
	Form       page.Form // of how long contacts are kept
}

// ExpectedPercent is Expected in per cent, to a tenth.
func (p sampleShowPage) ExpectedPercent() float64 { return math.Round(p.Expected*1000) / 10 }

// RealPercent is Real in per cent, to a tenth.
func (p sampleShowPage) RealPercent() float64 { return math.Round(p.Real*1000) / 10 }

// drawView is a draw with its strata's names.
type drawView struct {
	sampling.Draw
	Strata []stratumRow
	Stored int // rows that are there; fewer than Rows after an interruption
}

// countRow is a line of a table of outcomes.
type countRow struct {
	Name string
	sampling.OutcomeCounts
}

// Of is how many rows have an outcome.
func (r countRow) Of(o sampling.Outcome) int { return r.By[o] }

// Share is the response rate, 0 where there is none.
func (r countRow) Share() float64 { rate, _ := r.Rate(); return rate }

// HasRate reports whether there is a response rate.
func (r countRow) HasRate() bool { _, ok := r.Rate(); return ok }

// countTable is a table of outcomes. Head is the key of its first column.
type countTable struct {
	Head string
	Rows []countRow
}

// Outcomes are its columns.
func (countTable) Outcomes() []sampling.Outcome { return sampling.Outcomes }

// Whole reports whether a draw was stored in full.
func (d drawView) Whole() bool { return d.Stored == d.Rows }

// rowsOf are the rows of a campaign within the person's scope.
func (h *Handlers) rowsOf(c *fiber.Ctx, who *staff.SignedIn, campaign *survey.Campaign) ([]sampling.Drawn, error) {
	rows, err := h.samples.Rows(c.UserContext(), campaign.ID)
	known := h.Catalog()
	return slices.DeleteFunc(rows, func(d sampling.Drawn) bool { return !who.Covers(known, survey.OfUnit(d.Unit).In(campaign.Family)) }), err
}

func (h *Handlers) sampleShow(c *fiber.Ctx, who *staff.SignedIn) error {
	return h.sampleShowWith(c, who, fiber.StatusOK, nil)
}

// sampleShowWith shows the sample, with the form of days as it was typed.
func (h *Handlers) sampleShowWith(c *fiber.Ctx, who *staff.SignedIn, status int, keep *page.Form) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	sample, err := h.samples.Sample(ctx, campaign.ID)
	if err != nil {
		return err
	}
	rows, err := h.rowsOf(c, who, &campaign)
	if err != nil {
		return err
	}
	plan, err := h.campaigns.Plan(ctx, campaign.ID)
	if err != nil {
		return err
	}
	names, err := h.NamesOf(ctx)
	if err != nil {
		return err
	}
	page := sampleShowPage{
		BasePage: h.NewPage(c, who, "sample.title", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), campaign.Title.In(page.ViewOf(c).Lang)),
		Campaign: &campaign, Sample: sample, EraseOn: sample.EraseOn(&campaign), Form: keepForm(&sample),
	}
	page.URLPath = samplePath(campaign.ID)
	if keep != nil {
		page.Form = *keep
	}
	page.Expected, page.Planned = plan.ReserveShare()
	counts := sample.CountVisits(rows)
	h.fillCounts(&page, &counts, names)
	if len(who.User.Grant.Scope.Units) > 0 { // who sees a part cannot tell whether a draw is there in full
		counts.Stored = nil
	}
	page.Draws = h.drawViews(sample.Draws, counts.Stored, page.Lang)
	return h.Render(c, status, "staff/sample", page)
}

// fillCounts puts the counts of the visits into a page, under the names of
// units and people.
func (h *Handlers) fillCounts(page *sampleShowPage, counts *sampling.VisitCounts, names func(survey.Login) string) {
	known, l := h.Catalog(), h.Views.Locales[page.Lang]
	page.Total.OutcomeCounts = counts.Total
	page.Unassigned, page.Ended, page.Real = counts.Unassigned, counts.Ended, counts.Nonresponse()
	page.Units = countTable{"sample.unit", countRows(counts.Units, func(id survey.UnitID) string {
		if u := known.Unit(id); u != nil {
			return u.Name.In(page.Lang)
		}
		return string(id)
	})}
	page.Surveyors = countTable{"sample.surveyor", countRows(counts.Surveyors, func(login survey.Login) string {
		if login == "" {
			return l.T("sample.nobody")
		}
		return names(login)
	})}
	if len(page.Units.Rows) > 1 {
		page.Total.Name = l.T("sample.total")
		page.Units.Rows = append(page.Units.Rows, page.Total)
	}
}

// drawViews are draws with the names of their strata. stored is how many rows
// of each are there; nil: not known, and not doubted.
func (h *Handlers) drawViews(draws []sampling.Draw, stored map[int]int, lang survey.Lang) []drawView {
	views := make([]drawView, 0, len(draws))
	for _, d := range draws {
		view := drawView{Draw: d, Stored: d.Rows}
		if stored != nil {
			view.Stored = stored[d.Number]
		}
		for _, stratum := range d.Strata {
			view.Strata = append(view.Strata, stratumRow{stratum, h.stratumLabel(stratum, lang)})
		}
		views = append(views, view)
	}
	return views
}

// countRows are the lines of a table by name.
func countRows[K comparable](by map[K]*sampling.OutcomeCounts, name func(K) string) []countRow {
	var rows []countRow
	for key, counts := range by {
		rows = append(rows, countRow{name(key), *counts})
	}
	slices.SortFunc(rows, func(a, b countRow) int { return strings.Compare(survey.Fold(a.Name), survey.Fold(b.Name)) })
	return rows
}
