package registry

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hailong/survey"
)

// MaxName is the longest name of a unit or sector, in characters.
const MaxName = 200

// UnitEdit is what can be changed of a unit.
type UnitEdit struct {
	Kind   survey.UnitKind
	Name   survey.Text
	Code   string
	Parent survey.UnitID
	From   survey.Date
	Levels []survey.SchoolLevel // of a school
}

// CreateUnit makes a unit. Errors: Invalid with its Fields.
func (e *Editor) CreateUnit(ctx context.Context, actor survey.Actor, edit UnitEdit) (survey.Unit, error) {
	u, err := e.newUnit(edit)
	if err != nil {
		return survey.Unit{}, err
	}
	return survey.Change(ctx, e.Changes, unit(actor, "unit.create", u.ID, 0, func(stored *survey.Unit) error {
		*stored = u
		return nil
	}))
}

func (e *Editor) newUnit(edit UnitEdit) (survey.Unit, error) {
	u := survey.Unit{Rev: 1}
	if err := e.fill(&u, edit); err != nil {
		return survey.Unit{}, err
	}
	slug := idPart(u.Name.In(survey.Vietnamese))
	if u.Kind == survey.School && idPart(u.Code) != "" {
		slug = "truong-" + idPart(u.Code) // as an imported school is called
	}
	if slug == "" {
		slug = string(u.Kind)
	}
	u.ID = survey.UnitID(slug)
	for n := 2; e.Catalog().Unit(u.ID) != nil; n++ {
		u.ID = survey.UnitID(slug + "-" + strconv.Itoa(n))
	}
	return u, nil
}

// EditUnit changes a unit of revision seen. Errors: Invalid, NotFound, Conflict.
func (e *Editor) EditUnit(ctx context.Context, actor survey.Actor, id survey.UnitID, seen int64, edit UnitEdit) (survey.Unit, error) {
	return survey.Change(ctx, e.Changes, unit(actor, "unit.edit", id, seen, func(u *survey.Unit) error { return e.fill(u, edit) }))
}

// fill writes an edit into a unit, and returns what is wrong with the result.
func (e *Editor) fill(u *survey.Unit, edit UnitEdit) error {
	u.Kind, u.Code, u.Parent, u.Valid.From, u.Levels = edit.Kind, survey.CleanText(edit.Code), edit.Parent, edit.From, nil
	u.Name = survey.Text{}
	for lang, s := range edit.Name {
		if s = survey.CleanText(s); s != "" {
			u.Name[lang] = s
		}
	}
	if u.Kind == survey.School {
		u.Levels = edit.Levels
	}
	return e.checkUnit(u).Err("edit unit", "unit.invalid")
}

func (e *Editor) checkUnit(u *survey.Unit) survey.Fields {
	fields := survey.Fields{}
	checkName(fields, u.Name)
	switch {
	case !slices.Contains(survey.UnitKinds, u.Kind):
		fields.Add("kind", "unit.bad_kind")
	case u.Kind == survey.School && u.Code == "":
		fields.Add("code", "school.no_code")
	case u.Kind == survey.School && len(u.Levels) == 0:
		fields.Add("levels", "school.no_level")
	}
	for _, l := range u.Levels {
		if !slices.Contains(survey.SchoolLevels, l) {
			fields.Add("levels", "answer.unknown_choice")
		}
	}
	if u.Valid.From != "" && !u.Valid.From.Valid() {
		fields.Add("from", "unit.bad_date")
	} else if u.Valid.From != "" && u.Valid.To != "" && u.Valid.From > u.Valid.To {
		fields.Add("from", "unit.ends_before", u.Valid.To)
	}
	if m, ok := e.checkParent(u); !ok {
		fields["parent"] = m
	}
	for i := range e.Catalog().Units {
		o := &e.Catalog().Units[i]
		if u.Code != "" && o.ID != u.ID && o.Kind == u.Kind && strings.EqualFold(o.Code, u.Code) && o.Valid.Meets(u.Valid) {
			fields.Add("code", "unit.code_taken", o.Name)
		}
	}
	return fields
}

