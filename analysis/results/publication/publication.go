package publication

import (
	"cmp"
	"maps"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
	"hailong/analysis/results/tables"
)

// publication is the numbers of all editions of a campaign: of all respondents, and of
// those who are verified. An atom of an edition is another one in the next where its
// respondents are other ones, however many, and the same where they are the same: readers
// may know that nobody came and nobody left.
type publication struct {
	disclosure.Publication
	threshold     int64
	atoms         int
	all, verified series
	offices       map[string]int // insider of each unit
}

// series is the editions' numbers of all respondents, or of the verified alone.
type series struct {
	last     map[tables.GroupName]countedAtom // of the edition added last
	editions []editionSums                    // nothing in one that had no such numbers
}

type countedAtom struct {
	atom       int
	people     columns.Respondents
	identified bool
}

// editionSums is what of which atoms the groups of an edition are the sum.
type editionSums struct {
	sums        map[tables.GroupName][]disclosure.Term
	respondents map[tables.GroupName]columns.Respondents
	identified  bool // it is known who they are, and not only how many
}

func newPublicationOf(threshold int64) *publication {
	return &publication{threshold: threshold, offices: map[string]int{}}
}

// addAtoms numbers the atoms of an edition and adds them up to groups. Every
// division gives the same units: of a group that several divisions have, the sum of
// one of them stands for it, and that the others come to the same is known.
func (p *publication) addAtoms(to *series, counts *editionCounts) editionSums {
	now, respondents := map[tables.GroupName]countedAtom{}, map[int]columns.Respondents{}
	byDivision := map[tables.GroupName]map[string][]disclosure.Term{}
	s := newEditionSums(counts)
	for _, name := range slices.Sorted(maps.Keys(counts.Atoms)) {
		atom := p.atomOf(to, name, counts)
		now[name] = atom
		respondents[atom.atom] = atom.people
		keys := name.Keys()
		division := divisionOf(keys)
		for _, part := range partsOf(keys) {
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
		for _, atom := range first {
			s.respondents[part] = together(s.respondents[part], respondents[atom.Atom])
		}
		for _, other := range divisions[1:] {
			p.know(difference(first, byDivision[part][other]))
		}
	}
	to.last = now
	to.editions = append(to.editions, s)
	return s
}

func newEditionSums(counts *editionCounts) editionSums {
	return editionSums{
		sums: map[tables.GroupName][]disclosure.Term{}, respondents: map[tables.GroupName]columns.Respondents{}, identified: counts.People != nil,
	}
}

// atomOf is the atom of a name in an edition: that of the edition before where the same
// people are in it.
func (p *publication) atomOf(last *series, name tables.GroupName, counts *editionCounts) countedAtom {
	now := countedAtom{p.atoms, counts.people(name), counts.People != nil}
	before, known := last.last[name]
	if known && before.people.N == now.people.N && now.people.N >= 0 && (before.people.Sum == now.people.Sum || !before.identified || !now.identified) {
		now.atom = before.atom
	} else {
		p.atoms++
	}
	p.knownTo(cmp.Or(name.Keys()[tables.ByUnit], tables.None), now.atom)
	return now
}

// together is two groups of people that have nobody in common.
func together(a, b columns.Respondents) columns.Respondents {
	return columns.Respondents{N: a.N + b.N, Sum: a.Sum + b.Sum}
}

// without is a group of people without some of them; of two editions, who came less who
// left.
func without(a, b columns.Respondents) columns.Respondents {
	return columns.Respondents{N: a.N - b.N, Sum: a.Sum - b.Sum}
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
func divisionOf(keys tables.GroupKeys) string {
	for _, d := range []tables.Dimension{tables.BySchool, tables.ByMonth, tables.ByChannel, tables.BySector} {
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

// small reports whether so many respondents, or so many more or fewer, must not be
// told.
func (p *publication) small(n int64) bool { n = max(n, -n); return 0 < n && n < p.threshold }

// know adds a number that readers know, whatever is hidden.
func (p *publication) know(sum []disclosure.Term) {
	p.Numbers = append(p.Numbers, disclosure.Number{Terms: sum, Shown: true, Fixed: true})
}

// guard adds a number that must not be computed, if it is of so few.
func (p *publication) guard(n int64, sum []disclosure.Term) {
	if p.small(n) {
		p.Numbers = append(p.Numbers, disclosure.Number{Terms: sum, Guarded: true})
	}
}

// guardChange guards the difference of two editions in which people are others: by so
// few more or fewer that it would tell of them, or, where as many left as came, of each.
func (p *publication) guardChange(change columns.Respondents, identified bool, sum []disclosure.Term) {
	if p.small(change.N) || change.N == 0 && identified && change.Sum != 0 {
		p.Numbers = append(p.Numbers, disclosure.Number{Terms: sum, Guarded: true})
	}
}

// unknown is the number of people of a group of which an earlier edition kept nothing.
const unknown = -1

// others is the numbers of those who are not verified, where both are known.
func others(all, verified editionSums) editionSums {
	o := newEditionSums(&editionCounts{})
	o.identified = all.identified && verified.identified
	for name := range all.sums {
		if all.respondents[name].N != unknown && verified.respondents[name].N != unknown {
			o.sums[name] = difference(all.sums[name], verified.sums[name])
			o.respondents[name] = without(all.respondents[name], verified.respondents[name])
		}
	}
	return o
}

// knowSame adds that groups are those of the edition before, where they are: readers may
// know that nobody came and nobody left.
func (p *publication) knowSame(now, before editionSums) {
	for _, name := range slices.Sorted(maps.Keys(now.sums)) {
		was, there := before.respondents[name]
		change := without(now.respondents[name], was)
		if there && change.N == 0 && (change.Sum == 0 || !now.identified || !before.identified) {
			if sum := difference(now.sums[name], before.sums[name]); len(sum) > 0 {
				p.know(sum)
			}
		}
	}
}

// knowSameOthers is knowSame of those who are not verified, of the newest edition.
func (p *publication) knowSameOthers() {
	if last := len(p.verified.editions) - 1; last > 0 && len(p.verified.editions[last-1].sums) > 0 {
		p.knowSame(others(p.all.editions[last], p.verified.editions[last]), others(p.all.editions[last-1], p.verified.editions[last-1]))
	}
}

// addEarlier adds an edition that readers know.
func (p *publication) addEarlier(counts *editionCounts) {
	s := p.addAtoms(&p.all, counts)
	p.guardAtoms(counts, s)
	p.addKnown(counts, s)
	if counts.Verified == nil {
		p.verified.editions = append(p.verified.editions, editionSums{})
		return
	}
	alone := p.addAtoms(&p.verified, counts.Verified)
	p.guardBeside(slices.Sorted(maps.Keys(counts.Atoms)), s, alone)
	p.knowChannels(s, alone)
	p.knowSameOthers()
	p.addKnown(counts.Verified, alone)
	p.guardBeside(counts.Verified.Hidden, s, alone)
}

// addKnown adds what an earlier edition shows, and must not tell.
func (p *publication) addKnown(counts *editionCounts, s editionSums) {
	for _, name := range counts.Shown {
		p.know(s.sums[name])
	}
	for _, name := range counts.Hidden {
		p.guard(s.respondents[name].N, s.sums[name])
	}
}

func (p *publication) guardAtoms(counts *editionCounts, s editionSums) {
	for _, name := range slices.Sorted(maps.Keys(counts.Atoms)) {
		p.guard(counts.Atoms[name], s.sums[name])
	}
}

// guardBeside guards groups of which few are verified, or few are not.
func (p *publication) guardBeside(names []tables.GroupName, all, verified editionSums) {
	for _, name := range names {
		n := verified.respondents[name].N
		p.guard(n, verified.sums[name])
		if n != 0 { // else the others are all, which is guarded already
			p.guard(all.respondents[name].N-n, difference(all.sums[name], verified.sums[name]))
		}
	}
}

// knowChannels adds what readers know of channels: that everybody who answers by one
// is verified, as on numbered paper, or nobody is.
func (p *publication) knowChannels(all, verified editionSums) {
	everywhere := func(name tables.GroupName) tables.GroupName {
		return tables.GroupKeys{tables.ByChannel: name.Keys()[tables.ByChannel]}.Name()
	}
	for _, name := range slices.Sorted(maps.Keys(verified.sums)) {
		keys := name.Keys()
		if len(keys) != 2 || keys[tables.ByChannel] == "" || keys[tables.ByUnit] == "" {
			continue
		}
		switch channel := everywhere(name); verified.respondents[channel].N {
		case 0:
			p.know(verified.sums[name])
		case all.respondents[channel].N:
			p.know(difference(all.sums[name], verified.sums[name]))
		}
	}
}

// addCurrent adds the edition that is to be decided on, of all respondents, and
// returns the names of its groups by their places among the numbers.
func (p *publication) addCurrent(e *editionCells) map[int]tables.GroupName {
	counts := e.counts()
	s := p.addAtoms(&p.all, counts)
	p.guardAtoms(counts, s)
	names := p.addCells(e, s)
	p.guardSmallSchools(e, s)
	for _, earlier := range p.all.editions[:len(p.all.editions)-1] {
		for _, name := range e.compared() {
			if before, there := earlier.sums[name]; there {
				p.guardChange(without(s.respondents[name], earlier.respondents[name]), s.identified && earlier.identified, difference(s.sums[name], before))
			}
		}
	}
	return names
}

// addVerified is addCurrent for the verified alone. What was decided of all is not
// changed any more.
func (p *publication) addVerified(e *editionCells) map[int]tables.GroupName {
	for i := range p.Numbers {
		p.Numbers[i].Fixed = true
	}
	all, verified := p.all.editions[len(p.all.editions)-1], p.addAtoms(&p.verified, e.counts())
	p.knowChannels(all, verified)
	p.knowSameOthers()
	names := p.addCells(e, verified)
	for at := range names {
		p.Numbers[at].Guarded = false // guardBeside says exactly what is
	}
	p.guardBeside(e.compared(), all, verified)
	for i, earlier := range p.verified.editions[:len(p.verified.editions)-1] {
		earlierAll := p.all.editions[i]
		for _, name := range e.compared() {
			before, there := earlier.sums[name]
			if !there {
				continue
			}
			identified := verified.identified && earlier.identified
			change := without(verified.respondents[name], earlier.respondents[name])
			sum := difference(verified.sums[name], before)
			p.guardChange(change, identified, sum)
			if change.N != 0 || identified && change.Sum != 0 {
				ofAll := without(all.respondents[name], earlierAll.respondents[name])
				p.guardChange(without(ofAll, change), identified, difference(difference(all.sums[name], earlierAll.sums[name]), sum))
			}
		}
	}
	return names
}

// addCells adds the groups of an edition.
func (p *publication) addCells(e *editionCells, s editionSums) map[int]tables.GroupName {
	names, at := map[int]tables.GroupName{}, map[tables.GroupName]int{}
	sorted := slices.Sorted(maps.Keys(e.cells))
	for _, name := range sorted {
		cell := e.cells[name]
		at[name] = len(p.Numbers)
		names[len(p.Numbers)] = name
		p.Numbers = append(p.Numbers, disclosure.Number{
			Terms: s.sums[name], Shown: !cell.hidden, Guarded: cell.guarded, Respondents: cell.respondents,
		})
	}
	for _, name := range sorted {
		for _, within := range e.cells[name].within {
			if whole, ok := at[within]; ok {
				p.Numbers[whole].Details = append(p.Numbers[whole].Details, at[name])
			}
		}
	}
	return names
}

// guardSmallSchools guards the small schools of a unit and level together where even
// all of them are few.
func (p *publication) guardSmallSchools(e *editionCells, s editionSums) {
	together := map[tables.GroupName][]disclosure.Term{}
	respondents := map[tables.GroupName]int64{}
	for code, group := range e.SchoolGroups {
		cell := e.cells[tables.GroupKeys{tables.BySchool: string(group.School)}.Name()]
		if group.School == "" || cell == nil || !cell.guarded {
			continue
		}
		line := tables.GroupKeys{tables.ByUnit: e.Key(tables.ByUnit, int(group.Unit)), tables.ByLevel: e.Key(tables.ByLevel, int(e.SchoolGroups[code].Level))}.Name()
		name := cell.keys.Name()
		together[line] = append(together[line], s.sums[name]...)
		respondents[line] += s.respondents[name].N
	}
	for _, line := range slices.Sorted(maps.Keys(together)) {
		p.guard(respondents[line], together[line])
	}
}
