package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Rewriter is a store whose responses can be rewritten all at once.
type Rewriter interface {
	survey.Store

	// Rewrite is that of the stores (see migrations.Store).
	Rewrite(ctx context.Context, c survey.Collection, from string, change func(bson.Raw) (bson.Raw, error)) (next string, n int, err error)
}

// Adopt enters the responses of a store of before there was a ledger as they are: from
// then on Verify finds one that changes or goes. Nobody else works with the store.
// told is called with how many more responses were gone through.
//
// First every response gets a salt, then all are entered; a kill makes the next run
// begin anew. It enters again what was entered before, as a process does to which a
// response is sent again. What is entered is dated by the newest response, and by no
// clock.
func Adopt(ctx context.Context, store Rewriter, told func(responses int)) error {
	for from, more := "", true; more; {
		next, n, err := store.Rewrite(ctx, survey.Responses, from, salted)
		if err != nil {
			return err
		}
		told(n)
		from, more = next, next != ""
	}
	a := newAdoption(store)
	err := store.Scan(ctx, survey.Responses, "", "", func(doc bson.Raw) error { return a.take(ctx, doc) })
	if err == nil {
		err = a.flush(ctx)
	}
	if err != nil || a.ledger.head.Chain == "" {
		return err
	}
	_, err = a.ledger.CloseNow(ctx)
	return err
}

// adoption enters responses in entries of many.
type adoption struct {
	ledger *Ledger
	next   write
	newest time.Time
}

func newAdoption(store survey.Store) *adoption {
	a := &adoption{}
	a.ledger = New(store, func() time.Time { return a.newest })
	return a
}

func (a *adoption) take(ctx context.Context, doc bson.Raw) error {
	if survey.IsTakenBack(doc) {
		return nil
	}
	if at, ok := doc.Lookup("received").TimeOK(); ok && at.After(a.newest) {
		a.newest = at
	}
	id, point := survey.ResponseID(survey.DocumentText(doc, "_id")), survey.PointCode(survey.DocumentText(doc, "point"))
	switch err := a.next.enter(id, point, doc); {
	case survey.Is(err, survey.Invalid): // of no program of ours: Verify calls it unknown
		return nil
	case err != nil:
		return err
	}
	if len(a.next.leaves) == mostLeaves {
		return a.flush(ctx)
	}
	return nil
}

// flush writes an entry. Nobody else has the turn.
func (a *adoption) flush(ctx context.Context) error {
	if len(a.next.leaves) == 0 {
		return nil
	}
	_, err := a.ledger.append(ctx, &a.next)
	a.ledger.told[a.ledger.head.Chain] = a.ledger.head.Seq
	a.next = write{}
	return err
}

// salted gives a response a salt that has none and needs one.
func salted(doc bson.Raw) (bson.Raw, error) {
	if survey.IsTakenBack(doc) {
		return doc, nil
	}
	_, _, err := survey.CommitmentOf(doc)
	if !errors.Is(err, survey.ErrUncommitted) {
		return doc, err
	}
	var salt [survey.SaltSize]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return nil, survey.NewError(survey.Internal, "salt response", err)
	}
	return survey.Salted(doc, salt)
}
