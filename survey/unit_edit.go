package survey

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxName is the longest name of a unit or sector, in characters.
const MaxName = 200

// UnitEdit is what can be changed of a unit.
type UnitEdit struct {
	Kind   UnitKind
	Name   Text
	Code   string
	Parent UnitID
	From   Date
	Levels []SchoolLevel // of a school
}

// CreateUnit makes a unit. Errors: Invalid with its Fields.
func (e *Editor) CreateUnit(ctx context.Context, actor Actor, edit UnitEdit) (Unit, error) {
	u, err := e.newUnit(edit)
	if err != nil {
		return Unit{}, err
	}
	if err := e.units().Insert(ctx, u); err != nil {
		return Unit{}, err
	}
	return u, e.Audit.Record(ctx, actor, "unit.create", "units/"+string(u.ID), nil, u)
}

func (e *Editor) newUnit(edit UnitEdit) (Unit, error) {
	u := Unit{Rev: 1}
	if err := e.fill(&u, edit); err != nil {
		return Unit{}, err
	}
	slug := idPart(u.Name.In(Vietnamese))
	if u.Kind == School && idPart(u.Code) != "" {
		slug = "truong-" + idPart(u.Code) // as an imported school is called
	}
	if slug == "" {
		slug = string(u.Kind)
	}
	u.ID = UnitID(slug)
	for n := 2; e.Catalog().Unit(u.ID) != nil; n++ {
		u.ID = UnitID(slug + "-" + itoa(n))
	}
	return u, nil
}

// EditUnit changes a unit of revision seen. Errors: Invalid, NotFound, Conflict.
func (e *Editor) EditUnit(ctx context.Context, actor Actor, id UnitID, seen int64, edit UnitEdit) (Unit, error) {
	return change(ctx, e, actor, "unit.edit", e.units(), string(id), seen, func(u *Unit) error { return e.fill(u, edit) })
}

// fill writes an edit into a unit, and returns what is wrong with the result.
func (e *Editor) fill(u *Unit, edit UnitEdit) error {
	u.Kind, u.Code, u.Parent, u.Valid.From, u.Levels = edit.Kind, cleanText(edit.Code), edit.Parent, edit.From, nil
	u.Name = Text{}
	for lang, s := range edit.Name {
		if s = cleanText(s); s != "" {
			u.Name[lang] = s
		}
	}
	if u.Kind == School {
		u.Levels = edit.Levels
	}
	return invalid("edit unit", e.checkUnit(u))
}

func (e *Editor) checkUnit(u *Unit) map[string]Message {
	fields := map[string]Message{}
	checkName(fields, u.Name)
	switch {
	case !slices.Contains(UnitKinds, u.Kind):
		fields["kind"] = Message{Key: "unit.bad_kind"}
	case u.Kind == School && u.Code == "":
		fields["code"] = Message{Key: "school.no_code"}
	case u.Kind == School && len(u.Levels) == 0:
		fields["levels"] = Message{Key: "school.no_level"}
	}
	for _, l := range u.Levels {
		if !slices.Contains(SchoolLevels, l) {
			fields["levels"] = Message{Key: "answer.unknown_choice"}
		}
	}
	if u.Valid.From != "" && !u.Valid.From.Valid() {
		fields["from"] = Message{Key: "unit.bad_date"}
	} else if u.Valid.From != "" && u.Valid.To != "" && u.Valid.From > u.Valid.To {
		fields["from"] = Message{Key: "unit.ends_before", Args: []any{u.Valid.To}}
	}
	if m, ok := e.checkParent(u); !ok {
		fields["parent"] = m
	}
	for i := range e.Catalog().Units {
		o := &e.Catalog().Units[i]
		if u.Code != "" && o.ID != u.ID && o.Kind == u.Kind && strings.EqualFold(o.Code, u.Code) && o.Valid.meets(u.Valid) {
			fields["code"] = Message{Key: "unit.code_taken", Args: []any{o.Name}}
		}
	}
	return fields
}

// checkParent holds that a unit lies below one that exists as long as it, and
// not below itself. Its beginning may be older: a school outlives communes.
func (e *Editor) checkParent(u *Unit) (Message, bool) {
	if u.Parent == "" {
		return Message{Key: "unit.no_parent"}, u.Kind == Province
	}
	last := u.Valid.To
	if last == "" {
		last = "9999-12-31"
	}
	// One that ends earlier hands the unit on to its successor.
	parent := e.Catalog().UnitOn(u.Parent, last)
	switch {
	case parent == nil:
		return Message{Key: "unit.bad_parent"}, false
	case u.ID != "" && e.Catalog().Within(u.Parent, u.ID):
		return Message{Key: "unit.below_itself"}, false
	case parent.Valid.To != "" && parent.Valid.To < last:
		return Message{Key: "unit.parent_ended", Args: []any{parent.Name, parent.Valid.To}}, false
	}
	return Message{}, true
}

