package results

import (
	"slices"

	"hailong/analysis/results/tables"
	"hailong/survey"
)

// Reader is who asks for figures. The zero value is the public, so that whoever
// forgets to say who reads is shown the least.
type Reader struct{ grant *survey.Grant }

// Public is anybody, on the public pages and by a program without a special right.
var Public = Reader{}

// Office is somebody who is signed in, or a program, with a role and a scope. It
// reads releases of its own scope if the role may; otherwise it reads what the public
// does.
func Office(grant survey.Grant) Reader { return Reader{&grant} }

// office reports whether the reader reads releases of a family of campaigns, of
// some units at least.
func (r Reader) office(c *survey.Catalog, family survey.Family) bool {
	return r.grant != nil && r.grant.May(survey.SeeReleases) && r.grant.CoversFamily(family)
}

// owns reports whether everything that a query asks about lies in the scope of the
// reader.
func (r Reader) owns(c *survey.Catalog, campaign *survey.Campaign, q tables.Query) bool {
	if !r.office(c, campaign.Family) {
		return false
	}
	return len(r.grant.Scope.Units) == 0 && r.grant.Role != survey.CommuneCommittee ||
		slices.ContainsFunc(q.Where, func(f tables.Filter) bool {
			return (f.Dimension == tables.ByUnit || f.Dimension == tables.BySchool) && r.grant.CoversUnit(c, survey.UnitID(f.Key))
		})
}
