package results

import (
	"maps"
	"slices"

	"hailong/analysis"
	"hailong/survey"
)

// campaignView is the responses of a campaign at one moment. It is handed to a
// function (responses.read) and must not be kept after that returns.
type campaignView struct {
	layout       *itemLayout
	catalog      *survey.Catalog
	keys         [columns][]string
	schoolGroups []schoolGroup
	groups       map[string]uint32

	rows     analysis.FixedRows
	profiles []profile
	tables   *tables
}

// view must be taken under the lock of the tables: they follow the newest view.
func (s *campaignColumns) view() *campaignView {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := &campaignView{
		layout: s.layout, catalog: s.grouping.catalog, schoolGroups: slices.Clip(s.grouping.schoolGroups), groups: maps.Clone(s.grouping.groups),
		rows: s.columns.Snapshot(), profiles: slices.Clip(s.grouping.profiles), tables: &s.tables,
	}
	for c := range v.keys {
		v.keys[c] = slices.Clip(s.grouping.dicts[c].keys)
	}
	return v
}

// respondents is how many responses there are.
func (v *campaignView) respondents() int { return v.rows.Rows() }
