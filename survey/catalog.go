package survey

import (
	"cmp"
	"context"
	"slices"
)

// Asks reports whether a campaign asks a point's form of its unit.
func (c *Catalog) Asks(campaign *Campaign, p *Point) bool {
	_, ok := campaign.Form(p.Form)
	return ok && c.Covers(campaign, p.Unit)
}

// UnitName is the Vietnamese name of what stands in a unit's place on a day, its
// id where there is none.
func (c *Catalog) UnitName(id UnitID, on Date) string {
	if u := c.UnitOn(id, on); u != nil {
		return u.Name.In(Vietnamese)
	}
	return string(id)
}

// SuccessorsOn are the units in whose place a unit has come by a day: itself while it
// lasts. One that ended without known successors stays, for a person to decide:
// a list without it might be empty, and that means every unit.
func (c *Catalog) SuccessorsOn(id UnitID, on Date, depth int) []UnitID {
	u := c.Unit(id)
	if u == nil || depth == 0 || u.Valid.To == "" || u.Valid.To >= on || len(u.Successors) == 0 {
		return []UnitID{id}
	}
	var heirs []UnitID
	for _, successor := range u.Successors {
		heirs = append(heirs, c.SuccessorsOn(successor, on, depth-1)...)
	}
	return heirs
}

// Catalog is everything that changes rarely, as of one moment: units, sectors,
// questionnaires, targets, campaigns, points and the rules of privacy, with the
// look-ups over them.
// It is read-only once made; a change makes a new one.
type Catalog struct {
	Units          []Unit
	Sectors        []Sector
	Questionnaires []Questionnaire
	Targets        []Target
	Campaigns      []Campaign
	Points         []Point
	Drafts         []Questionnaire // versions being written, which nobody is asked yet
	Privacy        PrivacyRules

	units    map[UnitID]*Unit
	children map[UnitID][]*Unit
	// forerunners are the units that ended and that a unit alone carries on.
	predecessors map[UnitID][]*Unit
	sectors      map[SectorID]*Sector
	forms        map[FormRef]*Questionnaire
	campaigns    map[CampaignID]*Campaign
	points       map[PointCode]*Point
}

// Index builds the look-ups and puts the parts in their order. It must be
// called once after the fields are filled and before anything else.
func (c *Catalog) Index() *Catalog {
	slices.SortStableFunc(c.Sectors, func(a, b Sector) int { return cmp.Compare(a.Order, b.Order) })
	slices.SortStableFunc(c.Questionnaires, func(a, b Questionnaire) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Version, b.Version))
	})
	slices.SortStableFunc(c.Targets, func(a, b Target) int { return cmp.Compare(a.Order, b.Order) })
	slices.SortStableFunc(c.Points, func(a, b Point) int { return cmp.Compare(a.Order, b.Order) })

	c.units = index(c.Units, func(u *Unit) UnitID { return u.ID })
	c.sectors = index(c.Sectors, func(s *Sector) SectorID { return s.ID })
	c.forms = index(c.Questionnaires, func(q *Questionnaire) FormRef { return q.Ref() })
	c.campaigns = index(c.Campaigns, func(c *Campaign) CampaignID { return c.ID })
	c.points = index(c.Points, func(p *Point) PointCode { return p.Code })
	c.children, c.predecessors = map[UnitID][]*Unit{}, map[UnitID][]*Unit{}
	for i := range c.Units {
		u := &c.Units[i]
		c.children[u.Parent] = append(c.children[u.Parent], u)
		if next, ended := u.successor(); ended {
			c.predecessors[next] = append(c.predecessors[next], u)
		}
	}
	return c
}

func index[K comparable, V any](all []V, key func(*V) K) map[K]*V {
	m := make(map[K]*V, len(all))
	for i := range all {
		m[key(&all[i])] = &all[i]
	}
	return m
}

// LoadCatalog reads the catalogue from a store.
func LoadCatalog(ctx context.Context, store Store) (*Catalog, error) {
	var c Catalog
	var err error
	load := func(into func() error) {
		if err == nil {
			err = into()
		}
	}
	load(func() (e error) { c.Units, e = Documents[Unit]{store, Units}.All(ctx); return })
	load(func() (e error) { c.Sectors, e = Documents[Sector]{store, Sectors}.All(ctx); return })
	load(func() (e error) {
		all, e := Documents[Questionnaire]{store, Questionnaires}.All(ctx)
		for _, q := range all {
			if q.Draft {
				c.Drafts = append(c.Drafts, q)
			} else {
				c.Questionnaires = append(c.Questionnaires, q)
			}
		}
		return e
	})
	load(func() (e error) { c.Targets, e = Documents[Target]{store, Targets}.All(ctx); return })
	load(func() (e error) { c.Campaigns, e = Documents[Campaign]{store, Campaigns}.All(ctx); return })
	load(func() (e error) { c.Points, e = Documents[Point]{store, Points}.All(ctx); return })
	load(func() (e error) { c.Privacy, e = LoadPrivacyRules(ctx, store); return })
	if err != nil {
		return nil, err
	}
	return c.Index(), nil
}

// Unit returns the unit with an id, or nil.
func (c *Catalog) Unit(id UnitID) *Unit { return c.units[id] }

// Sector returns the sector with an id, or nil.
func (c *Catalog) Sector(id SectorID) *Sector { return c.sectors[id] }

