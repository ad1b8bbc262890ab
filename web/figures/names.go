package figures

import (
	"strings"

	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/web/page"
)

// NameGroup is what a group of a table is called in a language.
func NameGroup(l *page.Locale, catalog *survey.Catalog, campaign *survey.Campaign, d tables.Dimension, key string) string {
	if key == tables.None {
		return l.T("group.none." + string(d))
	}
	if name := tables.Name(catalog, campaign, d, key); name != nil {
		return name.In(l.Lang)
	}
	if d == tables.ByMonth && len(key) == len("2026-03") {
		return l.T("month", key[5:], key[:4])
	}
	switch d { // whose keys are a closed set with words of ours
	case tables.ByChannel, tables.ByLevel, tables.ByGroup:
		word := string(d) + "." + key
		if _, known := l.Messages[word]; known {
			return l.T(word)
		}
	case tables.ByUnit, tables.BySchool, tables.ByForm, tables.BySector, tables.ByMonth, tables.ByFactor, tables.ByItem:
	}
	return key
}

// Namer names the lines of a table, each key once.
func Namer(l *page.Locale, catalog *survey.Catalog, t *tables.Table) func(tables.Group) string {
	known := make([]map[string]string, len(t.By))
	for i := range known {
		known[i] = map[string]string{}
	}
	return func(g tables.Group) string {
		names := make([]string, len(g.Keys))
		for i, key := range g.Keys {
			name, ok := known[i][key]
			if !ok {
				name = NameGroup(l, catalog, t.Campaign, t.By[i], key)
				known[i][key] = name
			}
			names[i] = name
		}
		return strings.Join(names, " · ")
	}
}

// TargetOf is the target that answers for a campaign, or for a group of
// sectors in it, with the milestone in force on a day; nil where there is none.
func TargetOf(catalog *survey.Catalog, family survey.Family, group survey.SectorGroup, on survey.Date) (*survey.Target, survey.Milestone) {
	var general *survey.Target
	for i := range catalog.Targets {
		t := &catalog.Targets[i]
		switch {
		case t.Family != family || t.InForce(on) < 0:
		case t.Group == group:
			return t, t.Milestones[t.InForce(on)]
		case t.Group == "":
			general = t
		}
	}
	if general == nil {
		return nil, survey.Milestone{}
	}
	return general, general.Milestones[general.InForce(on)]
}
