package campaigns

import (
	"context"
	"slices"

	"hailong/survey"
)

// Plan says how many responses a campaign needs, and from whom. Its id is the
// campaign's.
type Plan struct {
	ID     survey.CampaignID `bson:"_id" json:"id"`
	Rev    int64             `bson:"rev" json:"-"`
	Basis  PlanBasis         `bson:"basis" json:"basis"`
	Size   PlanSize          `bson:"size" json:"size"`
	Cells  []PlanCell        `bson:"cells" json:"cells"`
	Quotas []Quota           `bson:"quotas,omitempty" json:"quotas,omitempty"`
}

// PlanBasis is what a population counts.
type PlanBasis string

// The bases.
const (
	Transactions PlanBasis = "transactions" // dossiers handled
	People       PlanBasis = "users"        // users of a service
)

// SizeFormula is how a sample's size follows from a population.
type SizeFormula string

// The formulas; package analysis gives their sources.
const (
	Cochran SizeFormula = "cochran"
	Slovin  SizeFormula = "slovin"
)

// PlanLevel says what must reach the margin of error on its own.
type PlanLevel string

// The levels.
const (
	EachUnit PlanLevel = "unit"     // every unit, so that units can be told of one by one
	AllUnits PlanLevel = "campaign" // the campaign as a whole
)

// PlanSize is what the sample must achieve. Shares are between 0 and 1.
type PlanSize struct {
	Formula    SizeFormula `bson:"formula" json:"formula"`
	Level      PlanLevel   `bson:"level" json:"level"`
	Margin     float64     `bson:"margin" json:"margin"`
	Confidence float64     `bson:"confidence" json:"confidence"`
	Minimum    int         `bson:"minimum" json:"minimum"` // of each cell, or all of it where it is smaller
	Reserve    float64     `bson:"reserve" json:"reserve"` // drawn in addition, as a share
}

// PlanCell is a stratum: a unit, and a sector where the plan divides by it.
type PlanCell struct {
	Unit       survey.UnitID   `bson:"unit" json:"unit"`
	Sector     survey.SectorID `bson:"sector,omitempty" json:"sector,omitempty"`
	Population int             `bson:"population" json:"population"`
	Required   int             `bson:"required" json:"required"` // answers
	Reserve    int             `bson:"reserve" json:"reserve"`   // to draw in addition
}

// Quota is how many responses are to come by a channel, or through a surveyor.
type Quota struct {
	Channel  survey.Channel `bson:"channel,omitempty" json:"channel,omitempty"`
	Surveyor survey.Login   `bson:"surveyor,omitempty" json:"surveyor,omitempty"`
	Required int            `bson:"required" json:"required"`
}

// Required is the number of answers in all.
func (p *Plan) Required() int {
	n := 0
	for _, c := range p.Cells {
		n += c.Required
	}
	return n
}

// ReserveShare is the share of those drawn that is to make up for who does not
// answer; false for a plan without cells.
func (p *Plan) ReserveShare() (float64, bool) {
	required, reserve := p.Required(), 0
	for _, c := range p.Cells {
		reserve += c.Reserve
	}
	if required == 0 {
		return 0, false
	}
	return float64(reserve) / float64(required+reserve), true
}

// Keep copies from the old plan the cells that mine does not cover. A plan is
// for the whole campaign, and somebody who edits a part of it leaves the rest
// as it is.
func (p *Plan) Keep(before *Plan, mine func(survey.UnitID) bool) {
	for _, c := range before.Cells {
		if !mine(c.Unit) {
			p.Cells = append(p.Cells, c)
		}
	}
}

// Bounds of a plan.
const (
	maxCells      = 2000
	maxPopulation = 100_000_000
)

// Check returns Invalid, with a message per field, if the plan breaks a rule.
func (p *Plan) Check(catalog *survey.Catalog) error {
	fields := survey.Fields{}
	if p.Basis != Transactions && p.Basis != People {
		fields.Add("basis", "plan.bad_choice")
	}
	if p.Size.Formula != Cochran && p.Size.Formula != Slovin {
		fields.Add("formula", "plan.bad_choice")
	}
	if p.Size.Level != EachUnit && p.Size.Level != AllUnits {
		fields.Add("level", "plan.bad_choice")
	}
	if !(p.Size.Margin >= 0.005 && p.Size.Margin <= 0.3) {
		fields.Add("margin", "plan.bad_percent", 0.5, 30)
	}
	if !(p.Size.Confidence >= 0.8 && p.Size.Confidence <= 0.999) {
		fields.Add("confidence", "plan.bad_percent", 80, 99.9)
	}
	if p.Size.Minimum < 0 || p.Size.Minimum > 10000 {
		fields.Add("minimum", "plan.bad_number", 0, 10000)
	}
	if !(p.Size.Reserve >= 0 && p.Size.Reserve <= 1) {
		fields.Add("reserve", "plan.bad_percent", 0, 100)
	}
	for _, q := range p.Quotas {
		if q.Required < 0 || q.Required > maxPopulation || q.Channel != "" && !slices.Contains(survey.Channels, q.Channel) {
			fields.Add("quotas", "plan.bad_number", 0, maxPopulation)
		}
	}
	if len(p.Cells) == 0 || len(p.Cells) > maxCells {
		fields.Add("cells", "plan.bad_cells", 1, maxCells)
	}
	type stratum struct {
		unit   survey.UnitID
		sector survey.SectorID
	}
	seen := map[stratum]bool{}
	for _, c := range p.Cells {
		s := stratum{c.Unit, c.Sector}
		switch {
		case catalog.Unit(c.Unit) == nil:
			fields.Add("cells", "plan.unknown_unit", string(c.Unit))
		case c.Sector != "" && catalog.Sector(c.Sector) == nil:
			fields.Add("cells", "plan.unknown_sector", string(c.Sector))
		case seen[s]:
			fields.Add("cells", "plan.cell_twice", catalog.Unit(c.Unit).Name)
		case c.Population < 1 || c.Population > maxPopulation:
			fields.Add("cells", "plan.bad_population", 1, maxPopulation)
		}
		seen[s] = true
	}
	return fields.Err("check plan", "plan.invalid")
}

func (cs *Campaigns) plans() survey.Documents[Plan] {
	return survey.Documents[Plan]{Store: cs.store, Collection: survey.Plans}
}

// Plan returns the plan of a campaign; one of revision 0 where none was made.
func (cs *Campaigns) Plan(ctx context.Context, id survey.CampaignID) (Plan, error) {
	p, err := cs.plans().Get(ctx, string(id))
	if survey.Is(err, survey.NotFound) {
		return Plan{ID: id, Basis: Transactions, Size: PlanSize{
			Formula: Slovin, Level: EachUnit, Margin: 0.05, Confidence: 0.95, Reserve: 0.15,
		}}, nil
	}
	return p, err
}

// SavePlan stores a plan in the place of its revision rev; 0 for the first one.
// The numbers of its cells are computed by the caller. Errors: Invalid,
// Conflict.
func (cs *Campaigns) SavePlan(ctx context.Context, actor survey.Actor, rev int64, p Plan) error {
	if err := p.Check(cs.catalog()); err != nil {
		return err
	}
	_, err := survey.Change(ctx, cs.changes, survey.Edit[Plan]{
		Collection: survey.Plans, ID: string(p.ID), Seen: rev, Actor: actor, Action: "plan.save",
		Do: func(stored *Plan) error {
			*stored = p
			return nil
		},
	})
	return err
}