func checkName(fields map[string]Message, name Text) {
	for _, lang := range []Lang{Vietnamese, English} {
		if utf8.RuneCountInString(name[lang]) > MaxName {
			fields["name."+string(lang)] = Message{Key: "unit.long_name", Args: []any{MaxName}}
		}
	}
	if name[Vietnamese] == "" {
		fields["name.vi"] = Message{Key: "unit.no_name"}
	}
}

// meets reports whether two spans have a day in common.
func (s Span) meets(o Span) bool {
	return (s.To == "" || o.From == "" || o.From <= s.To) && (o.To == "" || s.From == "" || s.From <= o.To)
}

// Closing is the end of a unit. Nothing moves with it, so that it can lie ahead:
// the units below it and its points stay where they are, and from the day after
// the one successor stands in its place.
type Closing struct {
	Last       Date     // its last day
	Successors []UnitID // only where it is known who carries on
}

// CloseUnit ends a unit of revision seen. Errors: Invalid with its Fields, also
// where units below it go on and no one unit carries on; NotFound; Conflict.
func (e *Editor) CloseUnit(ctx context.Context, actor Actor, id UnitID, seen int64, closing Closing) (Unit, error) {
	if err := invalid("close unit", e.checkClosing(id, closing)); err != nil {
		return Unit{}, err
	}
	return change(ctx, e, actor, "unit.close", e.units(), string(id), seen, func(u *Unit) error {
		u.Valid.To, u.Successors = closing.Last, closing.Successors
		return nil
	})
}

func (e *Editor) checkClosing(id UnitID, closing Closing) map[string]Message {
	catalog, fields := e.Catalog(), map[string]Message{}
	u := catalog.Unit(id)
	switch {
	case !closing.Last.Valid():
		fields["last"] = Message{Key: "unit.bad_date"}
	case u != nil && u.Valid.From != "" && closing.Last < u.Valid.From:
		fields["last"] = Message{Key: "unit.begins_after", Args: []any{u.Valid.From}}
	}
	for _, s := range closing.Successors {
		next := catalog.Unit(s)
		switch {
		case next == nil || s == id:
			fields["successors"] = Message{Key: "unit.bad_successor"}
		case next.Valid.To != "" && next.Valid.To <= closing.Last:
			fields["successors"] = Message{Key: "unit.successor_ended", Args: []any{next.Name}}
		case catalog.Within(s, id):
			fields["successors"] = Message{Key: "unit.successor_below", Args: []any{next.Name}}
		}
	}
	_, wrong := fields["successors"]
	if open := e.goingOn(id, closing.Last); len(open) > 0 && len(closing.Successors) != 1 && !wrong {
		fields["successors"] = Message{Key: "unit.children_go_on", Args: []any{len(open)}}
	}
	return fields
}

// goingOn lists the units directly below one that exist after a day.
func (e *Editor) goingOn(id UnitID, last Date) []*Unit {
	var open []*Unit
	for _, child := range e.Catalog().ChildrenOn(id, last) {
		if child.Valid.To == "" || child.Valid.To > last {
			open = append(open, child)
		}
	}
	return open
}

// ReopenUnit undoes the end of a unit of revision seen.
func (e *Editor) ReopenUnit(ctx context.Context, actor Actor, id UnitID, seen int64) (Unit, error) {
	return change(ctx, e, actor, "unit.reopen", e.units(), string(id), seen, func(u *Unit) error {
		u.Valid.To, u.Successors = "", nil
		return invalid("reopen unit", e.checkUnit(u))
	})
}

// Merger joins units into one on a day.
type Merger struct {
	Units []UnitID
	On    Date     // first day of the merged unit
	Into  UnitID   // an existing unit, which may be one of Units and then goes on; empty: a new one
	New   UnitEdit // of the new unit; its From is On
}

