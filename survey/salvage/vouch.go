package salvage

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/ledger"
)

// decision is what becomes of a document that was found apart.
type decision int

const (
	setApart decision = iota // nobody vouches for it
	take
	leave // it was deleted, or nobody may bring it back
)

// vouchers is what vouches for documents that were found apart. It is read from the
// target, where it went first.
type vouchers struct {
	states      map[string]survey.Revision // of documents, in the audit log
	closed      map[ledger.ChainID]int64
	commitments map[survey.ResponseID][]survey.Commitment
	takenBack   map[survey.ResponseID]bool
}

// prepare reads what vouches for the documents of a collection.
func (r *run) prepare(ctx context.Context, c survey.Collection) (err error) {
	switch {
	case c == survey.Ledger:
		r.vouch.closed, err = ledger.Closed(ctx, r.to)
	case c == survey.Responses:
		err = r.prepareResponses(ctx)
	case slices.Contains(survey.Audited, c) && r.vouch.states == nil:
		r.vouch.states, err = audit.LastStates(ctx, r.to)
	}
	return err
}

func (r *run) prepareResponses(ctx context.Context) error {
	wanted := map[survey.ResponseID]bool{}
	err := r.from.Find(ctx, survey.Responses, func(f survey.FoundDocument) error {
		if f.Loose {
			wanted[survey.ResponseID(survey.DocumentText(f.Doc, "_id"))] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.vouch.takenBack = map[survey.ResponseID]bool{}
	err = r.to.Scan(ctx, survey.TakenBackMarks, "", "", func(mark bson.Raw) error {
		r.vouch.takenBack[survey.ResponseID(survey.DocumentText(mark, "_id"))] = true
		return nil
	})
	if err == nil {
		r.vouch.commitments, err = ledger.Commitments(ctx, r.to, func(id survey.ResponseID) bool { return wanted[id] })
	}
	return err
}

// of decides about a document.
func (v *vouchers) of(c survey.Collection, id string, doc bson.Raw) decision {
	sound := func(is bool) decision {
		if is {
			return take
		}
		return setApart
	}
	switch {
	case c == survey.Audit:
		return sound(audit.Sound(doc))
	case c == survey.Chains, c == survey.LedgerDays:
		return sound(ledger.Sound(c, doc))
	case c == survey.Ledger:
		if ledger.IsClosed(v.closed, id) || !ledger.Sound(c, doc) {
			return leave // it tells in what order responses came
		}
		return take
	case c == survey.TakenBackMarks:
		return take
	case c == survey.Responses:
		return v.response(survey.ResponseID(id), doc)
	case c == survey.Contacts, c == survey.Intents, slices.Contains(survey.Passing, c):
		return leave
	case slices.Contains(survey.Audited, c):
		return v.audited(c, doc)
	}
	return setApart
}

// response decides about a response.
func (v *vouchers) response(id survey.ResponseID, doc bson.Raw) decision {
	if v.takenBack[id] {
		return leave
	}
	if survey.IsTakenBack(doc) { // its mark is lost, and this one is as good
		return take
	}
	c, _, err := survey.CommitmentOf(doc)
	if err == nil && slices.Contains(v.commitments[id], c) {
		return take
	}
	return setApart
}

// audited decides about a document that the audit log knows.
func (v *vouchers) audited(c survey.Collection, doc bson.Raw) decision {
	r, err := survey.RevisionOf(c, doc)
	said, known := v.states[r.Subject]
	switch {
	case err != nil || !known:
		return setApart
	case said.Gone:
		return leave
	case said.Sum == r.Sum && (said.Rev == r.Rev || c.Marked() && said.Rev < r.Rev):
		return take
	}
	return setApart
}
