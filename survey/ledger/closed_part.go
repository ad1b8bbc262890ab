package ledger

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
)

// ClosedPart is what others may know of a closed part: of no response anything, and not
// how many there were.
type ClosedPart struct {
	Chain  ChainID
	Number int64 // of the part in its chain, from 1
	Day    survey.Date
	Root   tlog.Hash // of the Merkle tree over the leaves
	Hash   tlog.Hash // of all else that the part says
}

// ClosedParts returns the closed parts that known does not report, in the order of
// chains. One that is not whole is left out: the error is Conflict with the cause
// ErrBroken then, beside the others.
func ClosedParts(ctx context.Context, store survey.Store, known func(ChainID, int64) bool) (parts []ClosedPart, err error) {
	all, err := chains(ctx, store)
	if err != nil {
		return nil, err
	}
	var damaged error
	for _, id := range slices.Sorted(maps.Keys(all)) {
		for number := int64(1); number <= all[id].Parts; number++ {
			if known(id, number) {
				continue
			}
			p, err := readClosed(ctx, store, id, number)
			if errors.Is(err, ErrBroken) {
				damaged = errors.Join(damaged, err)
				continue
			}
			if err != nil {
				return nil, err
			}
			parts = append(parts, p.closed())
		}
	}
	return parts, damaged
}

// ReadClosedPart returns a closed part. Errors: NotFound, and Conflict with the cause
// ErrBroken where it is not whole.
func ReadClosedPart(ctx context.Context, store survey.Store, chain ChainID, number int64) (ClosedPart, error) {
	p, err := readClosed(ctx, store, chain, number)
	if err != nil {
		return ClosedPart{}, err
	}
	return p.closed(), nil
}

func readClosed(ctx context.Context, store survey.Store, chain ChainID, number int64) (part, error) {
	id := partID(chain, number)
	raw, err := store.Get(ctx, survey.LedgerDays, id)
	if err != nil {
		return part{}, err
	}
	p, whole, err := readPart(raw)
	if err == nil && !whole {
		err = broken(id, "its content does not fit its hash")
	}
	return p, err
}

func (p *part) closed() ClosedPart {
	return ClosedPart{Chain: p.chain, Number: p.number, Day: p.Day, Root: tlog.Hash(p.Root), Hash: tlog.Hash(p.Hash)}
}

// Leaf is what the ledger says of one response: its id and its commitment.
type Leaf [leafSize]byte

// LeafOf is the leaf of a stored response. Errors are those of survey.CommitmentOf.
func LeafOf(response bson.Raw) (Leaf, error) {
	c, _, err := survey.CommitmentOf(response)
	if err != nil {
		return Leaf{}, err
	}
	l, err := newLeaf(survey.ResponseID(survey.DocumentText(response, "_id")), c)
	return Leaf(l), err
}

// PathStep is a node beside the way from a leaf to the root.
type PathStep struct {
	Left bool // it is the left one of the two
	Hash tlog.Hash
}

// PathInPart is the way from a leaf to the root of a closed part, from the bottom to the
// top; found is false where the part does not have it. Errors are those of ReadClosedPart.
func PathInPart(ctx context.Context, store survey.Store, chain ChainID, number int64, of Leaf) (path []PathStep, found bool, err error) {
	p, err := readClosed(ctx, store, chain, number)
	if err != nil {
		return nil, false, err
	}
	leaves := leavesOf(p.Leaves)
	at, found := slices.BinarySearchFunc(leaves, leaf(of), compareLeaves)
	if !found || idsOf(p.Unused)[uuid.UUID(of[:idSize])] {
		return nil, false, nil
	}
	return pathOf(leaves, at), true, nil
}

// pathOf is the way from a leaf to the root of rootOf.
func pathOf(leaves []leaf, at int) (path []PathStep) {
	_ = climb(leaves, func(level []tlog.Hash) {
		if beside := at ^ 1; beside < len(level) {
			path = append(path, PathStep{Left: beside < at, Hash: level[beside]})
		}
		at /= 2
	})
	return path
}