// MergeUnits ends units on the day before and names the merged one as their
// successor. Nothing below them moves, see Closing. All is checked before the
// first write; what a failure of the store leaves out, the same merger once
// more does. Errors: Invalid with its Fields, Conflict.
func (e *Editor) MergeUnits(ctx context.Context, actor Actor, m Merger) (Unit, error) {
	m.Units = slices.Compact(slices.Sorted(slices.Values(m.Units)))
	last := Date("")
	if m.On.Valid() {
		last = DateOf(m.On.Time().AddDate(0, 0, -1).Add(12 * time.Hour))
	}
	m.New.From = m.On
	if m.Into == "" {
		m.Into = e.begun(&m.New)
	}
	into, fields := e.checkMerger(&m, last)
	if err := invalid("merge units", fields); err != nil {
		return Unit{}, err
	}
	var ending []*Unit
	for _, id := range m.Units {
		u := e.Catalog().Unit(id)
		if id == into.ID || u.mergedInto(into.ID, last) {
			continue
		}
		stored, err := e.units().Get(ctx, string(id))
		if err != nil {
			return Unit{}, err
		}
		if stored.Rev != u.Rev {
			return Unit{}, NewError(Conflict, "merge units", nil)
		}
		ending = append(ending, u)
	}
	if m.Into == "" {
		if err := e.units().Insert(ctx, into); err != nil {
			return Unit{}, err
		}
		if err := e.Audit.Record(ctx, actor, "unit.create", "units/"+string(into.ID), nil, into); err != nil {
			return Unit{}, err
		}
	}
	for _, u := range ending {
		if _, err := change(ctx, e, actor, "unit.merge", e.units(), string(u.ID), u.Rev, func(u *Unit) error {
			u.Valid.To, u.Successors = last, []UnitID{into.ID}
			return nil
		}); err != nil {
			return Unit{}, err
		}
	}
	return into, nil
}

// mergedInto reports whether a merger ended the unit already.
func (u *Unit) mergedInto(id UnitID, last Date) bool {
	next, ended := u.heir()
	return ended && next == id && u.Valid.To == last
}

// begun is the new unit of the same merger that was interrupted, if any: one
// like it begins on that day.
func (e *Editor) begun(edit *UnitEdit) UnitID {
	for i := range e.Catalog().Units {
		u := &e.Catalog().Units[i]
		if edit.From.Valid() && u.Valid == (Span{From: edit.From}) && u.Kind == edit.Kind && u.Parent == edit.Parent &&
			u.Code == cleanText(edit.Code) && u.Name[Vietnamese] == cleanText(edit.Name[Vietnamese]) {
			return u.ID
		}
	}
	return ""
}

// checkMerger returns the merged unit, and what is wrong.
func (e *Editor) checkMerger(m *Merger, last Date) (Unit, map[string]Message) {
	catalog, fields := e.Catalog(), map[string]Message{}
	if len(m.Units) < 2 {
		fields["units"] = Message{Key: "unit.merge_two"}
	}
	if last == "" {
		fields["on"] = Message{Key: "unit.bad_date"}
		return Unit{}, fields
	}
	below := func(lower, upper *Unit) bool {
		return lower != nil && lower.ID != upper.ID && catalog.Within(lower.ID, upper.ID)
	}
	for _, id := range m.Units {
		u := catalog.Unit(id)
		switch {
		case u == nil:
			fields["units"] = Message{Key: "unit.bad_successor"}
			continue
		case u.mergedInto(m.Into, last):
			continue // before a failure; of the units now below it nothing is new
		case id != m.Into && !u.Valid.Contains(last):
			fields["units"] = Message{Key: "unit.merge_ended", Args: []any{u.Name, last}}
		case below(catalog.Unit(m.Into), u):
			fields["into"] = Message{Key: "unit.successor_below", Args: []any{catalog.Unit(m.Into).Name}}
		case m.Into == "" && catalog.Within(m.New.Parent, id):
			fields["units"] = Message{Key: "unit.merge_below", Args: []any{catalog.Unit(m.New.Parent).Name, u.Name}}
		}
		for _, other := range m.Units {
			if lower := catalog.Unit(other); below(lower, u) && !lower.mergedInto(m.Into, last) {
				fields["units"] = Message{Key: "unit.merge_below", Args: []any{lower.Name, u.Name}}
			}
		}
	}
	if m.Into == "" {
		into, err := e.newUnit(m.New)
		for field, message := range fieldsOf(err) {
			fields[field] = message
		}
		return into, fields
	}
	into := catalog.Unit(m.Into)
	if into == nil || !into.Valid.Contains(m.On) {
		fields["into"] = Message{Key: "unit.bad_successor"}
		return Unit{}, fields
	}
	return *into, fields
}
