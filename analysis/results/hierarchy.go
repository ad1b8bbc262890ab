package results

import (
	"slices"
	"strings"

	"hailong/analysis/results/disclosure"
	"hailong/survey"
)

// view is the responses of a campaign at one moment, as a query reads them.
type view struct {
	*campaignView

	// ofRespondents keeps what the counts of respondents hide by two dimensions:
	// every measure of a question asks for it.
	ofRespondents map[[2]Dimension]*disclosure.Protected
}

// hierarchy divides respondents down to a domain column.
func (v view) hierarchy(col int) disclosure.Hierarchy {
	flat := func(col int) disclosure.Level {
		return disclosure.Level{Parent: make([]int, len(v.keys[col])), Order: sorted(v.keys[col])}
	}
	switch col {
	case colSchool:
		unitLevels, schools := v.schoolLevels()
		return disclosure.Hierarchy{disclosure.Everybody(), flat(colUnit), unitLevels, schools}
	case colForm:
		forms := disclosure.Level{Order: sorted(v.keys[colForm])}
		for _, key := range v.keys[colForm] {
			forms.Parent = append(forms.Parent, v.levelOfForm(key))
		}
		return disclosure.Hierarchy{disclosure.Everybody(), flat(colLevel), forms}
	case colSector:
		sectors := disclosure.Level{Order: sorted(v.keys[colSector])}
		for _, key := range v.keys[colSector] {
			sectors.Parent = append(sectors.Parent, int(v.groups[key]))
		}
		return disclosure.Hierarchy{disclosure.Everybody(), flat(colGroup), sectors}
	}
	return disclosure.Hierarchy{disclosure.Everybody(), flat(col)}
}

// schoolLevels divides units into the schools of one level in one unit, which is
// what the table of units by levels shows, and those into schools.
func (v view) schoolLevels() (unitLevels, schools disclosure.Level) {
	lines := map[[2]uint32]int{}
	var names []string
	for _, s := range v.schoolGroups {
		key := [2]uint32{s.unit, s.level}
		if _, ok := lines[key]; !ok {
			lines[key] = unitLevels.Size()
			unitLevels.Parent = append(unitLevels.Parent, int(s.unit))
		}
		schools.Parent = append(schools.Parent, lines[key])
		names = append(names, string(s.school))
	}
	schools.Order = sorted(names)
	names = nil
	for _, s := range v.unitLevels() {
		names = append(names, v.keys[colLevel][s.level])
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
func (v view) unitLevels() []schoolGroup {
	var lines []schoolGroup
	seen := map[schoolGroup]bool{}
	for _, s := range v.schoolGroups {
		s.school = ""
		if !seen[s] {
			seen[s] = true
			lines = append(lines, s)
		}
	}
	return lines
}

func (v view) levelOfForm(form string) int {
	level := v.layout.level(survey.FormCode(form))
	for code, key := range v.keys[colLevel] {
		if key == string(level) {
			return code
		}
	}
	return 0
}
