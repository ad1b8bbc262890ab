package survey

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// UnitRow is one line of a list of units that are no schools, as an office
// writes it.
type UnitRow struct {
	Row     int // as a spreadsheet counts
	Name    string
	English string
	Kind    string // "xã", "phòng", "một cửa", "địa bàn", or a UnitKind
	Parent  string // id, code or name of a unit, of the list too
	Code    string
	From    string // first day; empty: of old
}

// UnitPlan is what a list of units would change.
type UnitPlan struct {
	New     []Unit
	Changed []Unit
	Same    []Unit
}

// unitKindWords are the kinds as people write them, folded.
var unitKindWords = map[string]UnitKind{
	"xa": Commune, "phuong": Commune, "thi tran": Commune, "dac khu": Commune,
	"phong": Department, "trung tam": Department, "phong, ban": Department, "phong ban": Department,
	"mot cua": OneStop, "bo phan mot cua": OneStop, "trung tam phuc vu hanh chinh cong": OneStop,
	"dia ban": Area,
}

// PlanUnits compares a list with the catalogue. A unit is known by its kind and
// code or, without a code, by its kind, name and place. If anything is wrong it
// returns every problem and no plan.
func (e *Editor) PlanUnits(rows []UnitRow) (UnitPlan, []RowProblem) {
	known := *e.Catalog()
	known.Units = slices.Clone(known.Units)
	draft := *e // over the catalogue with the rows so far, so that a row can name an earlier one
	draft.Catalog = func() *Catalog { return &known }
	var plan UnitPlan
	var problems []RowProblem
	lines := map[UnitID]int{}
	for _, row := range rows {
		u, old, bad := draft.unitOf(row)
		if first := lines[u.ID]; first != 0 && len(bad) == 0 {
			bad = append(bad, RowProblem{row.Row, "name", Message{"unit.row_twice", []any{first}}})
		}
		if len(bad) > 0 {
			problems = append(problems, bad...)
			continue
		}
		lines[u.ID] = row.Row
		switch {
		case old == nil:
			plan.New = append(plan.New, u)
			known.Units = append(known.Units, u)
			known.Index()
		case sameUnit(old, &u):
			plan.Same = append(plan.Same, u)
		default:
			u.Rev++
			plan.Changed = append(plan.Changed, u)
		}
	}
	if len(problems) > 0 {
		return UnitPlan{}, problems
	}
	return plan, nil
}

func sameUnit(a, b *Unit) bool {
	return a.Name.In(Vietnamese) == b.Name.In(Vietnamese) && a.Name[English] == b.Name[English] &&
		a.Parent == b.Parent && a.Code == b.Code && a.Valid == b.Valid
}

// unitOf reads a row: the unit as it is to be, and as it is, nil for a new one.
func (e *Editor) unitOf(row UnitRow) (u Unit, old *Unit, problems []RowProblem) {
	bad := func(column string, m Message) { problems = append(problems, RowProblem{row.Row, column, m}) }
	kind, known := unitKindWords[Fold(row.Kind)]
	if !known {
		kind = UnitKind(strings.ToLower(strings.TrimSpace(row.Kind)))
	}
	if !slices.Contains([]UnitKind{Area, Commune, Department, OneStop}, kind) {
		bad("kind", Message{"unit.row_kind", []any{row.Kind}})
	}
	parent := e.unitNamed(row.Parent)
	switch {
	case strings.TrimSpace(row.Parent) == "":
		bad("parent", Message{Key: "unit.no_parent"})
	case len(parent) == 0:
		bad("parent", Message{"import.unknown_unit", []any{row.Parent}})
	case len(parent) > 1:
		bad("parent", Message{"import.ambiguous_unit", []any{row.Parent, string(parent[0].ID), string(parent[1].ID)}})
	}
	if len(problems) > 0 {
		return u, nil, problems
	}
	edit := UnitEdit{Kind: kind, Name: Text{Vietnamese: row.Name, English: row.English}, Code: row.Code, Parent: parent[0].ID}
	if from := strings.TrimSpace(row.From); from != "" {
		edit.From = Date(from)
		if day, err := ParseDate(from); err == nil {
			edit.From = day
		}
	}
	var err error
	if old = e.unitLike(edit); old != nil {
		if u, err = clone(*old); err == nil {
			if row.English == "" { // a list without the column does not take a name away
				edit.Name[English] = old.Name[English]
			}
			if edit.From == "" {
				edit.From = old.Valid.From
			}
			err = e.fill(&u, edit)
		}
	} else {
		u, err = e.newUnit(edit)
	}
	for field, m := range FieldsOf(err) {
		column, _, _ := strings.Cut(field, ".")
		bad(column, m)
	}
	if err != nil && len(problems) == 0 {
		bad("name", Message{Key: "unit.invalid_row"})
	}
	return u, old, problems
}

// unitLike is the unit in force that a row means, nil for none.
func (e *Editor) unitLike(edit UnitEdit) *Unit {
	code, name := cleanText(edit.Code), Fold(edit.Name[Vietnamese])
	for i := range e.Catalog().Units {
		u := &e.Catalog().Units[i]
		if u.Kind != edit.Kind || !u.Valid.Contains(e.today()) {
			continue
		}
		if code != "" && strings.EqualFold(u.Code, code) || (code == "" || u.Code == "") && Fold(u.Name[Vietnamese]) == name && u.Parent == edit.Parent {
			return u
		}
	}
	return nil
}

// unitNamed finds the units in force by id, code or name.
func (e *Editor) unitNamed(given string) []*Unit {
	given = cleanText(given)
	if u := e.Catalog().Unit(UnitID(given)); u != nil {
		return []*Unit{u}
	}
	var found []*Unit
	for i := range e.Catalog().Units {
		u := &e.Catalog().Units[i]
		if given != "" && u.Valid.Contains(e.today()) && (u.Code == given || Fold(u.Name[Vietnamese]) == Fold(given)) {
			found = append(found, u)
		}
	}
	return found
}

