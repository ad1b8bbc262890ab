package columns

import (
	"hailong/survey"
	"hailong/survey/verification"
)

// The domain columns: the ways in which a response belongs to groups. Its codes in all of them
// together are its profile; the responses of a campaign share few profiles, so
// the number of the profile is all that is held of them.
const (
	Unit          = iota // commune or department in the campaign's frame
	School               // school, or what is at no school of a unit and level
	Level                // school level that the form asks about
	Form                 // questionnaire, any version
	Group                // group of sectors
	Sector               // sector
	Channel              // the way in
	Month                // YYYY-MM
	Proof                // VerifiedKey, or none
	DomainColumns        // how many there are
)

// VerifiedKey is the key, in Proof, of the responses of that class.
const VerifiedKey = string(verification.Verified)

// profile is the code of a response in each way.
type profile [DomainColumns]uint32

// dict numbers the values of a domain column from 1; 0 is "none".
type dict struct {
	code map[string]uint32
	keys []string
}

func newDict() dict { return dict{code: map[string]uint32{"": 0}, keys: []string{""}} }

func (d *dict) of(key string) uint32 {
	code, ok := d.code[key]
	if !ok {
		code = uint32(len(d.keys)) //nolint:gosec // as many as units or months
		d.code[key] = code
		d.keys = append(d.keys, key)
	}
	return code
}

// SchoolGroup is a group of School: a school, or the remainder of a unit and level
// that belongs to no school. Both lie within the unit and, as a school teaches
// a level, within a level.
type SchoolGroup struct {
	Unit, Level uint32        // codes of these columns
	School      survey.UnitID // empty: the remainder
}

// grouping finds the groups of figures that responses belong to.
type grouping struct {
	catalog       *survey.Catalog
	layout        *ItemLayout
	dicts         [DomainColumns]dict
	schoolGroups  []SchoolGroup // by code of School
	schoolGroupOf map[SchoolGroup]uint32
	units         map[string]unitLocation // by raw unit id
	groups        map[string]uint32       // group code by raw sector id

	profiles  []profile // by number, from 1
	profileOf map[profile]uint32
}

// unitLocation is where a raw unit counts.
type unitLocation struct {
	unit   survey.UnitID
	school survey.UnitID
	level  survey.SchoolLevel // of the school
}

func newGrouping(catalog *survey.Catalog, p *ItemLayout) *grouping {
	g := &grouping{
		catalog: catalog, layout: p,
		schoolGroups: []SchoolGroup{{}}, schoolGroupOf: map[SchoolGroup]uint32{{}: 0},
		units: map[string]unitLocation{}, groups: map[string]uint32{},
		profiles: []profile{{}}, profileOf: map[profile]uint32{},
	}
	for c := range g.dicts {
		g.dicts[c] = newDict()
	}
	// Schools have their place before they have responses: were they missing
	// from a table, where others are suppressed, they would be known to be empty.
	for i := range catalog.Units {
		if u := &catalog.Units[i]; p.Campaign.Family == survey.Education && u.Kind == survey.School {
			where := g.locate(u.ID)
			g.units[string(u.ID)] = where
			g.schoolGroupCode(SchoolGroup{g.dicts[Unit].of(string(where.unit)), g.dicts[Level].of(string(where.level)), where.school})
		}
	}
	return g
}

// locate finds where responses of a raw unit count.
func (g *grouping) locate(id survey.UnitID) unitLocation {
	p := unitLocation{unit: UnitOf(g.catalog, g.layout.Campaign, id)}
	if s := g.catalog.RollUp(id, g.layout.Campaign.Frame, survey.School); s != nil {
		p.school = s.ID
		if len(s.Levels) > 0 {
			p.level = s.Levels[0]
		}
	}
	return p
}

// UnitOf is the unit that responses of a unit count for in a campaign: the commune or
// department above it in the frame of the campaign, followed through successors; else
// the office itself.
func UnitOf(catalog *survey.Catalog, campaign *survey.Campaign, id survey.UnitID) survey.UnitID {
	for _, kinds := range [][]survey.UnitKind{{survey.Commune, survey.Department}, {survey.OneStop}, {survey.Area, survey.Province}} {
		if u := catalog.RollUp(id, campaign.Frame, kinds...); u != nil {
			return u.ID
		}
	}
	return id // not in the catalogue: shown under its id rather than lost
}

// profile returns the number of a response's profile.
func (g *grouping) profile(r *decoded) uint32 {
	return g.profileOfClass(r, verification.ClassOf(r.proof, r.batch))
}

// profileOfClass is profile of a response whose class is known.
func (g *grouping) profileOfClass(r *decoded, class verification.Class) uint32 {
	codes := g.domains(r, class)
	number, ok := g.profileOf[codes]
	if !ok {
		number = uint32(len(g.profiles)) //nolint:gosec // at most as many as responses
		g.profileOf[codes] = number
		g.profiles = append(g.profiles, codes)
	}
	return number
}

// domains returns the codes of a response.
func (g *grouping) domains(r *decoded, class verification.Class) (codes profile) {
	where, ok := g.units[r.unit]
	if !ok {
		where = g.locate(survey.UnitID(r.unit))
		g.units[r.unit] = where
	}
	group, ok := g.groups[r.sector]
	if !ok {
		if s := g.catalog.Sector(survey.SectorID(r.sector)); s != nil {
			group = g.dicts[Group].of(string(s.Group))
		}
		g.groups[r.sector] = group
	}
	level := g.layout.Level(survey.FormCode(r.form))
	codes[Unit] = g.dicts[Unit].of(string(where.unit))
	codes[Level] = g.dicts[Level].of(string(level))
	if where.school != "" {
		level = where.level
	}
	codes[School] = g.schoolGroupCode(SchoolGroup{codes[Unit], g.dicts[Level].of(string(level)), where.school})
	codes[Form] = g.dicts[Form].of(r.form)
	codes[Group] = group
	codes[Sector] = g.dicts[Sector].of(r.sector)
	codes[Channel] = g.dicts[Channel].of(r.channel)
	codes[Month] = g.dicts[Month].of(survey.Date(r.day).Month())
	if class == verification.Verified {
		codes[Proof] = g.dicts[Proof].of(VerifiedKey)
	}
	return codes
}

func (g *grouping) schoolGroupCode(s SchoolGroup) uint32 {
	code, ok := g.schoolGroupOf[s]
	if !ok {
		code = uint32(len(g.schoolGroups)) //nolint:gosec // as many as schools
		g.schoolGroupOf[s] = code
		g.schoolGroups = append(g.schoolGroups, s)
	}
	return code
}

// same reports whether another catalogue would put every response seen so far
// where this one did.
func (g *grouping) same(catalog *survey.Catalog, p *ItemLayout) bool {
	o := newGrouping(catalog, p)
	for id := range o.units {
		if _, known := g.units[id]; !known {
			return false
		}
	}
	for id, where := range g.units {
		if o.locate(survey.UnitID(id)) != where {
			return false
		}
	}
	for id, group := range g.groups {
		var now survey.SectorGroup
		if s := catalog.Sector(survey.SectorID(id)); s != nil {
			now = s.Group
		}
		if g.dicts[Group].keys[group] != string(now) {
			return false
		}
	}
	return true
}