// checkParent holds that a unit lies below one that exists as long as it, and
// not below itself. Its beginning may be older: a school outlives communes.
func (e *Editor) checkParent(u *survey.Unit) (survey.Message, bool) {
	if u.Parent == "" {
		return survey.Message{Key: "unit.no_parent"}, u.Kind == survey.Province
	}
	last := u.Valid.To
	if last == "" {
		last = "9999-12-31"
	}
	// One that ends earlier hands the unit on to its successor.
	parent := e.Catalog().UnitOn(u.Parent, last)
	switch {
	case parent == nil:
		return survey.Message{Key: "unit.bad_parent"}, false
	case u.ID != "" && e.Catalog().Within(u.Parent, u.ID):
		return survey.Message{Key: "unit.below_itself"}, false
	case parent.Valid.To != "" && parent.Valid.To < last:
		return survey.Message{Key: "unit.parent_ended", Args: []any{parent.Name, parent.Valid.To}}, false
	}
	return survey.Message{}, true
}

func checkName(fields survey.Fields, name survey.Text) {
	for _, lang := range []survey.Lang{survey.Vietnamese, survey.English} {
		if utf8.RuneCountInString(name[lang]) > MaxName {
			fields.Add("name."+string(lang), "unit.long_name", MaxName)
		}
	}
	if name[survey.Vietnamese] == "" {
		fields.Add("name.vi", "unit.no_name")
	}
}

// Closing is the end of a unit. Nothing moves with it, so that it can lie ahead:
// the units below it and its points stay where they are, and from the day after
// the one successor stands in its place.
type Closing struct {
	Last       survey.Date     // its last day
	Successors []survey.UnitID // only where it is known who carries on
}

// CloseUnit ends a unit of revision seen. Errors: Invalid with its Fields, also
// where units below it go on and no one unit carries on; NotFound; Conflict.
func (e *Editor) CloseUnit(ctx context.Context, actor survey.Actor, id survey.UnitID, seen int64, closing Closing) (survey.Unit, error) {
	if err := e.checkClosing(id, closing).Err("close unit", "unit.invalid"); err != nil {
		return survey.Unit{}, err
	}
	return survey.Change(ctx, e.Changes, unit(actor, "unit.close", id, seen, func(u *survey.Unit) error {
		u.Valid.To, u.Successors = closing.Last, closing.Successors
		return nil
	}))
}

func (e *Editor) checkClosing(id survey.UnitID, closing Closing) survey.Fields {
	catalog, fields := e.Catalog(), survey.Fields{}
	u := catalog.Unit(id)
	switch {
	case !closing.Last.Valid():
		fields.Add("last", "unit.bad_date")
	case u != nil && u.Valid.From != "" && closing.Last < u.Valid.From:
		fields.Add("last", "unit.begins_after", u.Valid.From)
	}
	for _, s := range closing.Successors {
		next := catalog.Unit(s)
		switch {
		case next == nil || s == id:
			fields.Add("successors", "unit.bad_successor")
		case next.Valid.To != "" && next.Valid.To <= closing.Last:
			fields.Add("successors", "unit.successor_ended", next.Name)
		case catalog.Within(s, id):
			fields.Add("successors", "unit.successor_below", next.Name)
		}
	}
	_, wrong := fields["successors"]
	if open := e.goingOn(id, closing.Last); len(open) > 0 && len(closing.Successors) != 1 && !wrong {
		fields.Add("successors", "unit.children_go_on", len(open))
	}
	return fields
}

// goingOn lists the units directly below one that exist after a day.
func (e *Editor) goingOn(id survey.UnitID, last survey.Date) []*survey.Unit {
	var open []*survey.Unit
	for _, child := range e.Catalog().ChildrenOn(id, last) {
		if child.Valid.To == "" || child.Valid.To > last {
			open = append(open, child)
		}
	}
	return open
}

// ReopenUnit undoes the end of a unit of revision seen.
func (e *Editor) ReopenUnit(ctx context.Context, actor survey.Actor, id survey.UnitID, seen int64) (survey.Unit, error) {
	return survey.Change(ctx, e.Changes, unit(actor, "unit.reopen", id, seen, func(u *survey.Unit) error {
		u.Valid.To, u.Successors = "", nil
		return e.checkUnit(u).Err("reopen unit", "unit.invalid")
	}))
}

