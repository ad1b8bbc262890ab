package campaigns

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/web/page"
	"hailong/web/staff"
)

// progressPage is what was collected against what is required, within the
// person's scope.
type progressPage struct {
	staff.StaffPage
	Campaign  *survey.Campaign
	At        time.Time
	Collected int
	Required  int // 0: there is no plan
	Cells     []progressRow
	Channels  []progressRow
	Surveyors []progressSurveyor
	Days      []progressRow // the last two weeks, the newest first
	Forecast  campaigns.Forecast
}

// progressSurveyor is a surveyor with what supervisors found.
type progressSurveyor struct {
	progressRow
	Today            int
	Forecast         campaigns.Forecast
	Drawn, Done, Bad int // re-checks
	Failed           bool
}

// progressRow is a bar.
type progressRow struct {
	Name      string
	Day       survey.Date
	Collected int
	Required  int // of a cell or quota; of a day the best day; 0: none
}

// Missing is how many are still to come.
func (r progressRow) Missing() int { return max(0, r.Required-r.Collected) }

// Percent is how much of what is required was collected, at most 100.
func (r progressRow) Percent() int {
	if r.Required == 0 {
		return 0
	}
	return min(100, 100*r.Collected/r.Required)
}

func (h *Handlers) progressShow(c *fiber.Ctx, who *staff.SignedIn) error {
	campaign, err := h.CampaignOf(c)
	if err != nil {
		return err
	}
	plan, err := h.campaigns.Plan(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	tally, err := h.campaigns.Tally(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	title := campaign.Title.In(page.ViewOf(c).Lang)
	page := progressPage{
		StaffPage: h.StaffPage(c, who, "progress.title", "/staff/campaigns", "campaign.list", staff.CampaignPath(campaign.ID), title),
		Campaign:  &campaign, At: tally.At,
	}
	catalog, l := h.Catalog(), h.Views.Locales[page.Lang]
	byDay, byChannel, byUnit := map[survey.Date]int{}, map[survey.Channel]int{}, map[survey.UnitID]int{}
	for key, n := range tally.Counts {
		if who.Covers(catalog, key.Unit, campaign.Family) {
			page.Collected += n
			byDay[key.Day] += n
			byChannel[key.Channel] += n
			byUnit[key.Unit] += n
		}
	}
	missing := 0
	for _, cell := range plan.Cells {
		if !who.Covers(catalog, cell.Unit, campaign.Family) {
			continue
		}
		row := progressRow{Name: h.CellName(cell, page.Lang), Required: cell.Required}
		for key, n := range tally.Counts {
			if (cell.Sector == "" || cell.Sector == key.Sector) && catalog.Within(key.Unit, cell.Unit) {
				row.Collected += n
			}
		}
		page.Required += cell.Required
		missing += row.Missing()
		page.Cells = append(page.Cells, row)
	}
	if len(page.Cells) == 0 { // without a plan: what came from where
		for i := range catalog.Units {
			if u := &catalog.Units[i]; byUnit[u.ID] > 0 {
				page.Cells = append(page.Cells, progressRow{Name: u.Name.In(page.Lang), Collected: byUnit[u.ID]})
			}
		}
	} else {
		page.Forecast = campaigns.Foresee(byDay, missing, &campaign, h.Today())
	}
	for _, channel := range survey.Channels {
		row := progressRow{Name: l.T("channel." + string(channel)), Collected: byChannel[channel]}
		for _, q := range plan.Quotas {
			if q.Channel == channel && q.Surveyor == "" && who.User.Grant.Everywhere() {
				row.Required += q.Required
			}
		}
		if row.Collected > 0 || row.Required > 0 {
			page.Channels = append(page.Channels, row)
		}
	}
	best := 0
	for back := range campaigns.PaceDays {
		day := survey.DateOf(h.Today().Time().AddDate(0, 0, -back))
		page.Days = append(page.Days, progressRow{Day: day, Collected: byDay[day]})
		best = max(best, byDay[day])
	}
	for i := range page.Days {
		page.Days[i].Required = best
	}
	if page.Surveyors, err = h.progressSurveyors(c.UserContext(), who, &campaign, &plan, &tally); err != nil {
		return err
	}
	slices.SortStableFunc(page.Cells, func(a, b progressRow) int { return b.Missing() - a.Missing() })
	return h.Render(c, fiber.StatusOK, "staff/progress", page)
}

// progressSurveyors joins what surveyors keyed in within the person's scope
// with what they are to: the plan's quota, or else the forms handed out.
func (h *Handlers) progressSurveyors(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, plan *campaigns.Plan, tally *campaigns.Tally) ([]progressSurveyor, error) {
	catalog, today := h.Catalog(), h.Today()
	rows := map[survey.Login]*progressSurveyor{}
	row := func(login survey.Login) *progressSurveyor {
		if rows[login] == nil {
			rows[login] = &progressSurveyor{}
		}
		return rows[login]
	}
	byDay := map[survey.Login]map[survey.Date]int{}
	for key, n := range tally.Counts {
		if key.By == "" || !who.Covers(catalog, key.Unit, campaign.Family) {
			continue
		}
		row(key.By).Collected += n
		if byDay[key.By] == nil {
			byDay[key.By] = map[survey.Date]int{}
		}
		byDay[key.By][key.Day] += n
	}
	batches, err := h.batches.All(ctx)
	if err != nil {
		return nil, err
	}
	for i := range batches {
		unit, family := staff.BatchScope(h.Catalog(), &batches[i])
		if batches[i].Campaign == campaign.ID && who.Covers(catalog, unit, family) {
			row(batches[i].Surveyor).Required += batches[i].Forms
		}
	}
	for _, q := range plan.Quotas {
		if q.Surveyor != "" && who.User.Grant.Everywhere() {
			row(q.Surveyor).Required = q.Required
		}
	}
	rechecks, err := h.rechecks.Campaign(ctx, campaign.ID, h.UnitsOf(who, campaign))
	if err != nil {
		return nil, err
	}
	for i := range rechecks {
		x := &rechecks[i]
		r := row(x.Surveyor)
		r.Drawn, r.Done, r.Bad, r.Failed = len(x.Drawn), x.Done(), x.Bad(), x.Failed()
	}
	names, err := h.NamesOf(ctx)
	if err != nil {
		return nil, err
	}
	var list []progressSurveyor
	for login, r := range rows {
		r.Name, r.Today = names(login), byDay[login][today]
		if r.Required > 0 {
			r.Forecast = campaigns.Foresee(byDay[login], r.Missing(), campaign, today)
		}
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b progressSurveyor) int {
		return cmp.Or(b.Missing()-a.Missing(), strings.Compare(a.Name, b.Name))
	})
	return list, nil
}
