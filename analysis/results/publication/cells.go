package publication

import (
	"cmp"
	"maps"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// editionCells decides which groups of respondents an edition hides, over all its
// tables and all earlier editions of its campaign together. What the tables hide one
// by one is hidden already; what it adds is written into what they hide.
type editionCells struct {
	*tables.CampaignTables
	cells map[tables.GroupName]*editionCell
	atoms map[tables.GroupName]columns.Respondents
}

func newEditionCells(v *tables.CampaignTables) *editionCells {
	return &editionCells{CampaignTables: v, cells: map[tables.GroupName]*editionCell{}, atoms: map[tables.GroupName]columns.Respondents{}}
}

// editionCell is a group of respondents of an edition.
type editionCell struct {
	keys        tables.GroupKeys
	respondents int64
	hidden      bool
	guarded     bool               // it is hidden because few are in it
	within      []tables.GroupName // groups with which it is hidden
	decisions   []tables.Decision
}

// protectEdition hides groups in what tables have decided, and those that are forced,
// until nothing that is small can be computed from the edition's tables and those of
// earlier editions. Of the verified alone it decides after it has of everybody, over the
// same publication.
func protectEdition(v *tables.CampaignTables, queries []tables.Query, p *publication, earlier []*editionCounts, forced map[tables.GroupName]bool) (*editionCounts, error) {
	e := newEditionCells(v)
	e.countAtoms()
	for _, q := range queries {
		decided, err := v.Decided(q)
		if err != nil {
			return nil, err
		}
		for _, g := range decided {
			e.add(g)
		}
	}
	if err := e.followForms(); err != nil {
		return nil, err
	}
	for name := range forced {
		if cell := e.cells[name]; cell != nil {
			cell.hidden = true
		}
	}
	e.agree()
	e.complete(p, earlier)
	return e.counts(), nil
}

// agree hides a group in every table where one table hides it, and with it
// everything in it.
func (e *editionCells) agree() {
	for changed := true; changed; {
		changed = false
		for _, cell := range e.cells {
			if !cell.hidden && slices.ContainsFunc(cell.within, func(whole tables.GroupName) bool {
				return e.cells[whole] != nil && e.cells[whole].hidden
			}) {
				cell.hidden, changed = true, true
			}
		}
	}
	for _, cell := range e.cells {
		if cell.hidden {
			for _, decision := range cell.decisions {
				decision.Hide()
			}
		}
	}
}

// crossed are the columns that divisions of an edition cross units by. Schools, which are
// divided with levels, and items have atoms of their own or none.
var crossed = map[tables.Dimension]int{tables.BySector: columns.Sector, tables.ByMonth: columns.Month, tables.ByChannel: columns.Channel}

// countAtoms counts the finest groups that readers can tell apart. Each division of
// the edition crosses units; schools and levels are divided together, and a level
// that a school does not teach is known to be empty.
func (e *editionCells) countAtoms() {
	if e.Layout.Campaign.Family == survey.Education {
		e.countSchools()
	}
	for _, by := range Divisions(e.Layout.Campaign.Family) {
		col, ok := crossed[by]
		if !ok {
			continue
		}
		people := e.RespondentsBy(columns.Unit, col)
		for unit, id := range e.Keys[columns.Unit] {
			for code, key := range e.Keys[col] {
				all, here := people(unit, code)
				if all.N == 0 && (id == "" || key == "" && by != tables.BySector) {
					continue // everybody knows that each response has these
				}
				keys := tables.GroupKeys{tables.ByUnit: cmp.Or(id, tables.None), by: e.Key(by, code)}
				if by == tables.BySector {
					keys[tables.ByGroup] = e.Key(tables.ByGroup, int(e.SectorGroups[e.Keys[col][code]]))
				}
				e.addAtom(keys.Name(), here)
			}
		}
	}
}

// addAtom adds people to an atom.
func (e *editionCells) addAtom(name tables.GroupName, people columns.Respondents) {
	e.atoms[name] = columns.Respondents{N: e.atoms[name].N + people.N, Sum: e.atoms[name].Sum + people.Sum}
}

func (e *editionCells) countSchools() {
	people := e.RespondentsBy(columns.School, columns.Level)
	for code, group := range e.SchoolGroups {
		for level := range e.Keys[columns.Level] {
			all, here := people(code, level)
			taught := false
			if school := e.Catalog.Unit(group.School); school != nil {
				taught = slices.Contains(school.Levels, survey.SchoolLevel(e.Keys[columns.Level][level]))
			}
			if all.N == 0 && !taught {
				continue
			}
			keys := tables.GroupKeys{tables.ByUnit: e.Key(tables.ByUnit, int(group.Unit)), tables.ByLevel: e.Key(tables.ByLevel, level)}
			keys[tables.BySchool] = tables.None // with no school: an atom of its own in the unit and level
			if group.School != "" {
				keys[tables.BySchool] = string(group.School)
			}
			e.addAtom(keys.Name(), here)
		}
	}
}

// add adds a group as a table decides on it.
func (e *editionCells) add(g tables.DecidedGroup) {
	if g.Keys[tables.ByGroup] != "" && len(g.Keys) > 1 {
		return // no line of any table
	}
	name := g.Keys.Name()
	cell := e.cells[name]
	if cell == nil {
		cell = &editionCell{keys: g.Keys}
		e.cells[name] = cell
	}
	for _, within := range g.Within {
		cell.within = append(cell.within, within.Name())
	}
	cell.decisions = append(cell.decisions, g.Decision)
	cell.respondents = g.Respondents
	cell.hidden = cell.hidden || g.Hidden
	cell.guarded = cell.guarded || g.Guarded
}

// followForms lets the tables by form, by which items are decided on, hide what is
// hidden of their levels.
func (e *editionCells) followForms() error {
	if e.Layout.Campaign.Family != survey.Education {
		return nil
	}
	decided, err := e.DecidedByForm()
	for _, g := range decided {
		if cell := e.cells[g.Keys.Name()]; cell != nil && g.Keys[tables.ByForm] == "" {
			cell.decisions = append(cell.decisions, g.Decision)
		}
	}
	return err
}

// counts is what is kept of the edition for the next one.
func (e *editionCells) counts() *editionCounts {
	c := &editionCounts{Atoms: map[tables.GroupName]int64{}, People: map[tables.GroupName]uint64{}}
	for name, people := range e.atoms {
		c.Atoms[name], c.People[name] = people.N, people.Sum
	}
	for _, name := range slices.Sorted(maps.Keys(e.cells)) {
		if e.cells[name].hidden {
			c.Hidden = append(c.Hidden, name)
		} else {
			c.Shown = append(c.Shown, name)
		}
	}
	return c
}

// complete hides groups until nothing small can be computed.
func (e *editionCells) complete(p *publication, earlier []*editionCounts) {
	for _, counts := range earlier {
		p.addEarlier(counts)
	}
	add := p.addCurrent
	if e.OfVerified() {
		add = p.addVerified
	}
	names := add(e)
	hid, _ := p.Complete() // what earlier editions tell cannot be taken back
	for _, at := range hid {
		e.cells[names[at]].hidden = true
	}
	e.agree()
}

// compared are the groups that must not be told by comparing editions: those of
// tables, and the atoms, as a level of a school is.
func (e *editionCells) compared() []tables.GroupName {
	compared := slices.Sorted(maps.Keys(e.atoms))
	for _, name := range slices.Sorted(maps.Keys(e.cells)) {
		if _, atom := e.atoms[name]; !atom {
			compared = append(compared, name)
		}
	}
	return compared
}
