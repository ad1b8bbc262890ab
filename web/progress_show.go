package web

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
	"hailong/survey/campaigns"
)

// progressPage is what was collected against what is required, within the
// person's scope.
type progressPage struct {
	StaffPage
	Campaign  *survey.Campaign
	At        time.Time
	Collected int
	Required  int // 0: there is no plan
	Cells     []progressRow
	Channels  []progressRow
	Surveyors []progressSurveyor
	Days      []progressRow // the last two weeks, the newest first
	Forecast  forecast
}

// progressSurveyor is a surveyor with what supervisors found.
type progressSurveyor struct {
	progressRow
	Today            int
	Forecast         forecast
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

// paceDays is how far back the pace is measured.
const paceDays = 14

// forecast is when a plan is fulfilled if the pace of the last days goes on.
type forecast struct {
	State string  // a key: "progress.forecast." and done, none, by, late
	Pace  float64 // responses a day
	Days  int     // that the pace was measured over
	On    survey.Date
}

// foresee looks ahead from counts by day. Of a campaign that was closed there is
// nothing to foresee.
func foresee(byDay map[survey.Date]int, missing int, campaign *survey.Campaign, today survey.Date) forecast {
	period := campaign.Period
	f := forecast{State: "progress.forecast.none"}
	switch {
	case missing == 0:
		f.State = "progress.forecast.done"
		return f
	case campaign.State != survey.Draft && campaign.State != survey.Open:
		f.State = "progress.forecast.over"
		return f
	}
	since := survey.DateOf(today.Time().AddDate(0, 0, 1-paceDays))
	since = max(since, period.From)
	last := today
	if period.To != "" {
		last = min(today, period.To)
	}
	f.Days = int(last.Time().Sub(since.Time()).Hours()/24+0.5) + 1
	n := 0
	for day, count := range byDay {
		if day >= since && day <= last {
			n += count
		}
	}
	if f.Days < 1 || n == 0 {
		return f
	}
	f.Pace = float64(n) / float64(f.Days)
	days := math.Ceil(float64(missing) / f.Pace)
	if days > 3650 {
		return f
	}
	f.On = survey.DateOf(today.Time().AddDate(0, 0, int(days)))
	f.State = "progress.forecast.by"
	if period.To != "" && f.On > period.To {
		f.State = "progress.forecast.late"
	}
	return f
}

func (s *Server) progressShow(c *fiber.Ctx, who *signedIn) error {
	campaign, err := s.campaignOf(c)
	if err != nil {
		return err
	}
	plan, err := s.fieldwork.Plan(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	tally, err := s.fieldwork.Tally(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	title := campaign.Title.In(viewOf(c).Lang)
	page := progressPage{
		StaffPage: s.staffPage(c, who, "progress.title", "/staff/campaigns", "campaign.list", campaignPath(campaign.ID), title),
		Campaign:  &campaign, At: tally.At,
	}
	catalog, l := s.Catalog(), s.Views.locales[page.Lang]
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
		row := progressRow{Name: s.cellName(cell, page.Lang), Required: cell.Required}
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
		page.Forecast = foresee(byDay, missing, &campaign, s.today())
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
	for back := range paceDays {
		day := survey.DateOf(s.today().Time().AddDate(0, 0, -back))
		page.Days = append(page.Days, progressRow{Day: day, Collected: byDay[day]})
		best = max(best, byDay[day])
	}
	for i := range page.Days {
		page.Days[i].Required = best
	}
	if page.Surveyors, err = s.progressSurveyors(c.UserContext(), who, &campaign, &plan, &tally); err != nil {
		return err
	}
	slices.SortStableFunc(page.Cells, func(a, b progressRow) int { return b.Missing() - a.Missing() })
	return s.render(c, fiber.StatusOK, "staff/progress", page)
}

// progressSurveyors joins what surveyors keyed in within the person's scope
// with what they are to: the plan's quota, or else the forms handed out.
func (s *Server) progressSurveyors(ctx context.Context, who *signedIn, campaign *survey.Campaign, plan *campaigns.Plan, tally *campaigns.Tally) ([]progressSurveyor, error) {
	catalog, today := s.Catalog(), s.today()
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
	batches, err := s.batches.All(ctx)
	if err != nil {
		return nil, err
	}
	for i := range batches {
		unit, family := batchScope(s.Catalog(), &batches[i])
		if batches[i].Campaign == campaign.ID && who.Covers(catalog, unit, family) {
			row(batches[i].Surveyor).Required += batches[i].Forms
		}
	}
	for _, q := range plan.Quotas {
		if q.Surveyor != "" && who.User.Grant.Everywhere() {
			row(q.Surveyor).Required = q.Required
		}
	}
	rechecks, err := s.rechecks.Campaign(ctx, campaign.ID, s.unitsOf(who, campaign))
	if err != nil {
		return nil, err
	}
	for i := range rechecks {
		x := &rechecks[i]
		r := row(x.Surveyor)
		r.Drawn, r.Done, r.Bad, r.Failed = len(x.Drawn), x.Done(), x.Bad(), x.Failed()
	}
	names, err := s.namesOf(ctx)
	if err != nil {
		return nil, err
	}
	var list []progressSurveyor
	for login, r := range rows {
		r.Name, r.Today = names(login), byDay[login][today]
		if r.Required > 0 {
			r.Forecast = foresee(byDay[login], r.Missing(), campaign, today)
		}
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b progressSurveyor) int {
		return cmp.Or(b.Missing()-a.Missing(), strings.Compare(a.Name, b.Name))
	})
	return list, nil
}
