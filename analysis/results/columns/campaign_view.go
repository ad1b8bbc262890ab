package columns

import (
	"maps"
	"slices"

	"hailong/analysis"
	"hailong/survey"
	"hailong/survey/releases"
)

// CampaignView is the responses of a campaign that its release holds, counted. It is
// handed to a function (Responses.Read) and must not be kept after that returns.
// Its counts are of everybody, small groups too: who shows them decides what is
// to be hidden. Nothing in it may be changed.
type CampaignView struct {
	Release *releases.Release // what the responses are; its number is 0 before the first
	Layout  *ItemLayout
	Catalog *survey.Catalog
	// Keys names the groups of a domain column by their codes: Keys[Unit][3] is
	// the id of the unit with code 3. Code 0 is "", those in no group. School
	// has none: its groups are SchoolGroups.
	Keys         [DomainColumns][]string
	SchoolGroups []SchoolGroup     // by code of School; 0 is the group without unit, level and school
	SectorGroups map[string]uint32 // code of Group by id of the sector

	rows     analysis.FixedRows
	segments []*segmentRows // of further responses
	profiles []profile
	tables   *tables
	answered *dayCounts
	hashes   []uint64 // by row; none where they are not kept
	failed   error    // of decompressing; what was counted is not to be used
}

// view must be taken and used under the lock of the tables, which it fills.
func (s *campaignColumns) view() *CampaignView {
	v := &CampaignView{
		Release: s.release, Layout: s.layout, Catalog: s.grouping.catalog, SchoolGroups: slices.Clip(s.grouping.schoolGroups), SectorGroups: maps.Clone(s.grouping.groups),
		rows: s.columns.Snapshot(), segments: s.segments, profiles: slices.Clip(s.grouping.profiles), tables: &s.tables, answered: &s.answered, hashes: s.hashes,
	}
	for c := range v.Keys {
		v.Keys[c] = slices.Clip(s.grouping.dicts[c].keys)
	}
	return v
}

// Responses is how many responses there are.
func (v *CampaignView) Responses() int {
	n := v.rows.Rows()
	for _, s := range v.segments {
		n += s.held
	}
	return n
}