// Questionnaire returns a version of a questionnaire, or nil.
func (c *Catalog) Questionnaire(ref FormRef) *Questionnaire { return c.forms[ref] }

// Campaign returns the campaign with an id, or nil.
func (c *Catalog) Campaign(id CampaignID) *Campaign { return c.campaigns[id] }

// Point returns the point with a code, or nil.
func (c *Catalog) Point(code PointCode) *Point { return c.points[code] }

// Children returns the units whose parent one is, in every time frame.
func (c *Catalog) Children(id UnitID) []*Unit { return c.children[id] }

// ChildrenOn returns the units below one on a day: those whose parent it is, and
// those of the units that had ended by then and that it alone carries on. Some
// of them may have ended themselves. On no day it is Children.
func (c *Catalog) ChildrenOn(id UnitID, on Date) []*Unit {
	if on == "" {
		return c.children[id]
	}
	var below []*Unit
	var gather func(parent UnitID, depth int)
	gather = func(parent UnitID, depth int) {
		below = append(below, c.children[parent]...)
		for _, old := range c.predecessors[parent] {
			if depth > 1 && old.Valid.To < on {
				gather(old.ID, depth-1)
			}
		}
	}
	gather(id, MaxDepth)
	return below
}

// Latest returns the newest version of a questionnaire, or nil.
func (c *Catalog) Latest(code FormCode) *Questionnaire {
	var latest *Questionnaire
	for i := range c.Questionnaires {
		if q := &c.Questionnaires[i]; q.Code == code && (latest == nil || q.Version > latest.Version) {
			latest = q
		}
	}
	return latest
}

// Draft returns the version of a questionnaire that is being written, or nil.
func (c *Catalog) Draft(code FormCode) *Questionnaire {
	for i := range c.Drafts {
		if c.Drafts[i].Code == code {
			return &c.Drafts[i]
		}
	}
	return nil
}

// MaxDepth bounds walks up the tree and along successors: a ring in the data
// (which validation refuses) must not hang a page.
const MaxDepth = 32

// Within reports whether a unit is top or lies below it, in any time frame:
// what is known of a unit that ends is also known of the one that carries it
// on, so whoever is responsible for that one is so for the old one's points.
func (c *Catalog) Within(id, top UnitID) bool {
	above := make([]UnitID, 1, 2*MaxDepth)
	above[0] = id
	add := func(id UnitID) {
		if id != "" && !slices.Contains(above, id) {
			above = append(above, id)
		}
	}
	for i := 0; i < len(above); i++ {
		if above[i] == top {
			return true
		}
		if u := c.units[above[i]]; u != nil {
			add(u.Parent)
			if next, ended := u.successor(); ended {
				add(next)
			}
		}
	}
	return false
}

// UnitOn returns the unit in whose place a unit stands on a day: itself while it
// lasts, and where exactly one carries on, that one afterwards. One that ended
// without such a successor stands for itself. On no day it is the unit itself;
// nil where there is none.
func (c *Catalog) UnitOn(id UnitID, on Date) *Unit {
	u := c.units[id]
	for range MaxDepth {
		if u == nil || on == "" || u.Valid.To >= on {
			return u
		}
		next, ended := u.successor()
		if !ended || c.units[next] == nil {
			return u
		}
		u = c.units[next]
	}
	return u
}

// StandsFor reports whether a unit is in another's place on a day, by UnitOn.
func (c *Catalog) StandsFor(unit, old UnitID, on Date) bool {
	u := c.UnitOn(old, on)
	return u != nil && u.ID == unit
}

// RollUp returns the nearest unit of one of the kinds, from id upwards, in the
// frame of a day: a unit that has ended by then is followed to its successor
// where exactly one is known. It returns nil where there is no such unit above.
func (c *Catalog) RollUp(id UnitID, on Date, kinds ...UnitKind) *Unit {
	for range MaxDepth {
		u := c.UnitOn(id, on)
		if u == nil || slices.Contains(kinds, u.Kind) {
			return u
		}
		id = u.Parent
	}
	return nil
}

// CampaignFor returns the campaign that a point's responses go to on a day: an
// open campaign of the form's family that asks the point's form of its unit.
// If none takes responses now, the error is Closed and says what is known of
// the nearest one: an open one before those that are over.
func (c *Catalog) CampaignFor(p *Point, on Date) (*Campaign, FormRef, error) {
	var nearest error = &Error{Kind: Closed, Op: "find campaign", Key: "campaign.none"}
	var last Date
	open := false
	for i := range c.Campaigns {
		campaign := &c.Campaigns[i]
		ref, asks := campaign.Form(p.Form)
		if !asks || !c.Covers(campaign, p.Unit) {
			continue
		}
		err := campaign.Takes(on)
		if err == nil {
			return campaign, ref, nil
		}
		isOpen := campaign.State == Open
		if campaign.State != Draft && (isOpen && !open || isOpen == open && campaign.Period.To >= last) {
			last, open, nearest = campaign.Period.To, isOpen, err
		}
	}
	return nil, FormRef{}, nearest
}

// Covers reports whether a campaign asks the people of a unit.
func (c *Catalog) Covers(campaign *Campaign, unit UnitID) bool {
	return len(campaign.Units) == 0 || slices.ContainsFunc(campaign.Units, func(top UnitID) bool { return c.Within(unit, top) })
}