// Merger joins units into one on a day.
type Merger struct {
	Units []survey.UnitID
	On    survey.Date   // first day of the merged unit
	Into  survey.UnitID // an existing unit, which may be one of Units and then goes on; empty: a new one
	New   UnitEdit      // of the new unit; its From is On
}

// MergeUnits ends units on the day before and names the merged one as their
// successor. Nothing below them moves, see Closing. It is one act. Errors:
// Invalid with its Fields, Conflict.
func (e *Editor) MergeUnits(ctx context.Context, actor survey.Actor, m Merger) (survey.Unit, error) {
	m.Units = slices.Compact(slices.Sorted(slices.Values(m.Units)))
	last := survey.Date("")
	if m.On.Valid() {
		last = survey.DateOf(m.On.Time().AddDate(0, 0, -1).Add(12 * time.Hour))
	}
	m.New.From = m.On
	if m.Into == "" {
		m.Into = e.begun(&m.New)
	}
	into, fields := e.checkMerger(&m, last)
	if err := fields.Err("merge units", "unit.invalid"); err != nil {
		return survey.Unit{}, err
	}
	act := e.Changes.Begin(actor)
	if m.Into == "" {
		act.Entry("unit.create", "units/"+string(into.ID), nil, into)
		survey.Create(act, survey.Units, into)
	}
	for _, id := range m.Units {
		u := e.Catalog().Unit(id)
		if id == into.ID || u.MergedInto(into.ID, last) {
			continue
		}
		ended := *u
		ended.Valid.To, ended.Successors = last, []survey.UnitID{into.ID}
		act.Entry("unit.merge", "units/"+string(id), u, ended)
		survey.Update(act, survey.Units, u.Rev, ended)
	}
	return into, act.Do(ctx)
}

// begun is the new unit of the same merger that was interrupted, if any: one
// like it begins on that day.
func (e *Editor) begun(edit *UnitEdit) survey.UnitID {
	for i := range e.Catalog().Units {
		u := &e.Catalog().Units[i]
		if edit.From.Valid() && u.Valid == (survey.Span{From: edit.From}) && u.Kind == edit.Kind && u.Parent == edit.Parent &&
			u.Code == survey.CleanText(edit.Code) && u.Name[survey.Vietnamese] == survey.CleanText(edit.Name[survey.Vietnamese]) {
			return u.ID
		}
	}
	return ""
}

// checkMerger returns the merged unit, and what is wrong.
func (e *Editor) checkMerger(m *Merger, last survey.Date) (survey.Unit, survey.Fields) {
	catalog, fields := e.Catalog(), survey.Fields{}
	if len(m.Units) < 2 {
		fields.Add("units", "unit.merge_two")
	}
	if last == "" {
		fields.Add("on", "unit.bad_date")
		return survey.Unit{}, fields
	}
	below := func(lower, upper *survey.Unit) bool {
		return lower != nil && lower.ID != upper.ID && catalog.Within(lower.ID, upper.ID)
	}
	for _, id := range m.Units {
		u := catalog.Unit(id)
		switch {
		case u == nil:
			fields.Add("units", "unit.bad_successor")
			continue
		case u.MergedInto(m.Into, last):
			continue // before a failure; of the units now below it nothing is new
		case id != m.Into && !u.Valid.Contains(last):
			fields.Add("units", "unit.merge_ended", u.Name, last)
		case below(catalog.Unit(m.Into), u):
			fields.Add("into", "unit.successor_below", catalog.Unit(m.Into).Name)
		case m.Into == "" && catalog.Within(m.New.Parent, id):
			fields.Add("units", "unit.merge_below", catalog.Unit(m.New.Parent).Name, u.Name)
		}
		for _, other := range m.Units {
			if lower := catalog.Unit(other); below(lower, u) && !lower.MergedInto(m.Into, last) {
				fields.Add("units", "unit.merge_below", lower.Name, u.Name)
			}
		}
	}
	if m.Into == "" {
		into, err := e.newUnit(m.New)
		for field, message := range survey.FieldsOf(err) {
			fields[field] = message
		}
		return into, fields
	}
	into := catalog.Unit(m.Into)
	if into == nil || !into.Valid.Contains(m.On) {
		fields.Add("into", "unit.bad_successor")
		return survey.Unit{}, fields
	}
	return *into, fields
}
