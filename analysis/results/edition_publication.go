package results

import (
	"cmp"
	"maps"
	"slices"

	"hailong/analysis/results/disclosure"
)

// publication is the numbers of all editions of a campaign. An atom of an edition is
// another one in the next where its number of respondents has changed, and the same
// where it has not: readers may know that nobody was added.
type publication struct {
	disclosure.Publication
	threshold int64
	atoms     int
	last      map[cellName]countedAtom // of the edition added last
	editions  []editionSums
	offices   map[string]int // insider of each unit
}

type countedAtom struct {
	atom        int
	respondents int64
}

// tally is how many respondents a group has, and where these are the verified alone,
// how many others; or by how many both have changed.
type tally struct{ respondents, others int64 }

func (t tally) all() int64 { return t.respondents + t.others }

func (t *tally) add(o tally) {
	t.respondents, t.others = t.respondents+o.respondents, t.others+o.others
}

// few reports whether so many must not be told: with the figures of all, who has the
// respondents has the others.
func (t tally) few(threshold int64) bool {
	few := func(n int64) bool { n = max(n, -n); return 0 < n && n < threshold }
	return few(t.respondents) || t.respondents != 0 && few(t.others)
}

// editionSums is what of which atoms the groups of an edition are the sum.
type editionSums struct {
	sums        map[cellName][]disclosure.Term
	respondents map[cellName]tally
}

func newPublicationOf(threshold int64) *publication {
	return &publication{threshold: threshold, last: map[cellName]countedAtom{}, offices: map[string]int{}}
}

// addAtoms numbers the atoms of an edition and adds them up to groups. Every
// division gives the same units: of a group that several divisions have, the sum of
// one of them stands for it, and that the others come to the same is known.
func (p *publication) addAtoms(counts, others map[cellName]int64) editionSums {
	now, respondents := map[cellName]countedAtom{}, map[int]tally{}
	byDivision := map[cellName]map[string][]disclosure.Term{}
	s := editionSums{sums: map[cellName][]disclosure.Term{}, respondents: map[cellName]tally{}}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		n := counts[name]
		atom, known := p.last[name]
		if !known || atom.respondents != n {
			atom = countedAtom{p.atoms, n}
			p.atoms++
		}
		now[name] = atom
		p.knownTo(cmp.Or(name.keys()[ByUnit], None), atom.atom)
		respondents[atom.atom] = tally{n, others[name]}
		keys := name.keys()
		division := divisionOf(keys)
		for _, part := range keys.parts() {
			if byDivision[part] == nil {
				byDivision[part] = map[string][]disclosure.Term{}
			}
			byDivision[part][division] = append(byDivision[part][division], disclosure.Term{Atom: atom.atom, Times: 1})
		}
	}
	for _, part := range slices.Sorted(maps.Keys(byDivision)) {
		divisions := slices.Sorted(maps.Keys(byDivision[part]))
		first := byDivision[part][divisions[0]]
		s.sums[part] = first
		var n tally
		for _, atom := range first {
			n.add(respondents[atom.Atom])
		}
		s.respondents[part] = n
		for _, other := range divisions[1:] {
			p.Numbers = append(p.Numbers, disclosure.Number{Terms: difference(first, byDivision[part][other]), Shown: true, Fixed: true})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if (tally{counts[name], others[name]}).few(p.threshold) {
			p.Numbers = append(p.Numbers, disclosure.Number{Terms: []disclosure.Term{{Atom: now[name].atom, Times: 1}}, Guarded: true})
		}
	}
	p.last = now
	p.editions = append(p.editions, s)
	return s
}

// knownTo adds an atom to what the office of a unit knows.
func (p *publication) knownTo(unit string, atom int) {
	at, there := p.offices[unit]
	if !there {
		at = len(p.Insiders)
		p.offices[unit] = at
		p.Insiders = append(p.Insiders, map[int]bool{})
	}
	p.Insiders[at][atom] = true
}

// divisionOf names the way in which an atom divides its unit.
func divisionOf(keys cellKeys) string {
	for _, d := range []Dimension{BySchool, ByMonth, ByChannel, BySector} {
		if _, ok := keys[d]; ok {
			return string(d)
		}
	}
	return ""
}

