package sampling

import (
	"context"
	"slices"

	"hailong/survey"
)

// RecordVisit adds what a visit came to. seen is the row's revision that the
// person saw. The day may be past (a list on paper comes in later), but not
// before the campaign, and not ahead. Errors: Invalid with its Fields, NotFound,
// Conflict, Closed (the campaign is not at work).
func (f *Samples) RecordVisit(ctx context.Context, actor survey.Actor, id string, seen int64, a Attempt) (Drawn, error) {
	return f.changeRow(ctx, actor, id, seen, "sample.visit", func(campaign *survey.Campaign, d *Drawn) error {
		fields := survey.Fields{}
		if !slices.Contains(Outcomes, a.Outcome) {
			fields.Add("outcome", "sample.bad_outcome")
		}
		today := survey.DateOf(f.now())
		if a.Day == "" {
			a.Day = today
		}
		switch {
		case !a.Day.Valid():
			fields.Add("day", "campaign.bad_day")
		case a.Day > today || a.Day < campaign.Period.From:
			fields.Add("day", "sample.bad_day", campaign.Period.From, today)
		}
		switch {
		case !d.InForce():
			fields.Add("outcome", "sample.not_called")
		case a.Corrects && len(d.Attempts) == 0:
			fields.Add("corrects", "sample.nothing_to_correct")
		case !a.Corrects && d.Outcome() == Answered:
			fields.Add("outcome", "sample.answered_already")
		}
		if err := fields.Err("record visit", "visit.invalid"); err != nil {
			return err
		}
		a.At, a.By = f.time(), actor.Login
		d.Attempts = append(slices.Clone(d.Attempts), a)
		return nil
	})
}

// CallReserve has the next reserve of its stratum stand in for a row that ended
// without an answer, and returns that reserve. Calling it again, also after an
// interruption, gives the same one. Errors: Invalid (the row still waits for a
// visit, or no reserve is left), NotFound, Conflict, Closed.
func (f *Samples) CallReserve(ctx context.Context, actor survey.Actor, id string) (Drawn, error) {
	for {
		row, err := f.Row(ctx, id)
		if err != nil {
			return Drawn{}, err
		}
		if row.Substitute != 0 {
			reserve, err := f.Row(ctx, DrawnID(row.Campaign, row.Substitute))
			if err != nil || reserve.For == row.Number {
				return reserve, err
			}
			if reserve.For == 0 { // interrupted after the row was marked
				called, err := f.callFor(ctx, actor, &reserve, row.Number)
				if err != nil && survey.KindOf(err) == survey.Conflict {
					continue
				}
				return called, err
			}
		}
		rows, err := f.Rows(ctx, row.Campaign)
		if err != nil {
			return Drawn{}, err
		}
		next := NextReserve(rows, row.Stratum)
		if next == nil && row.Substitute != 0 { // another row took the last one
			if _, err := f.changeRow(ctx, actor, id, row.Rev, "sample.reserve", func(_ *survey.Campaign, d *Drawn) error {
				d.Substitute = 0
				return nil
			}); err != nil && survey.KindOf(err) != survey.Conflict {
				return Drawn{}, err
			}
			continue
		}
		if next == nil {
			return Drawn{}, &survey.Error{Kind: survey.Invalid, Op: "call reserve", Key: "sample.no_reserve"}
		}
		// The row is marked before the reserve: two taps on one row cannot call two
		// reserves. Two rows that want the same reserve meet at its revision; the
		// one that comes second looks again.
		if _, err := f.changeRow(ctx, actor, id, row.Rev, "sample.reserve", func(_ *survey.Campaign, d *Drawn) error {
			if !d.InForce() || !d.Lost() {
				return &survey.Error{Kind: survey.Invalid, Op: "call reserve", Key: "sample.still_due"}
			}
			d.Substitute = next.Number
			return nil
		}); err != nil {
			if survey.KindOf(err) == survey.Conflict {
				continue
			}
			return Drawn{}, err
		}
		called, err := f.callFor(ctx, actor, next, row.Number)
		if err != nil && survey.KindOf(err) == survey.Conflict {
			continue
		}
		return called, err
	}
}

func (f *Samples) callFor(ctx context.Context, actor survey.Actor, reserve *Drawn, number int) (Drawn, error) {
	return f.changeRow(ctx, actor, reserve.ID, reserve.Rev, "sample.called", func(_ *survey.Campaign, d *Drawn) error {
		d.For = number
		return nil
	})
}

// changeRow replaces a row of revision seen, while its campaign is at work.
func (f *Samples) changeRow(ctx context.Context, actor survey.Actor, id string, seen int64, action survey.Action, edit func(*survey.Campaign, *Drawn) error) (Drawn, error) {
	before, err := f.Row(ctx, id)
	if err != nil {
		return Drawn{}, err
	}
	campaign := f.catalog().Campaign(before.Campaign)
	if campaign == nil {
		return Drawn{}, survey.NewError(survey.NotFound, string(action), nil)
	}
	if campaign.State != survey.Open && campaign.State != survey.ClosedDown {
		return Drawn{}, &survey.Error{Kind: survey.Closed, Op: string(action), Key: "sample.not_at_work"}
	}
	if before.Rev != seen {
		return before, survey.NewError(survey.Conflict, string(action), nil)
	}
	after := before
	if err := edit(campaign, &after); err != nil {
		return before, err
	}
	after.Rev++
	if err := f.drawn().Replace(ctx, seen, after); err != nil {
		return before, err
	}
	return after, f.audit.Record(ctx, actor, action, "drawn/"+id, rowState(&before), rowState(&after))
}

// rowState is what the audit log says of a row.
func rowState(d *Drawn) any {
	state := struct {
		Outcome    Outcome  `json:"outcome,omitempty"`
		Visits     int      `json:"visits"`
		For        int      `json:"for,omitempty"`
		Substitute int      `json:"substitute,omitempty"`
		Last       *Attempt `json:"last,omitempty"`
	}{Outcome: d.Outcome(), Visits: d.Visits(), For: d.For, Substitute: d.Substitute}
	if n := len(d.Attempts); n > 0 {
		state.Last = &d.Attempts[n-1]
	}
	return state
}
