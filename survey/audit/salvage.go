package audit

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// What a salvage (package salvage) asks the log of a store that it has filled.

// Sound reports whether a document is an entry as it was written: its content fits its
// hash.
func Sound(doc bson.Raw) bool {
	var e ChainedEntry
	if bson.Unmarshal(doc, &e) != nil || e.ID != entryID(e.Number()) {
		return false
	}
	hash, err := hashOf(doc)
	return err == nil && e.Hash == hash
}

// LastStates returns the last state of each document that the entries tell of, whatever
// entries are missing.
func LastStates(ctx context.Context, store survey.Store) (map[string]survey.Revision, error) {
	states := map[string]survey.Revision{}
	err := store.Scan(ctx, survey.Audit, "", "", func(raw bson.Raw) error {
		var e ChainedEntry
		if !Sound(raw) || bson.Unmarshal(raw, &e) != nil {
			return nil
		}
		for _, doc := range e.Docs {
			if r, err := survey.ParseRevision(doc); err == nil {
				states[r.Subject] = r
			}
		}
		return nil
	})
	return states, err
}

// PassOver leaves the numbers up to last to entries that are lost: what is appended next
// follows them, so that no number is given twice.
func (l *Log) PassOver(ctx context.Context, last int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.follow(ctx)
	if err == nil && l.head.Number < last {
		l.head = Head{Number: last}
	}
	return err
}

// Gaps is where a log and the documents do not fit together for what is lost.
type Gaps struct {
	Head    Head                 // the last entry that is there
	Entries []survey.NumberRange // that are not there before it
	Foreign []survey.Revision    // documents in a state that no entry tells of
	Missing []survey.Revision    // documents that are not there, as gone
}

// FindGaps reads the whole log, and passes over what is not there. The error is that of
// Verify where an entry was changed: that is no loss.
func (l *Log) FindGaps(ctx context.Context) (g Gaps, err error) {
	v, err := newVerification(ctx, l.store)
	if err != nil {
		return g, err
	}
	v.gap = func(r survey.NumberRange) { g.Entries = append(g.Entries, r) }
	err = v.chain(ctx)
	if g.Head = v.head; err != nil || !v.refs[baselineRef] {
		return g, err
	}
	suspects, err := v.documents(ctx)
	if err == nil {
		suspects, err = v.again(ctx, suspects)
	}
	for _, subject := range slices.Sorted(maps.Keys(suspects)) {
		if err != nil {
			return g, err
		}
		switch suspects[subject].key {
		case missing:
			r := v.known[subject]
			g.Missing = append(g.Missing, survey.Revision{Subject: subject, Rev: r.Rev, Gone: true})
		case foreign:
			c, id, _ := strings.Cut(subject, "/")
			var doc bson.Raw
			if doc, err = l.store.Get(ctx, survey.Collection(c), id); err != nil {
				continue
			}
			var r survey.Revision
			if r, err = survey.RevisionOf(survey.Collection(c), doc); err == nil {
				g.Foreign = append(g.Foreign, r)
			}
		}
	}
	return g, err
}
