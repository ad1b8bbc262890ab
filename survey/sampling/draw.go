package sampling

import (
	"context"
	"slices"

	"hailong/survey"
)

// Drawing is a draw that was made but not yet stored: its record, and its rows
// with list, order, stratum and probability filled in.
type Drawing struct {
	Draw Draw
	Rows []FrameRow
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
	seal, err := ss.newSeal(ctx, id)
	if err != nil {
		return Sample{}, err
	}
	rows, contacts := make([]Drawn, len(drawing.Rows)), []Contact{}
	for i, r := range drawing.Rows {
		rows[i] = Drawn{
			ID: DrawnID(id, first+i), Rev: 1, Campaign: id, Draw: number, Number: first + i, Place: r.Place, Sector: r.Sector,
			Stratum: r.Stratum, Probability: r.Probability, Order: r.Order, Reserve: r.List == ReserveList,
		}
		if r.Contact != "" {
			contacts = append(contacts, seal.contact(rows[i].ID, r.Contact))
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
