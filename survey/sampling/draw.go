package sampling

import (
	"context"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/people"
)

// Drawing is a draw that was made but not yet stored: its record, and its rows
// with list, order, stratum and probability filled in.
type Drawing struct {
	Draw Draw
	Rows []FrameRow
}

func (ss *Samples) samples() survey.Documents[Sample] {
	return survey.Documents[Sample]{Store: ss.store, Collection: survey.Samples}
}

func (ss *Samples) drawn() survey.Documents[Drawn] {
	return survey.Documents[Drawn]{Store: ss.store, Collection: survey.DrawnRows}
}

// Sample returns what a campaign drew; one of revision 0 where nothing was.
func (ss *Samples) Sample(ctx context.Context, id survey.CampaignID) (Sample, error) {
	s, err := ss.samples().Get(ctx, string(id))
	if survey.Is(err, survey.NotFound) {
		return noSample(id), nil
	}
	return s, err
}

// noSample is the sample of a campaign that drew nothing yet.
func noSample(id survey.CampaignID) Sample {
	return Sample{ID: id, KeepDays: DefaultKeepDays, Next: 1}
}

// Rows returns the rows that a campaign drew, in the order of their numbers.
func (ss *Samples) Rows(ctx context.Context, id survey.CampaignID) ([]Drawn, error) {
	var rows []Drawn
	from, to := drawnRange(id)
	err := ss.store.Scan(ctx, survey.DrawnRows, from, to, func(raw bson.Raw) error {
		var d Drawn
		if err := ss.drawn().Decode(raw, &d); err != nil {
			return err
		}
		rows = append(rows, d)
		return nil
	})
	return rows, err
}

// Row returns a row. NotFound if there is none.
func (ss *Samples) Row(ctx context.Context, id string) (Drawn, error) {
	if _, _, ok := ParseDrawnID(id); !ok {
		return Drawn{}, survey.NewError(survey.NotFound, "read drawn row", nil)
	}
	return ss.drawn().Get(ctx, id)
}

// changeSample replaces the sample of a campaign, which must have revision rev.
func (ss *Samples) changeSample(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, action survey.Action, edit func(*Sample) error) (Sample, error) {
	return survey.Change(ctx, ss.changes, survey.Edit[Sample]{
		Collection: survey.Samples, ID: string(id), Seen: rev, Actor: actor, Action: action,
		Do: func(s *Sample) error {
			if s.Rev == 0 {
				*s = noSample(id)
			}
			return edit(s)
		},
	})
}

// actOn begins an act with the sample of a campaign, which must have revision
// rev, as edit makes it. What else it changes is added by the caller.
func (ss *Samples) actOn(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, action survey.Action, edit func(*Sample) error) (*survey.Act, Sample, error) {
	before, err := ss.Sample(ctx, id)
	if err != nil {
		return nil, Sample{}, err
	}
	if before.Rev != rev {
		return nil, Sample{}, survey.NewError(survey.Conflict, string(action), nil)
	}
	after := before
	after.Draws, after.Work = slices.Clone(before.Draws), slices.Clone(before.Work)
	if err := edit(&after); err != nil {
		return nil, Sample{}, err
	}
	after.Rev = rev + 1
	var was any
	if rev > 0 {
		was = before
	}
	act := ss.changes.Begin(actor).Entry(action, "samples/"+string(id), was, after)
	if rev == 0 {
		survey.Create(act, survey.Samples, after)
	} else {
		survey.Update(act, survey.Samples, rev, after)
	}
	return act, after, nil
}