// difference is one sum less another.
func difference(a, b []disclosure.Term) []disclosure.Term {
	times := map[int]int{}
	for _, term := range a {
		times[term.Atom] += term.Times
	}
	for _, term := range b {
		times[term.Atom] -= term.Times
	}
	var terms []disclosure.Term
	for _, atom := range slices.Sorted(maps.Keys(times)) {
		if times[atom] != 0 {
			terms = append(terms, disclosure.Term{Atom: atom, Times: times[atom]})
		}
	}
	return terms
}

// namesIn lists the names of a set, in their order.
func namesIn(set map[cellName]bool) (list []cellName) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] {
			list = append(list, name)
		}
	}
	return list
}

// addEarlier adds an edition that readers know.
func (p *publication) addEarlier(counts *editionCounts) {
	s := p.addAtoms(counts.Atoms, counts.others)
	for _, name := range slices.Concat(counts.Shown, namesIn(counts.known)) {
		p.Numbers = append(p.Numbers, disclosure.Number{Terms: s.sums[name], Shown: true, Fixed: true})
	}
	for _, name := range counts.Hidden {
		if s.respondents[name].few(p.threshold) {
			p.Numbers = append(p.Numbers, disclosure.Number{Terms: s.sums[name], Guarded: true})
		}
	}
}

// addCurrent adds the edition that is to be decided on, and returns the names of its
// groups by their places among the numbers.
func (p *publication) addCurrent(e *editionCells) map[int]cellName {
	s := p.addAtoms(e.atoms, e.others)
	names, at := map[int]cellName{}, map[cellName]int{}
	sorted := slices.Sorted(maps.Keys(e.cells))
	for _, name := range sorted {
		cell := e.cells[name]
		at[name] = len(p.Numbers)
		names[len(p.Numbers)] = name
		p.Numbers = append(p.Numbers, disclosure.Number{
			Terms: s.sums[name], Shown: !cell.hidden || e.known[name], Fixed: e.known[name], Guarded: cell.guarded, Respondents: cell.respondents,
		})
	}
	for _, name := range sorted {
		for _, within := range e.cells[name].within {
			if whole, ok := at[within]; ok {
				p.Numbers[whole].Details = append(p.Numbers[whole].Details, at[name])
			}
		}
	}
	p.guardSmallSchools(e, s)
	compared := slices.Sorted(maps.Keys(e.atoms)) // a level of a school is no group of a table, and must not be told either
	for _, name := range sorted {
		if _, atom := e.atoms[name]; !atom {
			compared = append(compared, name)
		}
	}
	for _, earlier := range p.editions[:len(p.editions)-1] {
		for _, name := range compared {
			before, there := earlier.sums[name]
			now, was := s.respondents[name], earlier.respondents[name]
			change := tally{now.respondents - was.respondents, now.others - was.others}
			if there && change.few(p.threshold) {
				p.Numbers = append(p.Numbers, disclosure.Number{Terms: difference(s.sums[name], before), Guarded: true})
			}
		}
	}
	return names
}

// guardSmallSchools guards the small schools of a unit and level together where even
// all of them are few.
func (p *publication) guardSmallSchools(e *editionCells, s editionSums) {
	together := map[cellName][]disclosure.Term{}
	respondents := map[cellName]tally{}
	for code, group := range e.SchoolGroups {
		cell := e.cells[cellKeys{BySchool: string(group.School)}.name()]
		if group.School == "" || cell == nil || !cell.guarded {
			continue
		}
		line := cellKeys{ByUnit: e.key(ByUnit, int(group.Unit)), ByLevel: e.key(ByLevel, int(e.SchoolGroups[code].Level))}.name()
		name := cell.keys.name()
		together[line] = append(together[line], s.sums[name]...)
		n := respondents[line]
		n.add(s.respondents[name])
		respondents[line] = n
	}
	for _, line := range slices.Sorted(maps.Keys(together)) {
		if respondents[line].few(p.threshold) {
			p.Numbers = append(p.Numbers, disclosure.Number{Terms: together[line], Guarded: true})
		}
	}
}
