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
	staff.StaffPage
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
	sampling.Fieldcount
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
	return slices.DeleteFunc(rows, func(d sampling.Drawn) bool { return !who.Covers(known, d.Unit, campaign.Family) }), err
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
		StaffPage: h.StaffPage(c, who, "sample.title", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), campaign.Title.In(page.ViewOf(c).Lang)),
		Campaign:  &campaign, Sample: sample, EraseOn: sample.EraseOn(&campaign), Form: keepForm(&sample),
	}
	page.URLPath = samplePath(campaign.ID)
	if keep != nil {
		page.Form = *keep
	}
	stored := map[int]int{}
	byUnit, bySurveyor := map[survey.UnitID]*countRow{}, map[survey.Login]*countRow{}
	line := func(at *countRow, name string, d *sampling.Drawn) *countRow {
		if at == nil {
			at = &countRow{Name: name}
		}
		at.Add(d)
		return at
	}
	known, l := h.Catalog(), h.Views.Locales[page.Lang]
	called := func(login survey.Login) string {
		if login == "" {
			return l.T("sample.nobody")
		}
		return names(login)
	}
	answered := 0
	for i := range rows {
		d := &rows[i]
		stored[d.Draw]++
		page.Total.Add(d)
		name := string(d.Unit)
		if u := known.Unit(d.Unit); u != nil {
			name = u.Name.In(page.Lang)
		}
		byUnit[d.Unit] = line(byUnit[d.Unit], name, d)
		if !d.InForce() {
			continue
		}
		login := sample.SurveyorOf(d.Place)
		bySurveyor[login] = line(bySurveyor[login], called(login), d)
		if login == "" && d.Due() {
			page.Unassigned++
		}
		if d.Ended() && d.Outcome() != sampling.WrongAddress {
			page.Ended++
			if d.Outcome() == sampling.Answered {
				answered++
			}
		}
	}
	if page.Ended > 0 {
		page.Real = 1 - float64(answered)/float64(page.Ended)
	}
	required, reserve := 0, 0
	for _, cell := range plan.Cells {
		required, reserve = required+cell.Required, reserve+cell.Reserve
	}
	if page.Planned = required > 0; page.Planned {
		page.Expected = float64(reserve) / float64(required+reserve)
	}
	page.Units, page.Surveyors = countTable{"sample.unit", countRows(byUnit)}, countTable{"sample.surveyor", countRows(bySurveyor)}
	if len(page.Units.Rows) > 1 {
		page.Total.Name = l.T("sample.total")
		page.Units.Rows = append(page.Units.Rows, page.Total)
	}
	for _, d := range sample.Draws {
		view := drawView{Draw: d, Stored: stored[d.Number]}
		if len(who.User.Grant.Scope.Units) > 0 { // who sees a part cannot tell
			view.Stored = d.Rows
		}
		for _, stratum := range d.Strata {
			view.Strata = append(view.Strata, stratumRow{stratum, h.stratumLabel(stratum, page.Lang)})
		}
		page.Draws = append(page.Draws, view)
	}
	return h.Render(c, status, "staff/sample", page)
}

// countRows are the lines of a table by name.
func countRows[K comparable](by map[K]*countRow) []countRow {
	var rows []countRow
	for _, r := range by {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b countRow) int { return strings.Compare(survey.Fold(a.Name), survey.Fold(b.Name)) })
	return rows
}
