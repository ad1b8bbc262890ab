package ledger

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// What a salvage (package salvage) asks the ledger about documents that it found apart.

// Sound reports whether an entry or a closed part is as it was written: its content fits
// its hash. A chain has no hash; it is sound if it can be read.
func Sound(c survey.Collection, doc bson.Raw) bool {
	switch c {
	case survey.Ledger:
		_, whole, err := readEntry(doc)
		return whole && err == nil
	case survey.LedgerDays:
		_, whole, err := readPart(doc)
		return whole && err == nil
	case survey.Chains:
		var read chain
		return bson.Unmarshal(doc, &read) == nil && read.ID != ""
	}
	return false
}

// Closed is up to which entry each chain of a store is closed. An entry up to there was
// deleted lawfully: with it goes the order in which responses came.
func Closed(ctx context.Context, store survey.Store) (map[ChainID]int64, error) {
	closed := map[ChainID]int64{}
	all, err := chains(ctx, store)
	if err != nil {
		return nil, err
	}
	for id, c := range all {
		closed[id] = c.Closed
	}
	err = store.Scan(ctx, survey.LedgerDays, "", "", func(raw bson.Raw) error {
		if p, whole, err := readPart(raw); err == nil && whole {
			closed[p.chain] = max(closed[p.chain], p.Last)
		}
		return nil
	})
	return closed, err
}

// IsClosed reports whether the entry of an id is closed.
func IsClosed(closed map[ChainID]int64, id string) bool {
	chain, seq, ok := parseID(id)
	return ok && seq <= closed[chain]
}

// Commitments returns by which commitments the ledger of a store knows responses, of those
// that are wanted. What is not sound vouches for nothing.
func Commitments(ctx context.Context, store survey.Store, wanted func(survey.ResponseID) bool) (map[survey.ResponseID][]survey.Commitment, error) {
	known := map[survey.ResponseID][]survey.Commitment{}
	take := func(leaves []byte) {
		for _, l := range leavesOf(leaves) {
			if id := survey.ResponseID(l.id().String()); wanted(id) {
				known[id] = append(known[id], l.commitment())
			}
		}
	}
	err := store.Scan(ctx, survey.Ledger, "", "", func(raw bson.Raw) error {
		if e, whole, err := readEntry(raw); err == nil && whole {
			take(e.Leaves)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = store.Scan(ctx, survey.LedgerDays, "", "", func(raw bson.Raw) error {
		if p, whole, err := readPart(raw); err == nil && whole {
			take(p.Leaves)
		}
		return nil
	})
	return known, err
}

// EnterAnew enters responses that are stored and that the ledger does not name, because
// what named them is lost: from then on Verify finds one that changes or goes. It returns
// how many it entered. What is entered is dated by the newest of them.
func EnterAnew(ctx context.Context, store survey.Store, ids []survey.ResponseID) (entered int, err error) {
	a := newAdoption(store)
	for _, id := range ids {
		doc, err := store.Get(ctx, survey.Responses, string(id))
		if err != nil {
			return entered, err
		}
		switch err := a.take(ctx, doc); {
		case errors.Is(err, survey.ErrUncommitted): // it never was in a ledger
		case err != nil:
			return entered, err
		default:
			entered++
		}
	}
	if err := a.flush(ctx); err != nil {
		return entered, err
	}
	return entered, a.ledger.Seal(ctx)
}
