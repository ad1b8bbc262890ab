package survey

import "slices"

// Reach is how far something reaches: what a scope has to cover before somebody may
// see it or act on it. It is made by the functions below and says which of them, so
// that none can mean "anywhere" by leaving something empty. The zero value is nothing:
// no scope covers it.
type Reach struct {
	kind     reachKind
	units    []UnitID
	family   Family
	inFamily bool
}

type reachKind int

const (
	reachNothing reachKind = iota
	reachUnit              // lies in one unit
	reachFrame             // reaches all that lies in some units, or in the whole country
	reachPart              // is shown to each as much of as lies in their scope
)

// OfUnit is the reach of what lies in a unit. A unit that is not known is covered by a
// scope that names no units alone.
func OfUnit(unit UnitID) Reach { return Reach{kind: reachUnit, units: []UnitID{unit}} }

// Everywhere is the reach of what concerns every unit: a questionnaire, a sector.
func Everywhere() Reach { return Reach{kind: reachFrame} }

// Reach is how far an act on a campaign reaches: all its units, which are all there
// are where it names none.
func (c *Campaign) Reach() Reach {
	return Reach{kind: reachFrame, units: c.Units}.In(c.Family)
}

// PointReach is how far a point reaches: its unit, and the family of its questionnaire.
func (c *Catalog) PointReach(p *Point) Reach {
	var family Family
	if form := c.Latest(p.Form); form != nil {
		family = form.Family
	}
	return OfUnit(p.Unit).In(family)
}

// In adds that something belongs to a family. One that is not known is covered by a
// scope that names no families alone.
func (e Reach) In(family Family) Reach {
	e.family, e.inFamily = family, true
	return e
}

// Part is the reach of a page that shows each person as much of the whole as lies in
// their scope. It is covered where there is some.
func (e Reach) Part() Reach {
	if e.kind == reachFrame {
		e.kind = reachPart
	}
	return e
}

// Covers reports whether something that reaches so far lies in the scope.
func (g Grant) Covers(c *Catalog, e Reach) bool {
	if e.inFamily && !g.CoversFamily(e.family) {
		return false
	}
	within := func(unit UnitID) bool { return g.CoversUnit(c, unit) }
	switch e.kind {
	case reachUnit, reachFrame:
		if len(e.units) == 0 {
			return g.allUnits()
		}
		return !slices.ContainsFunc(e.units, func(u UnitID) bool { return !within(u) })
	case reachPart:
		return g.allUnits() || len(g.Scope.Units) > 0 && (len(e.units) == 0 || slices.ContainsFunc(e.units, func(u UnitID) bool {
			return within(u) || slices.ContainsFunc(g.Scope.Units, func(own UnitID) bool { return c.Within(own, u) })
		}))
	case reachNothing:
	}
	return false
}

// CoversFamily reports whether a family of questionnaires lies in the scope. The empty
// one is that of something whose family is not known: it lies only in a scope of all.
func (g Grant) CoversFamily(family Family) bool {
	own, limited := families[g.Role]
	if family == "" {
		return !limited && len(g.Scope.Families) == 0
	}
	return (!limited || slices.Contains(own, family)) && (len(g.Scope.Families) == 0 || slices.Contains(g.Scope.Families, family))
}

// CoversUnit reports whether a unit lies in the scope. The empty one is that of
// something whose unit is not known: it lies only in a scope of all.
func (g Grant) CoversUnit(c *Catalog, unit UnitID) bool {
	return g.allUnits() || unit != "" && slices.ContainsFunc(g.Scope.Units, func(top UnitID) bool { return c.Within(unit, top) })
}

// allUnits reports whether the scope names no units, of a role that may do so.
func (g Grant) allUnits() bool { return len(g.Scope.Units) == 0 && g.Role != CommuneCommittee }

// Everywhere reports whether nothing is outside the scope.
func (g Grant) Everywhere() bool {
	return g.allUnits() && len(g.Scope.Families) == 0 && len(families[g.Role]) == 0
}