// ApplyUnits carries a plan out. It may be interrupted: what was done is
// recorded, and reading the same list again does the rest. Conflict if somebody
// else changed or made one of the units meanwhile.
func (e *Editor) ApplyUnits(ctx context.Context, actor Actor, plan UnitPlan) error {
	done := UnitPlan{Same: plan.Same}
	var err error
	if done.New, err = e.units().insertNew(ctx, plan.New); err == nil {
		done.Changed, err = e.units().replaceAll(ctx, plan.Changed)
	}
	if err != nil && len(done.New)+len(done.Changed) == 0 {
		return err
	}
	return errors.Join(err, e.Audit.Record(ctx, actor, "unit.import", "units", nil, done))
}

// SectorRow is one line of a list of sectors.
type SectorRow struct {
	Row     int // as a spreadsheet counts
	Name    string
	English string
	Group   string // "x", "có" or the group's id: land, construction, investment
	Short   string // "x" or "có": in the list that citizens choose from
}

// SectorPlan is what a list of sectors would change.
type SectorPlan struct {
	New     []Sector
	Changed []Sector
	Same    []Sector
}

// ticked reads a box of a list; ok is false for what is neither yes nor no.
func ticked(s string) (yes, ok bool) {
	switch Fold(s) {
	case "x", "co", "yes", "1", "true":
		return true, true
	case "", "khong", "no", "0", "false":
		return false, true
	}
	return false, false
}

// PlanSectors compares a list with the catalogue. A sector is known by its id or
// name; new ones stand behind the others, in the order of the list, and before
// what is chosen by who finds nothing fitting. If anything is wrong it returns
// every problem and no plan.
func (e *Editor) PlanSectors(rows []SectorRow) (SectorPlan, []RowProblem) {
	catalog := e.Catalog()
	var plan SectorPlan
	var problems []RowProblem
	lines := map[SectorID]int{}
	last := 0
	for _, s := range catalog.Sectors {
		if s.ID != OtherSector {
			last = max(last, s.Order)
		}
	}
	for _, row := range rows {
		bad := func(column string, m Message) { problems = append(problems, RowProblem{row.Row, column, m}) }
		group, ok := ticked(row.Group)
		if SectorGroup(row.Group) == LandBuildInvest {
			group, ok = true, true
		}
		if !ok {
			bad("group", Message{"sector.row_group", []any{row.Group}})
		}
		short, ok := ticked(row.Short)
		if !ok {
			bad("short", Message{"sector.row_short", []any{row.Short}})
		}
		edit := SectorEdit{Name: Text{Vietnamese: row.Name, English: row.English}, Short: short}
		if group {
			edit.Group = LandBuildInvest
		}
		s := Sector{Rev: 1}
		at := slices.IndexFunc(catalog.Sectors, func(o Sector) bool {
			return Fold(o.Name[Vietnamese]) == Fold(row.Name) || string(o.ID) == strings.TrimSpace(row.Name)
		})
		if at >= 0 {
			s = catalog.Sectors[at]
			if row.English == "" {
				edit.Name[English] = s.Name[English]
			}
			if string(s.ID) == strings.TrimSpace(row.Name) {
				edit.Name[Vietnamese] = s.Name[Vietnamese]
			}
		}
		for field, m := range FieldsOf(fillSector(&s, edit)) {
			column, _, _ := strings.Cut(field, ".")
			bad(column, m)
		}
		if at < 0 {
			slug := idPart(s.Name[Vietnamese])
			s.ID = SectorID(slug)
			for n := 2; slug != "" && catalog.Sector(s.ID) != nil; n++ { // another one with that id
				s.ID = SectorID(slug + "-" + itoa(n))
			}
			last++
			s.Order = last
		}
		if first := lines[s.ID]; first != 0 {
			bad("name", Message{"unit.row_twice", []any{first}})
		}
		if s.ID == "" {
			bad("name", Message{Key: "unit.no_name"})
		}
		lines[s.ID] = row.Row
		switch {
		case at < 0:
			plan.New = append(plan.New, s)
		case s.Name.In(Vietnamese) == catalog.Sectors[at].Name.In(Vietnamese) && s.Name[English] == catalog.Sectors[at].Name[English] &&
			s.Group == catalog.Sectors[at].Group && s.Short == catalog.Sectors[at].Short:
			plan.Same = append(plan.Same, s)
		default:
			s.Rev++
			plan.Changed = append(plan.Changed, s)
		}
	}
	if other := catalog.Sector(OtherSector); other != nil && other.Order <= last && len(plan.New) > 0 &&
		!slices.ContainsFunc(plan.Changed, func(s Sector) bool { return s.ID == OtherSector }) {
		moved := *other
		moved.Rev, moved.Order = other.Rev+1, last+1
		plan.Changed = append(plan.Changed, moved)
	}
	if len(problems) > 0 {
		return SectorPlan{}, problems
	}
	return plan, nil
}

// ApplySectors carries a plan out, as ApplyUnits does.
func (e *Editor) ApplySectors(ctx context.Context, actor Actor, plan SectorPlan) error {
	done := SectorPlan{Same: plan.Same}
	var err error
	// What stands last moves first: read again, the list would not move it.
	if done.Changed, err = e.sectors().replaceAll(ctx, plan.Changed); err == nil {
		done.New, err = e.sectors().insertNew(ctx, plan.New)
	}
	if err != nil && len(done.New)+len(done.Changed) == 0 {
		return err
	}
	return errors.Join(err, e.Audit.Record(ctx, actor, "sector.import", "sectors", nil, done))
}
