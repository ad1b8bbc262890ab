package paper

import (
	"context"
	"errors"
	"maps"
	"strconv"

	"hailong/survey"
	"hailong/survey/intake"
)

// Entry is a paper form as it is entered.
type Entry struct {
	Serial  int
	Attempt int // 0 and 1: for the first time
	Day     survey.Date
	Lang    survey.Lang
	Form    survey.FormRef // that was shown
	Sector  survey.SectorID
	Given   survey.Given
}

// Entered says what became of an entry. Stored is the response in force under
// its serial number.
type Entered struct {
	Stored  survey.Response
	Fresh   bool // false: it had been entered before, and counts once
	Differs bool // it had been entered before with other answers; those count
}

// whoReopens names the role that reopens a batch and prints its forms anew.
func whoReopens() survey.Message {
	return survey.Message{Key: "role." + string(survey.HomeAffairs)}
}

// Owned returns a batch to the surveyor it is assigned to; to anybody else it
// is NotFound.
func (b *Batches) Owned(ctx context.Context, who survey.Login, id survey.BatchID) (Batch, error) {
	batch, err := b.Get(ctx, id)
	if err == nil && batch.Surveyor != who {
		err = survey.NewError(survey.NotFound, "open batch", nil)
	}
	return batch, err
}

// VoidedEntry is the cause of an error about a paper form that was entered and
// voided: Attempt is the one under which it can be entered again.
type VoidedEntry struct{ Serial, Attempt int }

func (v *VoidedEntry) Error() string {
	return "form " + strconv.Itoa(v.Serial) + " was voided; it is entered again as attempt " + strconv.Itoa(v.Attempt)
}

// Enter stores one paper form and returns after it is on disk. Entering it
// again changes nothing and tells whether the answers were others. Errors:
// NotFound (also for another surveyor's batch), Closed, Invalid (Fields by
// item code, serial, day) and Conflict with a *VoidedEntry if the form was
// entered and voided.
func (b *Batches) Enter(ctx context.Context, who survey.Login, id survey.BatchID, e Entry) (Entered, error) {
	batch, err := b.Owned(ctx, who, id)
	if err != nil {
		return Entered{}, err
	}
	if batch.Closed {
		return Entered{}, &survey.Error{Kind: survey.Closed, Op: "enter form", Key: "batch.closed_now", Args: []any{whoReopens()}}
	}
	if campaign := b.catalog().Campaign(batch.Campaign); campaign != nil && !campaign.TakesEntries() {
		return Entered{}, &survey.Error{Kind: survey.Closed, Op: "enter form", Key: "batch.not_keying"}
	}
	ids, err := b.formIDs(ctx, &batch)
	if err == nil {
		err = ids.known()
	}
	if err != nil {
		return Entered{}, err
	}
	fields := survey.Fields{}
	serial, attempt := e.Serial, 1
	if serial < 1 || serial > batch.Forms {
		fields.Add("serial", "batch.bad_serial", 1, batch.Forms)
		serial = 1 // what else is wrong is said at the same time
	} else if attempt, err = b.nextAttempt(ctx, ids, serial); err != nil {
		return Entered{}, err
	}
	response, err := b.prepare(who, &batch, ids.id(serial, attempt), e, fields)
	if err != nil {
		return Entered{}, err
	}
	if attempt > 1 && attempt != e.Attempt {
		return Entered{}, &survey.Error{
			Kind: survey.Conflict, Op: "enter form", Key: "batch.voided", Args: []any{strconv.Itoa(serial), attempt}, Err: &VoidedEntry{serial, attempt},
		}
	}
	receipts, err := b.intake.Keep(ctx, response)
	if err != nil || receipts[0].Fresh {
		return Entered{Stored: response, Fresh: true}, err
	}
	entered := Entered{}
	if entered.Differs, err = b.intake.Compare(ctx, response); err != nil {
		return Entered{}, err
	}
	stored, err := b.store.Get(ctx, survey.Responses, string(response.ID))
	if err != nil {
		return Entered{}, err
	}
	return entered, entered.Stored.UnmarshalBSON(stored)
}

// prepare checks an entry and makes its response. What is wrong is added to
// fields, and all of it is the error.
func (b *Batches) prepare(who survey.Login, batch *Batch, id survey.ResponseID, e Entry, fields survey.Fields) (survey.Response, error) {
	day := e.Day
	if !day.Valid() || day > survey.DateOf(b.now()) {
		fields.Add("day", "response.bad_day")
		day = "" // today stands in, so that the answers are checked too
	}
	response, err := b.intake.Prepare(intake.Submission{
		ID: string(id), Point: batch.Point, Form: e.Form, Lang: e.Lang, Channel: survey.ChannelPaper, Day: day,
		Sector: e.Sector, Given: e.Given, Batch: batch.ID, Campaign: batch.Campaign, By: who,
	})
	var told *survey.Error
	_, badDay := fields["day"] // then nothing else is said of it
	switch {
	case err == nil:
	case survey.Is(err, survey.Invalid) && len(survey.FieldsOf(err)) > 0:
		maps.Copy(fields, survey.FieldsOf(err))
	case survey.Is(err, survey.Closed) && errors.As(err, &told):
		if !badDay {
			fields["day"] = survey.Message{Key: told.Key, Args: told.Args}
		}
	default:
		return survey.Response{}, err
	}
	if len(fields) > 0 {
		return survey.Response{}, &survey.Error{Kind: survey.Invalid, Op: "enter form", Key: "answer.invalid", Args: []any{len(fields)}, Fields: fields}
	}
	return response, nil
}

// nextAttempt is the attempt under which a serial number is entered next: the first
// that was not voided.
func (b *Batches) nextAttempt(ctx context.Context, ids formIDs, serial int) (int, error) {
	for attempt := 1; attempt <= maxAttempts; attempt++ {
		_, err := b.store.Get(ctx, survey.Voids, string(ids.id(serial, attempt)))
		if survey.Is(err, survey.NotFound) {
			return attempt, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, &survey.Error{Kind: survey.Invalid, Op: "enter form", Key: "batch.too_often", Args: []any{whoReopens()}, Fields: survey.Fields{
		"serial": {Key: "batch.too_often", Args: []any{whoReopens()}},
	}}
}
