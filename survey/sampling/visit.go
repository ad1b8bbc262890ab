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
func (ss *Samples) RecordVisit(ctx context.Context, actor survey.Actor, id string, seen int64, a Attempt) (Drawn, error) {
	return ss.changeRow(ctx, actor, id, seen, "sample.visit", func(campaign *survey.Campaign, d *Drawn) error {
		fields := survey.Fields{}
		if !slices.Contains(Outcomes, a.Outcome) {
			fields.Add("outcome", "sample.bad_outcome")
		}
		today := survey.DateOf(ss.now())
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
		a.At, a.By = survey.DateOf(ss.now()).Time(), actor.Login
		d.Attempts = append(slices.Clone(d.Attempts), a)
		return nil
	})
}

// CallReserve has the next reserve of its stratum stand in for a row that ended
// without an answer, and returns that reserve. Both rows change in one act.
// Calling it again gives the same reserve. Errors: Invalid (the row still waits
// for a visit, or no reserve is left), NotFound, Conflict, Closed.
func (ss *Samples) CallReserve(ctx context.Context, actor survey.Actor, id string) (Drawn, error) {
	for {
		row, err := ss.Row(ctx, id)
		if err != nil {
			return Drawn{}, err
		}
		var reserve Drawn
		if row.Substitute != 0 {
			reserve, err = ss.Row(ctx, DrawnID(row.Campaign, row.Substitute))
			if err != nil || reserve.For == row.Number {
				return reserve, err
			}
		}
		if row.Substitute == 0 || reserve.For != 0 { // of an older version: the mark was all, and another row took the reserve
			rows, err := ss.Rows(ctx, row.Campaign)
			if err != nil {
				return Drawn{}, err
			}
			next := NextReserve(rows, row.Stratum)
			if next == nil {
				return Drawn{}, &survey.Error{Kind: survey.Invalid, Op: "call reserve", Key: "sample.no_reserve"}
			}
			reserve = *next
		}
		// Two taps on one row meet at its revision, and two rows that want the same
		// reserve at the reserve's; the one that comes second looks again.
		called, err := ss.call(ctx, actor, row, reserve)
		if !survey.Is(err, survey.Conflict) {
			return called, err
		}
	}
}

// call has a reserve stand in for a row.
func (ss *Samples) call(ctx context.Context, actor survey.Actor, row, reserve Drawn) (Drawn, error) {
	if _, err := ss.atWork(&row, "sample.reserve"); err != nil {
		return Drawn{}, err
	}
	act := ss.changes.Begin(actor)
	if row.Substitute != reserve.Number {
		if !row.InForce() || !row.Lost() {
			return Drawn{}, &survey.Error{Kind: survey.Invalid, Op: "call reserve", Key: "sample.still_due"}
		}
		marked := row
		marked.Substitute = reserve.Number
		act.Entry("sample.reserve", "drawn/"+row.ID, rowState(&row), rowState(&marked))
		survey.Update(act, survey.DrawnRows, row.Rev, marked)
	}
	called := reserve
	called.Rev, called.For = reserve.Rev+1, row.Number
	act.Entry("sample.called", "drawn/"+reserve.ID, rowState(&reserve), rowState(&called))
	survey.Update(act, survey.DrawnRows, reserve.Rev, called)
	return called, act.Do(ctx)
}

// atWork returns the campaign of a row while its rows are visited.
func (ss *Samples) atWork(d *Drawn, action survey.Action) (*survey.Campaign, error) {
	campaign := ss.catalog().Campaign(d.Campaign)
	if campaign == nil {
		return nil, survey.NewError(survey.NotFound, string(action), nil)
	}
	if campaign.State != survey.Open && campaign.State != survey.ClosedDown {
		return nil, &survey.Error{Kind: survey.Closed, Op: string(action), Key: "sample.not_at_work"}
	}
	return campaign, nil
}

// changeRow replaces a row of revision seen, while its campaign is at work.
func (ss *Samples) changeRow(ctx context.Context, actor survey.Actor, id string, seen int64, action survey.Action, edit func(*survey.Campaign, *Drawn) error) (Drawn, error) {
	before, err := ss.Row(ctx, id)
	if err != nil {
		return Drawn{}, err
	}
	campaign, err := ss.atWork(&before, action)
	if err != nil {
		return Drawn{}, err
	}
	return survey.Change(ctx, ss.changes, survey.Edit[Drawn]{
		Collection: survey.DrawnRows, ID: id, Seen: seen, Actor: actor, Action: action, OnDay: true, Show: rowState,
		Do: func(d *Drawn) error { return edit(campaign, d) },
	})
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
