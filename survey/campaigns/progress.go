package campaigns

import (
	"context"
	"maps"
	"slices"
	"time"

	"hailong/survey"
)

// Attainment is how many responses were collected of those required.
type Attainment struct {
	Collected int
	Required  int // 0: nothing was required
}

// Missing is how many are still to come.
func (a Attainment) Missing() int { return max(0, a.Required-a.Collected) }

// Percent is how much of what is required was collected, at most 100.
func (a Attainment) Percent() int {
	if a.Required == 0 {
		return 0
	}
	return min(100, 100*a.Collected/a.Required)
}

// Progress is what a campaign collected against what its plan requires, in a
// part of it.
type Progress struct {
	At        time.Time
	Collected int
	Required  int            // 0: there is no plan
	Cells     []CellProgress // of the plan, the most missing first; without a plan, the units that responses came from
	Channels  []ChannelProgress
	Surveyors []SurveyorProgress // by login
	Days      []DayProgress      // the last paceDays, the newest first
	Forecast  Forecast           // where there is a plan
}

// CellProgress is the attainment of a cell.
type CellProgress struct {
	Attainment
	Cell PlanCell
}

// ChannelProgress is the attainment of a channel's quota.
type ChannelProgress struct {
	Attainment
	Channel survey.Channel
}

// SurveyorProgress is what a surveyor entered of what they are to.
type SurveyorProgress struct {
	Attainment
	Surveyor survey.Login
	Today    int
	Forecast Forecast // where something is required
}

// DayProgress is a day beside the best of its days, which stands as required.
type DayProgress struct {
	Attainment
	Day survey.Date
}

// Part is the part of a campaign that somebody sees.
type Part struct {
	Campaign *survey.Campaign
	Covers   func(survey.UnitID) bool // admits the units of the part
	Whole    bool                     // it is the whole campaign: the plan's quotas are of this part
	Forms    map[survey.Login]int     // paper forms handed out to surveyors in the part; a quota of the plan goes before
}

// Progress joins what was collected in a part of a campaign, at most a minute
// late, with what the plan requires of it.
func (cs *Campaigns) Progress(ctx context.Context, part Part) (Progress, error) {
	plan, err := cs.Plan(ctx, part.Campaign.ID)
	if err != nil {
		return Progress{}, err
	}
	tally, err := cs.ResponseCounts(ctx, part.Campaign.ID)
	if err != nil {
		return Progress{}, err
	}
	today := survey.DateOf(cs.now())
	byDay := map[survey.Date]int{}
	for key, n := range tally.Counts {
		if part.Covers(key.Unit) {
			byDay[key.Day] += n
		}
	}
	p := Progress{
		At: tally.At, Collected: tally.Count(part.Covers), Cells: cellProgress(cs.catalog(), &part, &plan, &tally),
		Channels: channelProgress(&part, &plan, &tally), Surveyors: surveyorProgress(&part, &plan, &tally, today), Days: dayProgress(byDay, today),
	}
	if len(p.Cells) == 0 {
		p.Cells = unitProgress(cs.catalog(), &part, &tally)
		return p, nil
	}
	missing := 0
	for _, cell := range p.Cells {
		p.Required, missing = p.Required+cell.Required, missing+cell.Missing()
	}
	p.Forecast = forecast(byDay, missing, part.Campaign, today)
	return p, nil
}

// cellProgress counts for each cell in the part what came from its unit and
// those below it.
func cellProgress(catalog *survey.Catalog, part *Part, plan *Plan, tally *ResponseCounts) []CellProgress {
	var cells []CellProgress
	for _, cell := range plan.Cells {
		if !part.Covers(cell.Unit) {
			continue
		}
		row := CellProgress{Attainment{Required: cell.Required}, cell}
		for key, n := range tally.Counts {
			if (cell.Sector == "" || cell.Sector == key.Sector) && catalog.Within(key.Unit, cell.Unit) {
				row.Collected += n
			}
		}
		cells = append(cells, row)
	}
	slices.SortStableFunc(cells, func(a, b CellProgress) int { return b.Missing() - a.Missing() })
	return cells
}

// unitProgress is what came from where, in the order of the catalogue.
func unitProgress(catalog *survey.Catalog, part *Part, tally *ResponseCounts) []CellProgress {
	byUnit := map[survey.UnitID]int{}
	for key, n := range tally.Counts {
		if part.Covers(key.Unit) {
			byUnit[key.Unit] += n
		}
	}
	var units []CellProgress
	for i := range catalog.Units {
		if id := catalog.Units[i].ID; byUnit[id] > 0 {
			units = append(units, CellProgress{Attainment{Collected: byUnit[id]}, PlanCell{Unit: id}})
		}
	}
	return units
}

// channelProgress leaves out channels that nothing came by and nothing is
// required of.
func channelProgress(part *Part, plan *Plan, tally *ResponseCounts) []ChannelProgress {
	byChannel := map[survey.Channel]int{}
	for key, n := range tally.Counts {
		if part.Covers(key.Unit) {
			byChannel[key.Channel] += n
		}
	}
	var channels []ChannelProgress
	for _, channel := range survey.Channels {
		row := ChannelProgress{Attainment{Collected: byChannel[channel]}, channel}
		for _, q := range plan.Quotas {
			if q.Channel == channel && q.Surveyor == "" && part.Whole {
				row.Required += q.Required
			}
		}
		if row.Collected > 0 || row.Required > 0 {
			channels = append(channels, row)
		}
	}
	return channels
}

// surveyorProgress joins what surveyors entered with what they are to: the
// plan's quota, or else the forms handed out.
func surveyorProgress(part *Part, plan *Plan, tally *ResponseCounts, today survey.Date) []SurveyorProgress {
	required, byDay := maps.Clone(part.Forms), map[survey.Login]map[survey.Date]int{}
	if required == nil {
		required = map[survey.Login]int{}
	}
	for _, q := range plan.Quotas {
		if q.Surveyor != "" && part.Whole {
			required[q.Surveyor] = q.Required
		}
	}
	for key, n := range tally.Counts {
		if key.By == "" || !part.Covers(key.Unit) {
			continue
		}
		if byDay[key.By] == nil {
			byDay[key.By] = map[survey.Date]int{}
		}
		byDay[key.By][key.Day] += n
		required[key.By] += 0 // whoever entered something is listed
	}
	var surveyors []SurveyorProgress
	for _, login := range slices.Sorted(maps.Keys(required)) {
		row := SurveyorProgress{Surveyor: login, Attainment: Attainment{Required: required[login]}, Today: byDay[login][today]}
		for _, n := range byDay[login] {
			row.Collected += n
		}
		if row.Required > 0 {
			row.Forecast = forecast(byDay[login], row.Missing(), part.Campaign, today)
		}
		surveyors = append(surveyors, row)
	}
	return surveyors
}

// dayProgress is the last days, each beside the best of them.
func dayProgress(byDay map[survey.Date]int, today survey.Date) []DayProgress {
	best := 0
	var days []DayProgress
	for back := range paceDays {
		day := survey.DateOf(today.Time().AddDate(0, 0, -back))
		days = append(days, DayProgress{Attainment{Collected: byDay[day]}, day})
		best = max(best, byDay[day])
	}
	for i := range days {
		days[i].Required = best
	}
	return days
}
