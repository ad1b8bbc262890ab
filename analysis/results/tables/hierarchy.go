package tables

import (
	"slices"
	"strings"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// hierarchy divides respondents down to a domain column.
func (v *CampaignTables) hierarchy(col int) disclosure.Hierarchy {
	flat := func(col int) disclosure.Level {
		return disclosure.Level{Parent: make([]int, len(v.Keys[col])), Order: sorted(v.Keys[col])}
	}
	switch col {
	case columns.School:
		unitLevels, schools := v.schoolLevels()
		return disclosure.Hierarchy{disclosure.Everybody(), flat(columns.Unit), unitLevels, schools}
	case columns.Form:
		forms := disclosure.Level{Order: sorted(v.Keys[columns.Form])}
		for _, key := range v.Keys[columns.Form] {
			forms.Parent = append(forms.Parent, v.levelOfForm(key))
		}
		return disclosure.Hierarchy{disclosure.Everybody(), flat(columns.Level), forms}
	case columns.Sector:
		sectors := disclosure.Level{Order: sorted(v.Keys[columns.Sector])}
		for _, key := range v.Keys[columns.Sector] {
			sectors.Parent = append(sectors.Parent, int(v.SectorGroups[key]))
		}
		return disclosure.Hierarchy{disclosure.Everybody(), flat(columns.Group), sectors}
	}
	return disclosure.Hierarchy{disclosure.Everybody(), flat(col)}
}

// schoolLevels divides units into the schools of one level in one unit, which is
// what the table of units by levels shows, and those into schools.
func (v *CampaignTables) schoolLevels() (unitLevels, schools disclosure.Level) {
	lines := map[[2]uint32]int{}
	var names []string
	for _, s := range v.SchoolGroups {
		key := [2]uint32{s.Unit, s.Level}
		if _, ok := lines[key]; !ok {
			lines[key] = unitLevels.Size()
			unitLevels.Parent = append(unitLevels.Parent, int(s.Unit))
		}
		schools.Parent = append(schools.Parent, lines[key])
		names = append(names, string(s.School))
	}
	schools.Order = sorted(names)
	names = nil
	for _, s := range v.unitLevels() {
		names = append(names, v.Keys[columns.Level][s.Level])
	}
	unitLevels.Order = sorted(names)
	return unitLevels, schools
}

// sorted lists the places of names in their order.
func sorted(names []string) []int {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	return order
}

// unitLevels lists the unit and level of each group between units and schools,
// as schoolLevels numbers them.
func (v *CampaignTables) unitLevels() []columns.SchoolGroup {
	var lines []columns.SchoolGroup
	seen := map[columns.SchoolGroup]bool{}
	for _, s := range v.SchoolGroups {
		s.School = ""
		if !seen[s] {
			seen[s] = true
			lines = append(lines, s)
		}
	}
	return lines
}

func (v *CampaignTables) levelOfForm(form string) int {
	level := v.Layout.Level(survey.FormCode(form))
	for code, key := range v.Keys[columns.Level] {
		if key == string(level) {
			return code
		}
	}
	return 0
}
