package publication

import (
	"maps"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/disclosure"
	"hailong/analysis/results/tables"
	"hailong/survey"
)

// itemPublication is the numbers by item and factor of all editions of a campaign. Its
// atoms are who answered an item in a unit, and who answered a factor there at all. Who
// responded to the unit is decided before and by itself: no sum of the one is one of the
// other.
type itemPublication struct {
	*publication
	layout   *columns.ItemLayout
	measured map[string]bool // items whose answers the figures of groups add up
	all      itemSeries
	verified itemSeries
}

// itemSeries is the editions' numbers by item of all respondents, or of the verified
// alone.
type itemSeries struct {
	atoms    series
	editions []itemSums
}

// itemSums is what an edition has of each item and factor: first its answers, then, of a
// factor, its respondents. Each is known by the atoms of which it is the sum.
type itemSums [2]editionSums

func newItemPublication(v *tables.CampaignTables) *itemPublication {
	return &itemPublication{publication: newPublicationOf(v.Threshold()), layout: v.Layout, measured: v.MeasuredItems()}
}

// showsItems reports whether editions of a family have tables by item.
func showsItems(family survey.Family) bool { return slices.Contains(Divisions(family), tables.ByItem) }

// protectItems hides items and factors, within the groups that are shown, until nothing
// that is small can be computed from this edition and earlier ones. The verified alone
// come after everybody, over the same publication.
func (p *itemPublication) protectItems(v *tables.CampaignTables, groups *editionCounts) (*editionCounts, error) {
	e := newEditionCells(v)
	v.EachAnswer(func(of tables.GroupKeys, answered columns.Respondents) {
		if answered.N > 0 { // else it is known to be empty
			e.atoms[of.Name()] = answered
		}
	})
	decided, err := v.DecidedItems(Divisions(v.Layout.Campaign.Family))
	if err != nil {
		return nil, err
	}
	for _, g := range decided {
		e.add(g)
	}
	e.agree()
	names := p.addCurrent(e, groups)
	hid, _ := p.Complete() // what earlier editions tell cannot be taken back
	for _, at := range hid {
		e.cells[names[at]].hidden = true
	}
	e.agree()
	counts := e.counts()
	counts.Shown = append(counts.Shown, p.measuredOf(groups.Shown)...)
	return counts, nil
}

// measuredOf is the groups whose figure adds up the answers to measured items.
func (p *itemPublication) measuredOf(shown []tables.GroupName) (names []tables.GroupName) {
	for _, name := range shown {
		keys := name.Keys()
		if _, unit := keys[tables.ByUnit]; len(p.measured) > 0 && (len(keys) == 0 || len(keys) == 1 && unit) {
			names = append(names, name)
		}
	}
	return names
}

// addAtoms numbers the atoms of an edition and adds them up.
func (p *itemPublication) addAtoms(to *itemSeries, counts *editionCounts) itemSums {
	s, now := itemSums{newEditionSums(counts), newEditionSums(counts)}, map[tables.GroupName]countedAtom{}
	for _, name := range slices.Sorted(maps.Keys(counts.Atoms)) {
		atom := p.atomOf(&to.atoms, name, counts)
		now[name] = atom
		keys := name.Keys()
		for number, wholes := range p.wholesOf(keys) {
			of := &s[number]
			for _, whole := range wholes {
				for _, part := range []tables.GroupName{whole.Name(), whole.With(tables.GroupKeys{tables.ByUnit: keys[tables.ByUnit]}).Name()} {
					of.sums[part] = append(of.sums[part], disclosure.Term{Atom: atom.atom, Times: 1})
					of.respondents[part] = addKnown(of, part, atom.people)
				}
			}
		}
	}
	to.atoms.last = now
	to.editions = append(to.editions, s)
	return s
}

// addKnown adds people to those of a group, unless one of the two is not known.
func addKnown(s *editionSums, name tables.GroupName, people columns.Respondents) columns.Respondents {
	before := s.respondents[name]
	if before.N == unknown || people.N == unknown {
		return columns.Respondents{N: unknown}
	}
	return together(before, people)
}