// StoreDraw stores a drawing, as one act; rev is the revision of the sample it
// was made for. Errors: Invalid (the campaign has ended, the sample is too large,
// or a stratum was drawn before), Conflict.
func (ss *Samples) StoreDraw(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, drawing Drawing) (Sample, error) {
	campaign := ss.catalog().Campaign(id)
	if campaign == nil {
		return Sample{}, survey.NewError(survey.NotFound, "store draw", nil)
	}
	refuse := func(key string, args ...any) error {
		return &survey.Error{Kind: survey.Invalid, Op: "store draw", Key: key, Args: args, Fields: survey.Fields{"file": {Key: key, Args: args}}}
	}
	if campaign.State != survey.Draft && campaign.State != survey.Open {
		return Sample{}, refuse("sample.campaign_over")
	}
	number := 0
	act, stored, err := ss.actOn(ctx, actor, id, rev, "sample.draw", func(s *Sample) error {
		if len(drawing.Rows) == 0 {
			return refuse("sample.nothing_drawn")
		}
		if s.Next-1+len(drawing.Rows) > MaxDrawn {
			return refuse("sample.too_many", MaxDrawn)
		}
		for _, h := range drawing.Draw.Strata {
			if s.StratumDrawn(h.Name) {
				return refuse("sample.stratum_drawn", h.Name)
			}
		}
		for _, d := range s.Draws {
			number = max(number, d.Number)
		}
		number++
		d := drawing.Draw
		d.Number, d.At, d.By, d.First, d.Rows = number, ss.time(), actor.String(), s.Next, len(drawing.Rows)
		s.Draws, s.Next = append(s.Draws, d), s.Next+len(drawing.Rows)
		return nil
	})
	if err != nil {
		return stored, err
	}
	first := stored.Next - len(drawing.Rows)
	rows, contacts := make([]Drawn, len(drawing.Rows)), []Contact{}
	for i, r := range drawing.Rows {
		rows[i] = Drawn{
			ID: DrawnID(id, first+i), Rev: 1, Campaign: id, Draw: number, Number: first + i, Place: r.Place, Sector: r.Sector,
			Stratum: r.Stratum, Probability: r.Probability, Order: r.Order, Reserve: r.List == ReserveList,
		}
		if r.Contact != "" {
			contacts = append(contacts, Contact{ID: rows[i].ID, Rev: 1, Text: r.Contact})
		}
	}
	survey.Create(act, survey.DrawnRows, rows...)
	survey.Create(act, survey.Contacts, contacts...)
	if err := act.Do(ctx); err != nil {
		return Sample{}, err
	}
	return stored, nil
}

// DiscardDraw undoes a draw, as one act, as long as none of its rows was visited.
// That it was there stays in the audit log: nobody draws until they like what
// comes. Errors: Invalid (a row was visited), NotFound, Conflict.
func (ss *Samples) DiscardDraw(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, number int) error {
	rows, err := ss.Rows(ctx, id)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(d Drawn) bool { return d.Draw != number })
	if slices.ContainsFunc(rows, func(d Drawn) bool { return len(d.Attempts) > 0 || d.For != 0 }) {
		return &survey.Error{Kind: survey.Invalid, Op: "discard draw", Key: "sample.visited"}
	}
	sample, err := ss.Sample(ctx, id)
	if err != nil {
		return err
	}
	is := func(d Draw) bool { return d.Number == number }
	at := slices.IndexFunc(sample.Draws, is)
	switch {
	case sample.Rev != rev:
		return survey.NewError(survey.Conflict, "discard draw", nil)
	case at < 0:
		return survey.NewError(survey.NotFound, "discard draw", nil)
	}
	draw := sample.Draws[at]
	act, _, err := ss.actOn(ctx, actor, id, rev, "sample.discard", func(s *Sample) error {
		s.Draws = slices.DeleteFunc(s.Draws, is)
		return nil
	})
	if err != nil {
		return err
	}
	from, to := DrawnID(id, draw.First), DrawnID(id, draw.First+draw.Rows)
	if err := ss.removeRange(ctx, act, survey.Contacts, from, to); err != nil {
		return err
	}
	for i := range rows {
		act.Remove(survey.DrawnRows, rows[i].ID, rows[i].Rev)
	}
	return act.Do(ctx)
}

// removeRange adds the removal of documents to an act.
func (ss *Samples) removeRange(ctx context.Context, act *survey.Act, c survey.Collection, from, to string) error {
	return ss.store.Scan(ctx, c, from, to, func(raw bson.Raw) error {
		id, err := survey.DocumentID(raw)
		if err == nil {
			act.RemoveAny(c, strings.Clone(id))
		}
		return err
	})
}

// AssignWork says who visits which places; a place without a surveyor is left
// out. Errors: Invalid, Conflict.
func (ss *Samples) AssignWork(ctx context.Context, actor survey.Actor, id survey.CampaignID, rev int64, work []Assignment) (Sample, error) {
	users := survey.Documents[people.User]{Store: ss.store, Collection: survey.Users}
	able := map[survey.Login]bool{}
	for _, w := range work {
		if _, known := able[w.Surveyor]; known {
			continue
		}
		u, err := users.Get(ctx, string(w.Surveyor))
		if err != nil && !survey.Is(err, survey.NotFound) {
			return Sample{}, err
		}
		if able[w.Surveyor] = err == nil && !u.Disabled && u.Grant.May(survey.VisitSample); !able[w.Surveyor] {
			return Sample{}, &survey.Error{Kind: survey.Invalid, Op: "assign work", Key: "sample.bad_surveyor", Args: []any{string(w.Surveyor)}, Fields: survey.Fields{
				"work": {Key: "sample.bad_surveyor", Args: []any{string(w.Surveyor)}},
			}}
		}
	}
	return ss.changeSample(ctx, actor, id, rev, "sample.assign", func(s *Sample) error {
		s.Work = work
		return nil
	})
}
