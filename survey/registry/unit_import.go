package registry

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hailong/survey"
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
	New     []survey.Unit
	Changed []survey.Unit
	Same    []survey.Unit
}

// unitKindWords are the kinds as people write them, folded.
var unitKindWords = map[string]survey.UnitKind{
	"xa": survey.Commune, "phuong": survey.Commune, "thi tran": survey.Commune, "dac khu": survey.Commune,
	"phong": survey.Department, "trung tam": survey.Department, "phong, ban": survey.Department, "phong ban": survey.Department,
	"mot cua": survey.OneStop, "bo phan mot cua": survey.OneStop, "trung tam phuc vu hanh chinh cong": survey.OneStop,
	"dia ban": survey.Area,
}

// PlanUnits compares a list with the catalogue. A unit is known by its kind and
// code or, without a code, by its kind, name and place. If anything is wrong it
// returns every problem and no plan.
func (e *Editor) PlanUnits(rows []UnitRow) (UnitPlan, []survey.RowProblem) {
	known := *e.Catalog()
	known.Units = slices.Clone(known.Units)
	draft := *e // over the catalogue with the rows so far, so that a row can name an earlier one
	draft.Catalog = func() *survey.Catalog { return &known }
	var plan UnitPlan
	var problems []survey.RowProblem
	lines := map[survey.UnitID]int{}
	for _, row := range rows {
		u, old, bad := draft.unitOf(row)
		if first := lines[u.ID]; first != 0 && len(bad) == 0 {
			bad = append(bad, survey.RowProblem{Row: row.Row, Column: "name", Message: survey.Message{Key: "unit.row_twice", Args: []any{first}}})
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

func sameUnit(a, b *survey.Unit) bool {
	return a.Name.In(survey.Vietnamese) == b.Name.In(survey.Vietnamese) && a.Name[survey.English] == b.Name[survey.English] &&
		a.Parent == b.Parent && a.Code == b.Code && a.Valid == b.Valid
}

// unitOf reads a row: the unit as it is to be, and as it is, nil for a new one.
func (e *Editor) unitOf(row UnitRow) (u survey.Unit, old *survey.Unit, problems []survey.RowProblem) {
	bad := func(column string, m survey.Message) {
		problems = append(problems, survey.RowProblem{Row: row.Row, Column: column, Message: m})
	}
	kind, known := unitKindWords[survey.Fold(row.Kind)]
	if !known {
		kind = survey.UnitKind(strings.ToLower(strings.TrimSpace(row.Kind)))
	}
	if !slices.Contains([]survey.UnitKind{survey.Area, survey.Commune, survey.Department, survey.OneStop}, kind) {
		bad("kind", survey.Message{Key: "unit.row_kind", Args: []any{row.Kind}})
	}
	parent := e.unitNamed(row.Parent)
	switch {
	case strings.TrimSpace(row.Parent) == "":
		bad("parent", survey.Message{Key: "unit.no_parent"})
	case len(parent) == 0:
		bad("parent", survey.Message{Key: "import.unknown_unit", Args: []any{row.Parent}})
	case len(parent) > 1:
		bad("parent", survey.Message{Key: "import.ambiguous_unit", Args: []any{row.Parent, string(parent[0].ID), string(parent[1].ID)}})
	}
	if len(problems) > 0 {
		return u, nil, problems
	}
	edit := UnitEdit{Kind: kind, Name: survey.Text{survey.Vietnamese: row.Name, survey.English: row.English}, Code: row.Code, Parent: parent[0].ID}
	if from := strings.TrimSpace(row.From); from != "" {
		edit.From = survey.Date(from)
		if day, err := survey.ParseDate(from); err == nil {
			edit.From = day
		}
	}
	var err error
	if old = e.unitLike(edit); old != nil {
		if u, err = survey.Clone(*old); err == nil {
			if row.English == "" { // a list without the column does not take a name away
				edit.Name[survey.English] = old.Name[survey.English]
			}
			if edit.From == "" {
				edit.From = old.Valid.From
			}
			err = e.fill(&u, edit)
		}
	} else {
		u, err = e.newUnit(edit)
	}
	for field, m := range survey.FieldsOf(err) {
		column, _, _ := strings.Cut(field, ".")
		bad(column, m)
	}
	if err != nil && len(problems) == 0 {
		bad("name", survey.Message{Key: "unit.invalid_row"})
	}
	return u, old, problems
}

// unitLike is the unit in force that a row means, nil for none.
func (e *Editor) unitLike(edit UnitEdit) *survey.Unit {
	code, name := survey.CleanText(edit.Code), survey.Fold(edit.Name[survey.Vietnamese])
	for i := range e.Catalog().Units {
		u := &e.Catalog().Units[i]
		if u.Kind != edit.Kind || !u.Valid.Contains(e.today()) {
			continue
		}
		if code != "" && strings.EqualFold(u.Code, code) || (code == "" || u.Code == "") && survey.Fold(u.Name[survey.Vietnamese]) == name && u.Parent == edit.Parent {
			return u
		}
	}
	return nil
}

// unitNamed finds the units in force by id, code or name.
func (e *Editor) unitNamed(given string) []*survey.Unit {
	given = survey.CleanText(given)
	if u := e.Catalog().Unit(survey.UnitID(given)); u != nil {
		return []*survey.Unit{u}
	}
	var found []*survey.Unit
	for i := range e.Catalog().Units {
		u := &e.Catalog().Units[i]
		if given != "" && u.Valid.Contains(e.today()) && (u.Code == given || survey.Fold(u.Name[survey.Vietnamese]) == survey.Fold(given)) {
			found = append(found, u)
		}
	}
	return found
}

// ApplyUnits carries a plan out, as one act. Conflict if somebody else changed
// or made one of the units meanwhile.
func (e *Editor) ApplyUnits(ctx context.Context, actor survey.Actor, plan UnitPlan) error {
	act := e.Changes.Begin(actor).Entry("unit.import", "units", nil, plan)
	survey.Create(act, survey.Units, plan.New...)
	for _, u := range plan.Changed {
		survey.Update(act, survey.Units, u.Rev-1, u)
	}
	return act.Do(ctx)
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
	New     []survey.Sector
	Changed []survey.Sector
	Same    []survey.Sector
}

// ticked reads a box of a list; ok is false for what is neither yes nor no.
func ticked(s string) (yes, ok bool) {
	switch survey.Fold(s) {
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
func (e *Editor) PlanSectors(rows []SectorRow) (SectorPlan, []survey.RowProblem) {
	catalog := e.Catalog()
	var plan SectorPlan
	var problems []survey.RowProblem
	lines := map[survey.SectorID]int{}
	last := 0
	for _, s := range catalog.Sectors {
		if s.ID != survey.OtherSector {
			last = max(last, s.Order)
		}
	}
	for _, row := range rows {
		bad := func(column string, m survey.Message) {
			problems = append(problems, survey.RowProblem{Row: row.Row, Column: column, Message: m})
		}
		edit := row.edit(bad)
		s := survey.Sector{Rev: 1}
		at := slices.IndexFunc(catalog.Sectors, func(o survey.Sector) bool {
			return survey.Fold(o.Name[survey.Vietnamese]) == survey.Fold(row.Name) || string(o.ID) == strings.TrimSpace(row.Name)
		})
		if at >= 0 {
			s = catalog.Sectors[at]
			if row.English == "" {
				edit.Name[survey.English] = s.Name[survey.English]
			}
			if string(s.ID) == strings.TrimSpace(row.Name) {
				edit.Name[survey.Vietnamese] = s.Name[survey.Vietnamese]
			}
		}
		for field, m := range survey.FieldsOf(fillSector(&s, edit)) {
			column, _, _ := strings.Cut(field, ".")
			bad(column, m)
		}
		if at < 0 {
			last++
			s.ID, s.Order = newSectorID(catalog, s.Name[survey.Vietnamese]), last
		}
		switch first := lines[s.ID]; {
		case s.ID == "" && s.Name[survey.Vietnamese] != "": // of no name at all fillSector has said so
			bad("name", survey.Message{Key: "unit.no_name"})
		case s.ID != "" && first != 0:
			bad("name", survey.Message{Key: "unit.row_twice", Args: []any{first}})
		}
		lines[s.ID] = row.Row
		switch {
		case at < 0:
			plan.New = append(plan.New, s)
		case s.Name.In(survey.Vietnamese) == catalog.Sectors[at].Name.In(survey.Vietnamese) && s.Name[survey.English] == catalog.Sectors[at].Name[survey.English] &&
			s.Group == catalog.Sectors[at].Group && s.Short == catalog.Sectors[at].Short:
			plan.Same = append(plan.Same, s)
		default:
			s.Rev++
			plan.Changed = append(plan.Changed, s)
		}
	}
	if len(problems) > 0 {
		return SectorPlan{}, problems
	}
	plan.putOtherLast(catalog, last)
	return plan, nil
}

// edit is what a row says of a sector. Columns that are neither yes nor no are
// told by bad.
func (r *SectorRow) edit(bad func(column string, m survey.Message)) SectorEdit {
	group, ok := ticked(r.Group)
	if survey.SectorGroup(r.Group) == survey.LandBuildInvest {
		group, ok = true, true
	}
	if !ok {
		bad("group", survey.Message{Key: "sector.row_group", Args: []any{r.Group}})
	}
	short, ok := ticked(r.Short)
	if !ok {
		bad("short", survey.Message{Key: "sector.row_short", Args: []any{r.Short}})
	}
	edit := SectorEdit{Name: survey.Text{survey.Vietnamese: r.Name, survey.English: r.English}, Short: short}
	if group {
		edit.Group = survey.LandBuildInvest
	}
	return edit
}

// newSectorID is an id that no sector has, made of a name; "" of no name.
func newSectorID(catalog *survey.Catalog, name string) survey.SectorID {
	slug := idPart(name)
	id := survey.SectorID(slug)
	for n := 2; slug != "" && catalog.Sector(id) != nil; n++ {
		id = survey.SectorID(slug + "-" + strconv.Itoa(n))
	}
	return id
}

// putOtherLast keeps the sector of everything else behind the new ones, whose
// order ends at last.
func (p *SectorPlan) putOtherLast(catalog *survey.Catalog, last int) {
	other := catalog.Sector(survey.OtherSector)
	if other == nil || other.Order > last || len(p.New) == 0 {
		return
	}
	at := slices.IndexFunc(p.Changed, func(s survey.Sector) bool { return s.ID == survey.OtherSector })
	if at < 0 { // the list does not change it otherwise
		at, p.Changed = len(p.Changed), append(p.Changed, *other)
		p.Changed[at].Rev++
	}
	p.Changed[at].Order = last + 1
}

// ApplySectors carries a plan out, as ApplyUnits does.
func (e *Editor) ApplySectors(ctx context.Context, actor survey.Actor, plan SectorPlan) error {
	act := e.Changes.Begin(actor).Entry("sector.import", "sectors", nil, plan)
	survey.Create(act, survey.Sectors, plan.New...)
	for _, s := range plan.Changed {
		survey.Update(act, survey.Sectors, s.Rev-1, s)
	}
	return act.Do(ctx)
}
