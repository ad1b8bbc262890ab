package survey

import (
	"context"
	"slices"
	"unicode/utf8"
)

// Limits of editing points.
const (
	MaxNewPoints  = 1000 // made at once
	MaxPointLabel = 80   // characters; more do not fit on a poster
)

// PointPlan is points to be made: one for each unit and form.
type PointPlan struct {
	Units   []UnitID
	Forms   []FormCode
	Sector  SectorID // fixed at all of them, may be empty
	Channel Channel
	Label   Text // of all of them, may be empty
	Again   bool // also where such a point is in use: a second counter
}

// NewPoints tells what became of a plan.
type NewPoints struct {
	Made  []Point
	Had   int // units and forms that have such a point in use
	Unfit int // schools and forms about another level
}

// MakePoints makes the points of a plan. Errors: Invalid with its Fields.
func (e *Editor) MakePoints(ctx context.Context, actor Actor, plan PointPlan) (NewPoints, error) {
	catalog := e.Catalog()
	fields := map[string]Message{}
	if len(plan.Units) == 0 {
		fields["units"] = Message{Key: "point.no_units"}
	}
	for _, id := range plan.Units {
		if u := catalog.Unit(id); u == nil || !u.Valid.Contains(e.today()) {
			fields["units"] = Message{Key: "point.bad_unit", Args: []any{string(id)}}
		}
	}
	if len(plan.Forms) == 0 {
		fields["forms"] = Message{Key: "point.no_forms"}
	}
	for _, code := range plan.Forms {
		if catalog.Latest(code) == nil {
			fields["forms"] = Message{Key: "point.no_forms"}
		} else if plan.Sector != "" && catalog.Latest(code).Family != Procedures {
			fields["sector"] = Message{Key: "point.sector_family"}
		}
	}
	plan.Label.clean()
	e.checkPoint(fields, plan.Sector, plan.Channel, plan.Label)
	if n := len(plan.Units) * len(plan.Forms); n > MaxNewPoints {
		fields["units"] = Message{Key: "point.too_many", Args: []any{n, MaxNewPoints}}
	}
	if err := invalid("point.invalid", "make points", fields); err != nil {
		return NewPoints{}, err
	}
	made, err := e.drawPoints(catalog, plan)
	if err != nil || len(made.Made) == 0 {
		return made, err
	}
	if _, err := insertAll(ctx, e.Store, Points, made.Made); err != nil {
		return NewPoints{}, err
	}
	return made, e.Audit.Record(ctx, actor, "point.create", "points", nil, made.Made)
}

func (e *Editor) drawPoints(catalog *Catalog, plan PointPlan) (NewPoints, error) {
	type place struct {
		unit    UnitID
		form    FormCode
		sector  SectorID
		channel Channel
	}
	have := map[place]bool{}
	order := 0
	for _, p := range catalog.Points {
		order = max(order, p.Order)
		at := place{p.Unit, p.Form, p.Sector, p.Channel}
		if u := catalog.UnitOn(p.Unit, e.today()); u != nil {
			at.unit = u.ID
		}
		have[at] = have[at] || !p.Off
	}
	var made NewPoints
	drawn := map[PointCode]bool{}
	for _, id := range plan.Units {
		for _, form := range plan.Forms {
			level, unit := catalog.Latest(form).Level, catalog.Unit(id)
			switch {
			case unit.Kind == School && level != "" && !slices.Contains(unit.Levels, level):
				made.Unfit++
				continue
			case !plan.Again && have[place{id, form, plan.Sector, plan.Channel}]:
				made.Had++
				continue
			}
			code, err := drawCode(e.Random, func(c PointCode) bool { return drawn[c] || catalog.Point(c) != nil })
			if err != nil {
				return NewPoints{}, err
			}
			drawn[code] = true
			order++
			made.Made = append(made.Made, Point{
				Code: code, Rev: 1, Unit: id, Form: form, Sector: plan.Sector, Channel: plan.Channel, Label: plan.Label, Order: order, Made: e.today(),
			})
		}
	}
	return made, nil
}

