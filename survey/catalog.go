package survey

import (
	"cmp"
	"context"
	"slices"
)

// Catalog is everything that changes rarely, as of one moment: units, sectors,
// questionnaires, targets, campaigns and points, with the look-ups over them.
// It is read-only once made; a change makes a new one.
type Catalog struct {
	Units          []Unit
	Sectors        []Sector
	Questionnaires []Questionnaire
	Targets        []Target
	Campaigns      []Campaign
	Points         []Point
	Drafts         []Questionnaire // versions being written, which nobody is asked yet

	units     map[UnitID]*Unit
	children  map[UnitID][]*Unit
	sectors   map[SectorID]*Sector
	forms     map[FormRef]*Questionnaire
	campaigns map[CampaignID]*Campaign
	points    map[PointCode]*Point
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
	c.children = map[UnitID][]*Unit{}
	for i := range c.Units {
		u := &c.Units[i]
		c.children[u.Parent] = append(c.children[u.Parent], u)
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
	load(func() (e error) { c.Units, e = Table[Unit]{store, Units}.All(ctx); return })
	load(func() (e error) { c.Sectors, e = Table[Sector]{store, Sectors}.All(ctx); return })
	load(func() (e error) {
		all, e := Table[Questionnaire]{store, Questionnaires}.All(ctx)
		for _, q := range all {
			if q.Draft {
				c.Drafts = append(c.Drafts, q)
			} else {
				c.Questionnaires = append(c.Questionnaires, q)
			}
		}
		return e
	})
	load(func() (e error) { c.Targets, e = Table[Target]{store, Targets}.All(ctx); return })
	load(func() (e error) { c.Campaigns, e = Table[Campaign]{store, Campaigns}.All(ctx); return })
	load(func() (e error) { c.Points, e = Table[Point]{store, Points}.All(ctx); return })
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

// Children returns the units directly below a unit, in every time frame.
func (c *Catalog) Children(id UnitID) []*Unit { return c.children[id] }

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

// maxDepth bounds walks up the tree and along successors: a ring in the data
// (which validation refuses) must not hang a page.
const maxDepth = 32

// Within reports whether a unit is top or lies below it.
func (c *Catalog) Within(id, top UnitID) bool {
	for range maxDepth {
		if id == top {
			return true
		}
		u := c.units[id]
		if u == nil || u.Parent == "" {
			return false
		}
		id = u.Parent
	}
	return false
}

// RollUp returns the nearest unit of one of the kinds, from id upwards, in the
// frame of a day: a unit that has ended by then is followed to its successor
// where exactly one is known. It returns nil where there is no such unit above.
func (c *Catalog) RollUp(id UnitID, on Date, kinds ...UnitKind) *Unit {
	for range maxDepth {
		u := c.units[id]
		switch {
		case u == nil:
			return nil
		case on != "" && u.Valid.To != "" && u.Valid.To < on && len(u.Successors) == 1:
			id = u.Successors[0]
		case slices.Contains(kinds, u.Kind):
			return u
		default:
			id = u.Parent
		}
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
