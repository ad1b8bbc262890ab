package survey

// TargetCode is the plan's short name of a target: "TTHC".
type TargetCode string

// Target is an aim that the reform plan sets, with its thresholds by due date.
type Target struct {
	Code   TargetCode `bson:"_id" yaml:"code" json:"code"`
	Rev    int64      `bson:"rev" yaml:"-" json:"-"`
	Title  Text       `bson:"title" yaml:"title" json:"title"`
	Clause Text       `bson:"clause" yaml:"clause" json:"clause"` // where in the plan it stands
	// Family and Group are the scope: which responses answer it. A target with
	// an empty Family is not measured by surveys and has no figure here.
	Family     Family      `bson:"family,omitempty" yaml:"family" json:"family,omitempty"`
	Group      SectorGroup `bson:"group,omitempty" yaml:"group" json:"group,omitempty"`
	Milestones []Milestone `bson:"milestones" yaml:"milestones" json:"milestones"` // by rising due date
	Order      int         `bson:"order" yaml:"-" json:"-"`
}

// Milestone is a threshold and the day by which it must be reached.
type Milestone struct {
	Threshold float64 `bson:"threshold" yaml:"threshold" json:"threshold"` // share, 0..1
	Due       Date    `bson:"due" yaml:"due" json:"due"`
}

// InForce returns the index of the milestone that counts on a day: the first
// whose due date has not passed, and the last one after all have. It is -1
// where the target has none.
func (t Target) InForce(on Date) int {
	for i, m := range t.Milestones {
		if on <= m.Due {
			return i
		}
	}
	return len(t.Milestones) - 1
}