// checkPoint adds what is wrong with parts of a point to fields.
func (e *Editor) checkPoint(fields map[string]Message, sector SectorID, channel Channel, label Text) {
	if sector != "" && e.Catalog().Sector(sector) == nil {
		fields["sector"] = Message{Key: "answer.unknown_choice"}
	}
	if !slices.Contains(Channels, channel) {
		fields["channel"] = Message{Key: "answer.unknown_choice"}
	}
	for _, lang := range []Lang{Vietnamese, English} {
		if utf8.RuneCountInString(label[lang]) > MaxPointLabel {
			fields["label."+string(lang)] = Message{Key: "point.long_label", Args: []any{MaxPointLabel}}
		}
	}
	if label[English] != "" && label[Vietnamese] == "" {
		fields["label.vi"] = Message{Key: "point.label_needed"}
	}
}

// PointEdit is what can be changed of a point. Unit and form stay: they are on
// its poster, and on the responses given there.
type PointEdit struct {
	Label   Text
	Sector  SectorID
	Channel Channel
}

// EditPoint changes a point of revision seen. Errors: Invalid, NotFound,
// Conflict.
func (e *Editor) EditPoint(ctx context.Context, actor Actor, code PointCode, seen int64, edit PointEdit) (Point, error) {
	return change(ctx, e, actor, "point.edit", e.points(), string(code), seen, func(p *Point) error {
		fields := map[string]Message{}
		edit.Label.clean()
		e.checkPoint(fields, edit.Sector, edit.Channel, edit.Label)
		if form := e.Catalog().Latest(p.Form); edit.Sector != "" && form != nil && form.Family != Procedures {
			fields["sector"] = Message{Key: "point.sector_family"}
		}
		p.Label, p.Sector, p.Channel = edit.Label, edit.Sector, edit.Channel
		return invalid("point.invalid", "edit point", fields)
	})
}

// SwitchPoint takes a point out of use, or puts it into use again. A replaced
// point stays out of use: its code is known to whoever should not have it.
func (e *Editor) SwitchPoint(ctx context.Context, actor Actor, code PointCode, seen int64, off bool) (Point, error) {
	action := Action("point.on")
	if off {
		action = "point.off"
	}
	return change(ctx, e, actor, action, e.points(), string(code), seen, func(p *Point) error {
		if p.Successor != "" && !off {
			return &Error{Kind: Invalid, Op: "put point into use", Key: "point.stays_off"}
		}
		p.Off = off
		return nil
	})
}

// ReplacePoint makes a point of another code in the place of one that leaked or
// was damaged, and returns it. The old code answers that it was replaced.
func (e *Editor) ReplacePoint(ctx context.Context, actor Actor, code PointCode, seen int64) (Point, error) {
	points := e.points()
	old, err := points.Get(ctx, string(code))
	if err != nil {
		return Point{}, err
	}
	if old.Rev != seen || old.Successor != "" {
		return Point{}, NewError(Conflict, "replace point", nil)
	}
	catalog := e.Catalog()
	next := old
	next.Rev, next.Off, next.Made = 1, false, e.today()
	if next.Code, err = drawCode(e.Random, func(c PointCode) bool { return catalog.Point(c) != nil }); err != nil {
		return Point{}, err
	}
	// First the new one: stopping between the two leaves a point too many, which
	// can be taken out of use, and not a wall without one.
	if err := points.Insert(ctx, next); err != nil {
		return Point{}, err
	}
	after := old
	after.Off, after.Successor = true, next.Code
	if err := points.put(ctx, &old, &after); err != nil {
		if undo := e.Store.Delete(ctx, Points, string(next.Code), next.Rev); undo != nil {
			return Point{}, undo
		}
		return Point{}, err
	}
	return next, e.Audit.Record(ctx, actor, "point.replace", "points/"+string(code), old, next)
}
