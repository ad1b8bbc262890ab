package registry

import (
	"context"
	"slices"
	"unicode/utf8"

	"hailong/survey"
)

// Limits of editing points.
const (
	MaxNewPoints  = 1000 // made at once
	MaxPointLabel = 80   // characters; more do not fit on a poster
)

// PointPlan is points to be made: one for each unit and form.
type PointPlan struct {
	Units   []survey.UnitID
	Forms   []survey.FormCode
	Sector  survey.SectorID // fixed at all of them, may be empty
	Channel survey.Channel
	Label   survey.Text // of all of them, may be empty
	Again   bool        // also where such a point is in use: a second counter
}

// NewPoints tells what became of a plan.
type NewPoints struct {
	Made  []survey.Point
	Had   int // units and forms that have such a point in use
	Unfit int // schools and forms about another level
}

// MakePoints makes the points of a plan. Errors: Invalid with its Fields.
func (e *Editor) MakePoints(ctx context.Context, actor survey.Actor, plan PointPlan) (NewPoints, error) {
	catalog := e.Catalog()
	fields := survey.Fields{}
	if len(plan.Units) == 0 {
		fields.Add("units", "point.no_units")
	}
	for _, id := range plan.Units {
		if u := catalog.Unit(id); u == nil || !u.Valid.Contains(e.today()) {
			fields.Add("units", "point.bad_unit", string(id))
		}
	}
	if len(plan.Forms) == 0 {
		fields.Add("forms", "point.no_forms")
	}
	for _, code := range plan.Forms {
		if catalog.Latest(code) == nil {
			fields.Add("forms", "point.no_forms")
		} else if plan.Sector != "" && catalog.Latest(code).Family != survey.Procedures {
			fields.Add("sector", "point.sector_family")
		}
	}
	plan.Label.Clean()
	e.checkPoint(fields, plan.Sector, plan.Channel, plan.Label)
	if n := len(plan.Units) * len(plan.Forms); n > MaxNewPoints {
		fields.Add("units", "point.too_many", n, MaxNewPoints)
	}
	if err := fields.Err("make points", "point.invalid"); err != nil {
		return NewPoints{}, err
	}
	made, err := e.drawPoints(catalog, plan)
	if err != nil || len(made.Made) == 0 {
		return made, err
	}
	act := e.Changes.Begin(actor).Entry("point.create", "points", nil, made.Made)
	survey.Create(act, survey.Points, made.Made...)
	if err := act.Do(ctx); err != nil {
		return NewPoints{}, err
	}
	return made, nil
}

func (e *Editor) drawPoints(catalog *survey.Catalog, plan PointPlan) (NewPoints, error) {
	type place struct {
		unit    survey.UnitID
		form    survey.FormCode
		sector  survey.SectorID
		channel survey.Channel
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
	drawn := map[survey.PointCode]bool{}
	for _, id := range plan.Units {
		for _, form := range plan.Forms {
			level, unit := catalog.Latest(form).Level, catalog.Unit(id)
			switch {
			case unit.Kind == survey.School && level != "" && !slices.Contains(unit.Levels, level):
				made.Unfit++
				continue
			case !plan.Again && have[place{id, form, plan.Sector, plan.Channel}]:
				made.Had++
				continue
			}
			code, err := survey.DrawCode(e.Random, func(c survey.PointCode) bool { return drawn[c] || catalog.Point(c) != nil })
			if err != nil {
				return NewPoints{}, err
			}
			drawn[code] = true
			order++
			made.Made = append(made.Made, survey.Point{
				Code: code, Rev: 1, Unit: id, Form: form, Sector: plan.Sector, Channel: plan.Channel, Label: plan.Label, Order: order, Made: e.today(),
			})
		}
	}
	return made, nil
}

// checkPoint adds what is wrong with parts of a point to fields.
func (e *Editor) checkPoint(fields survey.Fields, sector survey.SectorID, channel survey.Channel, label survey.Text) {
	if sector != "" && e.Catalog().Sector(sector) == nil {
		fields.Add("sector", "answer.unknown_choice")
	}
	if !slices.Contains(survey.Channels, channel) {
		fields.Add("channel", "answer.unknown_choice")
	}
	for _, lang := range []survey.Lang{survey.Vietnamese, survey.English} {
		if utf8.RuneCountInString(label[lang]) > MaxPointLabel {
			fields.Add("label."+string(lang), "point.long_label", MaxPointLabel)
		}
	}
	if label[survey.English] != "" && label[survey.Vietnamese] == "" {
		fields.Add("label.vi", "point.label_needed")
	}
}

// PointEdit is what can be changed of a point. Unit and form stay: they are on
// its poster, and on the responses given there.
type PointEdit struct {
	Label   survey.Text
	Sector  survey.SectorID
	Channel survey.Channel
}

// EditPoint changes a point of revision seen. Errors: Invalid, NotFound,
// Conflict.
func (e *Editor) EditPoint(ctx context.Context, actor survey.Actor, code survey.PointCode, seen int64, edit PointEdit) (survey.Point, error) {
	return survey.Change(ctx, e.Changes, point(actor, "point.edit", code, seen, func(p *survey.Point) error {
		fields := survey.Fields{}
		edit.Label.Clean()
		e.checkPoint(fields, edit.Sector, edit.Channel, edit.Label)
		if form := e.Catalog().Latest(p.Form); edit.Sector != "" && form != nil && form.Family != survey.Procedures {
			fields.Add("sector", "point.sector_family")
		}
		p.Label, p.Sector, p.Channel = edit.Label, edit.Sector, edit.Channel
		return fields.Err("edit point", "point.invalid")
	}))
}

// SwitchPoint takes a point out of use, or puts it into use again. A replaced
// point stays out of use: its code is known to whoever should not have it.
func (e *Editor) SwitchPoint(ctx context.Context, actor survey.Actor, code survey.PointCode, seen int64, off bool) (survey.Point, error) {
	action := survey.Action("point.on")
	if off {
		action = "point.off"
	}
	return survey.Change(ctx, e.Changes, point(actor, action, code, seen, func(p *survey.Point) error {
		if p.Successor != "" && !off {
			return &survey.Error{Kind: survey.Invalid, Op: "put point into use", Key: "point.stays_off"}
		}
		p.Off = off
		return nil
	}))
}

// ReplacePoint makes a point of another code in the place of one that leaked or
// was damaged, and returns it. The old code answers that it was replaced.
func (e *Editor) ReplacePoint(ctx context.Context, actor survey.Actor, code survey.PointCode, seen int64) (survey.Point, error) {
	old, err := survey.Documents[survey.Point]{Store: e.Changes.Store, Collection: survey.Points}.Get(ctx, string(code))
	if err != nil {
		return survey.Point{}, err
	}
	if old.Rev != seen || old.Successor != "" {
		return survey.Point{}, survey.NewError(survey.Conflict, "replace point", nil)
	}
	catalog := e.Catalog()
	next := old
	next.Rev, next.Off, next.Made = 1, false, e.today()
	if next.Code, err = survey.DrawCode(e.Random, func(c survey.PointCode) bool { return catalog.Point(c) != nil }); err != nil {
		return survey.Point{}, err
	}
	after := old
	after.Off, after.Successor = true, next.Code
	act := e.Changes.Begin(actor).Entry("point.replace", "points/"+string(code), old, next)
	survey.Create(act, survey.Points, next)
	survey.Update(act, survey.Points, old.Rev, after)
	if err := act.Do(ctx); err != nil {
		return survey.Point{}, err
	}
	return next, nil
}