// wholesOf is what an atom is counted in, of all units: by answers, and by respondents.
func (p *itemPublication) wholesOf(keys tables.GroupKeys) (wholes [2][]tables.GroupKeys) {
	item, isItem := keys[tables.ByItem]
	if !isItem {
		wholes[1] = []tables.GroupKeys{{tables.ByFactor: keys[tables.ByFactor]}}
		return wholes
	}
	wholes[0] = []tables.GroupKeys{{tables.ByItem: item}}
	column, asked := p.layout.Column[item]
	if factor := p.layout.FactorOf(column); asked && factor != "" {
		wholes[0] = append(wholes[0], tables.GroupKeys{tables.ByFactor: factor})
	}
	if p.measured[item] {
		wholes[0] = append(wholes[0], tables.GroupKeys{})
	}
	return wholes
}

// addEarlier adds an edition that readers know.
func (p *itemPublication) addEarlier(counts, verified *editionCounts) {
	s := p.addAtoms(&p.all, counts)
	p.addShown(counts, s)
	for number := range s {
		p.guardFew(s[number])
	}
	if verified == nil {
		p.addAtoms(&p.verified, &editionCounts{People: map[tables.GroupName]uint64{}}) // nobody
		return
	}
	alone := p.addAtoms(&p.verified, verified)
	p.addShown(verified, alone)
	for number := range alone {
		p.knowOthers(number)
		p.guardFewBeside(s[number], alone[number])
	}
}

// knowOthers adds what readers know of those in an atom who are not verified: that there
// is nobody, or that they are those of the edition before.
func (p *itemPublication) knowOthers(number int) {
	last := len(p.verified.editions) - 1
	now, before := others(p.all.editions[last][number], p.verified.editions[last][number]), editionSums{}
	if last > 0 {
		before = others(p.all.editions[last-1][number], p.verified.editions[last-1][number])
	}
	p.knowSame(now, before)
	for _, name := range slices.Sorted(maps.Keys(now.sums)) {
		if _, ofUnit := name.Keys()[tables.ByUnit]; ofUnit && now.respondents[name].N == 0 {
			p.know(now.sums[name])
		}
	}
}

// addShown adds what an earlier edition shows.
func (p *itemPublication) addShown(counts *editionCounts, s itemSums) {
	for _, name := range counts.Shown {
		for number := range s {
			if sum := s[number].sums[name]; len(sum) > 0 {
				p.know(sum)
			}
		}
	}
}

// guardFew guards what few people answered.
func (p *itemPublication) guardFew(s editionSums) {
	for _, name := range slices.Sorted(maps.Keys(s.sums)) {
		if n := s.respondents[name].N; n != unknown {
			p.guard(n, s.sums[name])
		}
	}
}

// guardFewBeside guards what few of the verified answered, or few of the others.
func (p *itemPublication) guardFewBeside(all, verified editionSums) {
	for _, name := range slices.Sorted(maps.Keys(verified.sums)) {
		n, of := verified.respondents[name].N, all.respondents[name].N
		if n != unknown {
			p.guard(n, verified.sums[name])
		}
		if n != unknown && of != unknown {
			p.guard(of-n, difference(all.sums[name], verified.sums[name]))
		}
	}
}

// addCurrent adds the edition that is to be decided on, and returns the names of its
// cells by their places among the numbers.
func (p *itemPublication) addCurrent(e *editionCells, groups *editionCounts) map[int]tables.GroupName {
	counts := e.counts()
	to := &p.all
	if e.OfVerified() { // what was decided of all is not changed any more
		to = &p.verified
		for i := range p.Numbers {
			p.Numbers[i].Fixed = true
		}
	}
	s := p.addAtoms(to, counts)
	names := p.addCells(e, s)
	p.addShown(&editionCounts{Shown: p.measuredOf(groups.Shown)}, s)
	last := len(p.all.editions) - 1
	for number := range s {
		if !e.OfVerified() {
			p.guardFew(s[number])
			for _, earlier := range p.all.editions[:last] {
				p.guardChanges(s[number], earlier[number])
			}
			continue
		}
		p.knowOthers(number)
		p.guardFewBeside(p.all.editions[last][number], s[number])
		for i, earlier := range p.verified.editions[:len(p.verified.editions)-1] {
			p.guardChanges(s[number], earlier[number])
			p.guardChanges(others(p.all.editions[last][number], s[number]), others(p.all.editions[i][number], earlier[number]))
		}
	}
	return names
}

