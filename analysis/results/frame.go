package results

import (
	"slices"
	"strings"

	"hailong/survey"
)

// The ways in which a response belongs to groups. Its codes in all of them
// together are its profile; the responses of a campaign share few profiles, so
// the number of the profile is the one domain column that is held.
const (
	colUnit    = iota // commune or department in the campaign's frame
	colPlace          // school, or what is at no school of a unit and level
	colLevel          // school level that the form asks about
	colForm           // questionnaire, any version
	colGroup          // group of sectors
	colSector         // sector
	colChannel        // the way in
	colMonth          // YYYY-MM
	columns
)

// profile is the code of a response in each way.
type profile [columns]uint32

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

// spot is a place of colPlace: a school, or the remainder of a unit and level
// that belongs to no school. Both lie within the unit and, as a school teaches
// a level, within a level.
type spot struct {
	unit, level uint32
	school      survey.UnitID // empty: the remainder
}

// frame gathers raw values of responses into the groups of figures.
type frame struct {
	catalog *survey.Catalog
	plan    *plan
	dicts   [columns]dict
	spots   []spot // by code of colPlace
	spotOf  map[spot]uint32
	units   map[string]unitPlace // by raw unit id
	groups  map[string]uint32    // group code by raw sector id

	profiles  []profile // by number, from 1
	profileOf map[profile]uint32
}

// unitPlace is where a raw unit counts.
type unitPlace struct {
	unit   survey.UnitID
	school survey.UnitID
	level  survey.SchoolLevel // of the school
}

func newFrame(catalog *survey.Catalog, p *plan) *frame {
	f := &frame{
		catalog: catalog, plan: p,
		spots: []spot{{}}, spotOf: map[spot]uint32{{}: 0},
		units: map[string]unitPlace{}, groups: map[string]uint32{},
		profiles: []profile{{}}, profileOf: map[profile]uint32{},
	}
	for c := range f.dicts {
		f.dicts[c] = newDict()
	}
	// Schools have their place before they have responses: were they missing
	// from a table, where others are suppressed, they would be known to be empty.
	for i := range catalog.Units {
		if u := &catalog.Units[i]; p.campaign.Family == survey.Education && u.Kind == survey.School {
			where := f.place(u.ID)
			f.units[string(u.ID)] = where
			f.spot(spot{f.dicts[colUnit].of(string(where.unit)), f.dicts[colLevel].of(string(where.level)), where.school})
		}
	}
	return f
}

// place finds where responses of a raw unit count: the commune or department
// above it in the frame of the campaign, followed through successors; else
// the office itself.
func (f *frame) place(id survey.UnitID) unitPlace {
	on := f.plan.campaign.Frame
	var p unitPlace
	if s := f.catalog.RollUp(id, on, survey.School); s != nil {
		p.school = s.ID
		if len(s.Levels) > 0 {
			p.level = s.Levels[0]
		}
	}
	for _, kinds := range [][]survey.UnitKind{{survey.Commune, survey.Department}, {survey.OneStop}, {survey.Area, survey.Province}} {
		if u := f.catalog.RollUp(id, on, kinds...); u != nil {
			p.unit = u.ID
			return p
		}
	}
	p.unit = id // not in the catalogue: shown under its id rather than lost
	return p
}

// profile returns the number of a response's profile.
func (f *frame) profile(r *record) uint32 {
	codes := f.domains(r)
	number, ok := f.profileOf[codes]
	if !ok {
		number = uint32(len(f.profiles)) //nolint:gosec // at most as many as responses
		f.profileOf[codes] = number
		f.profiles = append(f.profiles, codes)
	}
	return number
}

