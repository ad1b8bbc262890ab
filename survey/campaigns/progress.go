package campaigns

import (
	"context"
	"maps"
	"slices"
	"time"

	"hailong/survey"
	"hailong/survey/releases"
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
//
// What was received is told at once, by unit, by day and by surveyor alone. By sector
// and channel, which a citizen chose, it is told of the release: who looked before and
// after one person would see what that one chose.
type Progress struct {
	At        time.Time
	Received  int
	Release   releases.Release // its number is 0 where there is none yet: then nothing is told by sector and channel
	Released  int              // that the release holds
	Required  int              // 0: there is no plan
	Units     []UnitProgress   // of the plan, the most missing first; without a plan, those that responses came from
	Sectors   []CellProgress   // cells of the plan that are a sector of a unit, in the release, the most missing first
	Channels  []ChannelProgress
	Surveyors []SurveyorProgress // by login
	Days      []DayProgress      // the last paceDays, the newest first
	Forecast  Forecast           // where there is a plan
}

// UnitProgress is what was received of a unit and those below it, of all that their cells
// require.
type UnitProgress struct {
	Attainment
	Unit     survey.UnitID
	Released int
}

// CellProgress is the attainment of a cell in the release.
type CellProgress struct {
	ReleasedAttainment
	Cell PlanCell
}

// ChannelProgress is the attainment of a channel's quota in the release.
type ChannelProgress struct {
	ReleasedAttainment
	Channel survey.Channel
}

// ReleasedAttainment is an attainment that does not tell small numbers: of Few it has
// none as collected.
type ReleasedAttainment struct {
	Attainment
	Few bool // some were collected, but fewer than FewestTold
}

// FewestTold is how many responses of a release must be of a sector, a channel or a
// point before their number is told, as with figures (hailong/analysis/results).
const FewestTold = 5

func released(collected, required int) ReleasedAttainment {
	if collected > 0 && collected < FewestTold {
		return ReleasedAttainment{Attainment{Required: required}, true}
	}
	return ReleasedAttainment{Attainment{collected, required}, false}
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
	for key, n := range tally.Received {
		if part.Covers(key.Unit) {
			byDay[key.Day] += n
		}
	}
	p := Progress{
		At: tally.At, Received: tally.Count(part.Covers), Release: tally.Release, Units: unitProgress(cs.catalog(), &part, &plan, &tally),
		Surveyors: surveyorProgress(&part, &plan, &tally, today), Days: dayProgress(byDay, today),
	}
	for key, n := range tally.Released {
		if part.Covers(key.Unit) {
			p.Released += n
		}
	}
	if p.Release.Number > 0 {
		p.Sectors = sectorProgress(cs.catalog(), &part, &plan, &tally)
		p.Channels = channelProgress(&part, &plan, &tally)
	}
	for _, unit := range p.Units {
		p.Required += unit.Required
	}
	if p.Required > 0 {
		p.Forecast = forecast(byDay, p.missing(), part.Campaign, today)
	}
	return p, nil
}

// missing is how many the plan still needs: of each unit those that it lacks, and at
// least those that its sectors lack in the release.
func (p *Progress) missing() int {
	bySector := map[survey.UnitID]int{}
	for i := range p.Sectors {
		bySector[p.Sectors[i].Cell.Unit] += p.Sectors[i].Missing()
	}
	n := 0
	for i := range p.Units {
		n += max(p.Units[i].Missing(), bySector[p.Units[i].Unit])
	}
	return n
}

// unitProgress counts for each unit of the plan in the part what came from it and those
// below it; without a plan, what came from where, in the order of the catalogue.
func unitProgress(catalog *survey.Catalog, part *Part, plan *Plan, tally *ResponseCounts) []UnitProgress {
	var units []UnitProgress
	for _, cell := range plan.Cells {
		if !part.Covers(cell.Unit) {
			continue
		}
		at := slices.IndexFunc(units, func(u UnitProgress) bool { return u.Unit == cell.Unit })
		if at < 0 {
			at = len(units)
			units = append(units, countUnit(tally, cell.Unit, func(unit survey.UnitID) bool { return catalog.Within(unit, cell.Unit) }))
		}
		units[at].Required += cell.Required
	}
	if len(units) > 0 {
		slices.SortStableFunc(units, func(a, b UnitProgress) int { return b.Missing() - a.Missing() })
		return units
	}
	for i := range catalog.Units {
		id := catalog.Units[i].ID
		if !part.Covers(id) {
			continue
		}
		if row := countUnit(tally, id, func(unit survey.UnitID) bool { return unit == id }); row.Collected > 0 || row.Released > 0 {
			units = append(units, row)
		}
	}
	return units
}

// countUnit counts the responses of the units that belong to one.
func countUnit(tally *ResponseCounts, id survey.UnitID, belongs func(survey.UnitID) bool) UnitProgress {
	row := UnitProgress{Attainment: Attainment{Collected: tally.Count(belongs)}, Unit: id}
	for key, n := range tally.Released {
		if belongs(key.Unit) {
			row.Released += n
		}
	}
	return row
}

// sectorProgress counts for each cell of a sector in the part what the release holds of
// its unit and those below it.
func sectorProgress(catalog *survey.Catalog, part *Part, plan *Plan, tally *ResponseCounts) []CellProgress {
	var cells []CellProgress
	for _, cell := range plan.Cells {
		if cell.Sector == "" || !part.Covers(cell.Unit) {
			continue
		}
		collected := 0
		for key, n := range tally.Released {
			if cell.Sector == key.Sector && catalog.Within(key.Unit, cell.Unit) {
				collected += n
			}
		}
		cells = append(cells, CellProgress{released(collected, cell.Required), cell})
	}
	slices.SortStableFunc(cells, func(a, b CellProgress) int { return b.Missing() - a.Missing() })
	return cells
}

// channelProgress leaves out channels that the release holds nothing of and nothing is
// required of.
func channelProgress(part *Part, plan *Plan, tally *ResponseCounts) []ChannelProgress {
	byChannel := map[survey.Channel]int{}
	for key, n := range tally.Released {
		if part.Covers(key.Unit) {
			byChannel[key.Channel] += n
		}
	}
	var channels []ChannelProgress
	for _, channel := range survey.Channels {
		required := 0
		for _, q := range plan.Quotas {
			if q.Channel == channel && q.Surveyor == "" && part.Whole {
				required += q.Required
			}
		}
		if byChannel[channel] > 0 || required > 0 {
			channels = append(channels, ChannelProgress{released(byChannel[channel], required), channel})
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
	for key, n := range tally.Received {
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
