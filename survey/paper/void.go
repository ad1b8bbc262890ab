package paper

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"hailong/survey"
	"hailong/survey/verification"
)

// Bounds of a reason, in characters.
const (
	minVoidReason = 5
	maxVoidReason = 300
)

// voidReason is a reason as it is kept. Invalid if it says too little or too
// much.
func voidReason(reason string) (string, error) {
	reason = strings.TrimSpace(survey.CleanText(reason))
	if n := utf8.RuneCountInString(reason); n < minVoidReason || n > maxVoidReason {
		return "", survey.InvalidField("void response", "void.invalid", "reason", "void.bad_reason", minVoidReason, maxVoidReason)
	}
	return reason, nil
}

// Void takes the form of a serial number out of force; attempt is the one that was
// seen, so that what was entered again meanwhile stays. A second press changes
// nothing. It belongs to whoever may: the surveyor of the open batch, checked
// by VoidOwn, or who runs the campaign. Errors: Invalid, NotFound.
func (b *Batches) Void(ctx context.Context, actor survey.Actor, id survey.BatchID, serial, attempt int, reason string) error {
	batch, err := b.Get(ctx, id)
	if err != nil {
		return err
	}
	reason, err = voidReason(reason)
	if err != nil {
		return err
	}
	if serial < 1 || serial > batch.Forms {
		return survey.NewError(survey.NotFound, "void response", nil)
	}
	ids, err := b.formIDs(ctx, &batch)
	if err == nil {
		err = ids.known()
	}
	if err != nil {
		return err
	}
	current, err := b.nextAttempt(ctx, ids, serial)
	switch {
	case err != nil:
		return err
	case attempt >= 1 && attempt < current: // it is void
		return nil
	case attempt != current:
		return survey.NewError(survey.NotFound, "void response", nil)
	}
	response := ids.id(serial, attempt)
	if _, err := b.store.Get(ctx, survey.Responses, string(response)); err != nil {
		return err
	}
	v := verification.Void{
		ID: response, Campaign: batch.Campaign, Reason: reason, By: actor.String(), At: b.now().UTC().Truncate(time.Millisecond),
	}
	_, err = survey.Change(ctx, b.changes, survey.Edit[verification.Void]{
		Collection: survey.Voids, ID: string(response), Actor: actor, Action: "response.void", Subject: "batches/" + string(id),
		Do: func(stored *verification.Void) error {
			*stored = v
			return nil
		},
		Show: func(*verification.Void) any {
			return struct {
				Serial int    `json:"serial"`
				Reason string `json:"reason"`
			}{serial, reason}
		},
	})
	if survey.Is(err, survey.Conflict) {
		return nil // two presses at once
	}
	return err
}

// VoidOwn is Void for a surveyor: only of a batch of theirs, and while it is
// open. Errors: as of Void, and Closed.
func (b *Batches) VoidOwn(ctx context.Context, actor survey.Actor, id survey.BatchID, serial, attempt int, reason string) error {
	batch, err := b.Owned(ctx, actor.Login, id)
	if err != nil {
		return err
	}
	if batch.Closed {
		return &survey.Error{Kind: survey.Closed, Op: "void response", Key: "batch.closed_now", Args: []any{whoReopens()}}
	}
	return b.Void(ctx, actor, id, serial, attempt, reason)
}
