package web

import (
	"strings"

	"hailong/analysis/results"
	"hailong/survey"
)

// mountResults adds the public results.
func (s *Server) mountResults() {
	s.app.Get("/results", s.resultsShow)
	s.app.Get("/results/:campaign", s.campaignShow)
	s.app.Get("/results/:campaign/snapshot/:hash.json", s.snapshotShow)
}

// figuresOf returns the figures of a configuration. A server that is given
// none keeps its own, fed by its own intake.
func figuresOf(c *Config) *results.Live {
	if c.Results != nil {
		return c.Results
	}
	live := results.NewLive(c.Intake.Store, c.Catalog, c.Log)
	intake := *c.Intake
	stored := intake.Stored
	intake.Stored = func(r survey.Response) {
		live.Add(r)
		if stored != nil {
			stored(r)
		}
	}
	c.Intake = &intake
	return live
}

// nameGroup is what a group of a table is called in a language.
func (l *locale) nameGroup(catalog *survey.Catalog, campaign *survey.Campaign, d results.Dimension, key string) string {
	if key == results.None {
		return l.T("group.none." + string(d))
	}
	if name := results.Name(catalog, campaign, d, key); name != nil {
		return name.In(l.lang)
	}
	if d == results.ByMonth && len(key) == len("2026-03") {
		return l.T("month", key[5:], key[:4])
	}
	switch d { // whose keys are a closed set with words of ours
	case results.ByChannel, results.ByLevel, results.ByGroup:
		word := string(d) + "." + key
		if _, known := l.messages[word]; known {
			return l.T(word)
		}
	case results.ByUnit, results.BySchool, results.ByForm, results.BySector, results.ByMonth, results.ByFactor, results.ByItem:
	}
	return key
}

// namer names the lines of a table, each key once.
func (l *locale) namer(catalog *survey.Catalog, t *results.Table) func(results.Group) string {
	known := make([]map[string]string, len(t.By))
	for i := range known {
		known[i] = map[string]string{}
	}
	return func(g results.Group) string {
		names := make([]string, len(g.Keys))
		for i, key := range g.Keys {
			name, ok := known[i][key]
			if !ok {
				name = l.nameGroup(catalog, t.Campaign, t.By[i], key)
				known[i][key] = name
			}
			names[i] = name
		}
		return strings.Join(names, " · ")
	}
}

// targetOf is the target that answers for a campaign, or for a group of
// sectors in it, with the milestone in force on a day; nil where there is none.
func targetOf(catalog *survey.Catalog, family survey.Family, group survey.SectorGroup, on survey.Date) (*survey.Target, survey.Milestone) {
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
