package survey

// UnitID identifies a unit for ever. The government's own code does not: codes
// were re-used in 2025, so a unit has an id of ours beside its code.
type UnitID string

// UnitKind says what a unit is.
type UnitKind string

// The kinds of unit.
const (
	Province   UnitKind = "province"
	Area       UnitKind = "area"       // a reporting area: the former district, now communes without one
	Commune    UnitKind = "commune"    // xã, phường, thị trấn
	Department UnitKind = "department" // phòng, trung tâm
	OneStop    UnitKind = "onestop"    // bộ phận một cửa, trung tâm phục vụ hành chính công
	School     UnitKind = "school"
)

// Kinds of unit in the order of the tree.
var UnitKinds = []UnitKind{Province, Area, Commune, Department, OneStop, School}

// SchoolLevel is the level of education a school or an education questionnaire serves.
type SchoolLevel string

// The levels in the plan's scope. Upper secondary is not in it.
const (
	Preschool      SchoolLevel = "preschool"
	Primary        SchoolLevel = "primary"
	LowerSecondary SchoolLevel = "lower_secondary"
	Continuing     SchoolLevel = "continuing"
)

// SchoolLevels in the order of a child's life.
var SchoolLevels = []SchoolLevel{Preschool, Primary, LowerSecondary, Continuing}

// Unit is an office, commune or school during the time it exists. Units are
// never deleted: they end on a date and may name successors, so that old
// responses keep their place and can be rolled up into the units of today.
type Unit struct {
	ID         UnitID        `bson:"_id" yaml:"id" json:"id"`
	Rev        int64         `bson:"rev" yaml:"-" json:"-"`
	Code       string        `bson:"code,omitempty" yaml:"code" json:"code,omitempty"` // the government's code; unique only together with Valid
	Kind       UnitKind      `bson:"kind" yaml:"kind" json:"kind"`
	Name       Text          `bson:"name" yaml:"name" json:"name"`
	Parent     UnitID        `bson:"parent,omitempty" yaml:"parent" json:"parent,omitempty"`
	Valid      Span          `bson:"valid" yaml:"valid" json:"valid"`
	Successors []UnitID      `bson:"successors,omitempty" yaml:"successors" json:"successors,omitempty"` // only where a source says so
	Note       Text          `bson:"note,omitempty" yaml:"note" json:"note,omitempty"`                   // how sure the entry is, where it is not
	Levels     []SchoolLevel `bson:"levels,omitempty" yaml:"levels" json:"levels,omitempty"`             // of a school
	Demo       bool          `bson:"demo,omitempty" yaml:"demo" json:"demo,omitempty"`                   // invented for illustration; says so wherever shown
}

// successor is the one unit that carries on a unit which ends.
func (u *Unit) successor() (UnitID, bool) {
	if u.Valid.To == "" || len(u.Successors) != 1 {
		return "", false
	}
	return u.Successors[0], true
}

// MergedInto reports whether a merger ended the unit already.
func (u *Unit) MergedInto(id UnitID, last Date) bool {
	next, ended := u.successor()
	return ended && next == id && u.Valid.To == last
}
