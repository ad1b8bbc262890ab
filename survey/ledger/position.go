package ledger

import (
	"bytes"
	"context"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// ClosedPosition is how far the days of each chain were closed at some time. Whoever keeps
// something made of responses keeps it too, and learns by it what came since, and
// whether the store is still the one that it was made of.
type ClosedPosition map[ChainID]ClosedTo

// ClosedTo is how far the days of a chain are closed.
type ClosedTo struct {
	Parts int64  `json:"parts"`
	Head  []byte `json:"head"` // hash of the last entry in them
}

// PositionOf returns the position of a store. Every response that the closed days name
// is stored by then, or never will be.
func PositionOf(ctx context.Context, store survey.Store) (ClosedPosition, error) {
	all, err := chains(ctx, store)
	if err != nil {
		return nil, err
	}
	p := make(ClosedPosition, len(all))
	for id, c := range all {
		p[id] = ClosedTo{c.Parts, c.Head}
	}
	return p, nil
}

// Since calls visit with the id of every response that the ledger names after a position,
// some of them twice, and reports whether the ledger goes on from there: it does not in
// a store that was put back to an earlier state, or in another one. Errors are those of
// the store.
func (p ClosedPosition) Since(ctx context.Context, store survey.Store, visit func(uuid.UUID)) (goesOn bool, err error) {
	// Entries are read before chains: one that is closed meanwhile is met in both.
	err = store.Scan(ctx, survey.Ledger, "", "", func(raw bson.Raw) error {
		visitLeaves(raw, visit)
		return nil
	})
	if err != nil {
		return false, err
	}
	all, err := chains(ctx, store)
	if err != nil {
		return false, err
	}
	for id, at := range p {
		if goesOn, err := at.before(ctx, store, all[id]); err != nil || !goesOn {
			return false, err
		}
	}
	for id, c := range all {
		for number := p[id].Parts + 1; number <= c.Parts; number++ {
			raw, err := store.Get(ctx, survey.LedgerDays, partID(id, number))
			if err != nil {
				return false, err
			}
			visitLeaves(raw, visit)
		}
	}
	return true, nil
}

// before reports whether a chain goes on from where it was closed to.
func (at ClosedTo) before(ctx context.Context, store survey.Store, c chain) (bool, error) {
	switch {
	case c.ID == "" || c.Parts < at.Parts:
		return false, nil
	case c.Parts == at.Parts:
		return bytes.Equal(c.Head, at.Head), nil
	case at.Parts == 0:
		opened, err := c.opening()
		return bytes.Equal(opened, at.Head), err
	}
	raw, err := store.Get(ctx, survey.LedgerDays, partID(c.ID, at.Parts))
	if survey.Is(err, survey.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, head, _ := raw.Lookup("head").BinaryOK()
	return bytes.Equal(head, at.Head), nil
}

// visitLeaves visits the ids that an entry or a part names.
func visitLeaves(raw bson.Raw, visit func(uuid.UUID)) {
	_, leaves, _ := raw.Lookup("leaves").BinaryOK()
	for ; len(leaves) >= leafSize; leaves = leaves[leafSize:] {
		visit(uuid.UUID(leaves[:idSize]))
	}
}