// domains returns the codes of a response.
func (f *frame) domains(r *record) (codes profile) {
	where, ok := f.units[r.unit]
	if !ok {
		where = f.place(survey.UnitID(r.unit))
		f.units[r.unit] = where
	}
	group, ok := f.groups[r.sector]
	if !ok {
		if s := f.catalog.Sector(survey.SectorID(r.sector)); s != nil {
			group = f.dicts[colGroup].of(string(s.Group))
		}
		f.groups[r.sector] = group
	}
	level := f.plan.level(survey.FormCode(r.form))
	codes[colUnit] = f.dicts[colUnit].of(string(where.unit))
	codes[colLevel] = f.dicts[colLevel].of(string(level))
	if where.school != "" {
		level = where.level
	}
	codes[colPlace] = f.spot(spot{codes[colUnit], f.dicts[colLevel].of(string(level)), where.school})
	codes[colForm] = f.dicts[colForm].of(r.form)
	codes[colGroup] = group
	codes[colSector] = f.dicts[colSector].of(r.sector)
	codes[colChannel] = f.dicts[colChannel].of(r.channel)
	codes[colMonth] = f.dicts[colMonth].of(survey.Date(r.day).Month())
	return codes
}

func (f *frame) spot(s spot) uint32 {
	code, ok := f.spotOf[s]
	if !ok {
		code = uint32(len(f.spots)) //nolint:gosec // as many as schools
		f.spotOf[s] = code
		f.spots = append(f.spots, s)
	}
	return code
}

// same reports whether another catalogue would put every response seen so far
// where this one did.
func (f *frame) same(catalog *survey.Catalog, p *plan) bool {
	o := newFrame(catalog, p)
	for id := range o.units {
		if _, known := f.units[id]; !known {
			return false
		}
	}
	for id, where := range f.units {
		if o.place(survey.UnitID(id)) != where {
			return false
		}
	}
	for id, group := range f.groups {
		var now survey.SectorGroup
		if s := catalog.Sector(survey.SectorID(id)); s != nil {
			now = s.Group
		}
		if f.dicts[colGroup].keys[group] != string(now) {
			return false
		}
	}
	return true
}

// axis builds the axis down to a domain column.
func (v view) axis(col int) axis {
	flat := func(col int) tier {
		return tier{up: make([]int, len(v.keys[col])), order: sorted(v.keys[col])}
	}
	switch col {
	case colPlace:
		// Between units and schools stands what the unit-by-level table shows:
		// the schools of one level in one unit.
		lines := map[[2]uint32]int{}
		line := tier{}
		places := tier{}
		for _, s := range v.spots {
			key := [2]uint32{s.unit, s.level}
			if _, ok := lines[key]; !ok {
				lines[key] = line.size()
				line.up = append(line.up, int(s.unit))
			}
			places.up = append(places.up, lines[key])
		}
		var names []string
		for _, s := range v.spots {
			names = append(names, string(s.school))
		}
		places.order = sorted(names)
		names = nil
		for _, s := range v.lines() {
			names = append(names, v.keys[colLevel][s.level])
		}
		line.order = sorted(names)
		return axis{all, flat(colUnit), line, places}
	case colForm:
		forms := tier{order: sorted(v.keys[colForm])}
		for _, key := range v.keys[colForm] {
			forms.up = append(forms.up, v.levelOfForm(key))
		}
		return axis{all, flat(colLevel), forms}
	case colSector:
		sectors := tier{order: sorted(v.keys[colSector])}
		for _, key := range v.keys[colSector] {
			sectors.up = append(sectors.up, int(v.groups[key]))
		}
		return axis{all, flat(colGroup), sectors}
	}
	return axis{all, flat(col)}
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

// lines lists the unit and level of each group of the tier between units and
// schools, in the order of axis.
func (v view) lines() []spot {
	var lines []spot
	seen := map[spot]bool{}
	for _, s := range v.spots {
		s.school = ""
		if !seen[s] {
			seen[s] = true
			lines = append(lines, s)
		}
	}
	return lines
}

func (v view) levelOfForm(form string) int {
	level := v.plan.level(survey.FormCode(form))
	for code, key := range v.keys[colLevel] {
		if key == string(level) {
			return code
		}
	}
	return 0
}
