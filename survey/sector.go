package survey

// SectorID identifies a field of administrative procedures (lĩnh vực).
type SectorID string

// SectorGroup gathers sectors that a target looks at together.
type SectorGroup string

// LandBuildInvest is the group of the plan's own sub-target: land,
// construction, investment (đất đai, xây dựng, đầu tư).
const LandBuildInvest SectorGroup = "land_construction_investment"

// Sector is one field of administrative procedures.
type Sector struct {
	ID    SectorID    `bson:"_id" yaml:"id" json:"id"`
	Rev   int64       `bson:"rev" yaml:"-" json:"-"`
	Name  Text        `bson:"name" yaml:"name" json:"name"`
	Group SectorGroup `bson:"group,omitempty" yaml:"group" json:"group,omitempty"`
	// Short puts the sector in the list a citizen chooses from at the counter.
	// The others are chosen by staff, imports and points.
	Short bool `bson:"short,omitempty" yaml:"short" json:"short,omitempty"`
	Order int  `bson:"order" yaml:"-" json:"-"` // place in the catalogue
}

// LandSector is land registration, the sector with the most counters of its own.
const LandSector SectorID = "land"

// OtherSector is what a citizen chooses who finds no fitting sector; it is
// always last in a list.
const OtherSector SectorID = "other"