// guardChanges guards what changed by few people between two editions.
func (p *itemPublication) guardChanges(now, before editionSums) {
	names := maps.Clone(now.respondents)
	maps.Copy(names, before.respondents)
	for _, name := range slices.Sorted(maps.Keys(names)) { // what one of the two does not have, nobody answered
		was := before.respondents[name]
		if was.N == unknown || now.respondents[name].N == unknown {
			continue
		}
		p.guardChange(without(now.respondents[name], was), now.identified && before.identified, difference(now.sums[name], before.sums[name]))
	}
}

// addCells adds the items and factors of an edition. The two numbers of a factor are
// shown and hidden together.
func (p *itemPublication) addCells(e *editionCells, s itemSums) map[int]tables.GroupName {
	names, at := map[int]tables.GroupName{}, map[tables.GroupName][]int{}
	sorted := slices.Sorted(maps.Keys(e.cells))
	for _, name := range sorted {
		for number := range s {
			if sum := s[number].sums[name]; len(sum) > 0 {
				at[name] = append(at[name], len(p.Numbers))
				names[len(p.Numbers)] = name
				p.Numbers = append(p.Numbers, disclosure.Number{
					Terms: sum, Shown: !e.cells[name].hidden, Respondents: s[number].respondents[name].N,
				})
			}
		}
	}
	for _, name := range sorted {
		for _, place := range at[name] {
			p.Numbers[place].Details = append(p.Numbers[place].Details, at[name]...)
			for _, within := range e.cells[name].within {
				for _, whole := range at[within] {
					p.Numbers[whole].Details = append(p.Numbers[whole].Details, place)
				}
			}
		}
	}
	return names
}

// itemsOf is what is known of the items of an edition, and of those of the verified; nil:
// it shows none of the verified.
func (p *itemPublication) itemsOf(e Earlier) (all, verified *editionCounts) {
	if e.counts == nil || e.counts.Items == nil {
		return p.itemsOfText(e.figures, false), p.itemsOfText(e.figures, true)
	}
	if e.counts.Verified != nil {
		verified = e.counts.Verified.Items
	}
	return e.counts.Items, verified
}

// itemsOfText is what the text of an edition tells of its items, of all or of the
// verified alone, where nothing was kept of them: how many answered what is shown, and
// that somebody may have answered what is not.
func (p *itemPublication) itemsOfText(f *EditionFigures, verified bool) *editionCounts {
	c := &editionCounts{Atoms: map[tables.GroupName]int64{}}
	for i := range f.Tables {
		t := &f.Tables[i]
		unit, ofUnit := t.Where[string(tables.ByUnit)]
		where := tables.GroupKeys{}
		if ofUnit {
			where[tables.ByUnit] = unit
		}
		if len(t.By) != 1 || t.By[0] != tables.ByItem && t.By[0] != tables.ByFactor {
			continue
		}
		if !t.Overall.Suppressed && (!verified || t.Overall.Verified != nil) {
			c.Shown = append(c.Shown, p.measuredOf([]tables.GroupName{where.Name()})...)
		}
		for _, g := range t.Groups {
			name, figure := where.With(tables.GroupKeys{t.By[0]: g.Keys[0]}).Name(), &g.Figure
			if figure.Suppressed {
				figure = nil
			} else if verified {
				figure = g.Figure.Verified
			}
			if figure != nil {
				c.Shown = append(c.Shown, name)
			}
			switch {
			case !ofUnit:
			case figure == nil:
				c.Atoms[name] = unknown
			default:
				c.Atoms[name] = figure.N
			}
		}
	}
	return c
}
