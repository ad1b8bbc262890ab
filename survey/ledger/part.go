package ledger

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// part is entries of one chain and one day, closed: what they said without the order in
// which responses came.
type part struct {
	ID    string      `bson:"_id"` // CHAIN/PART
	Rev   int64       `bson:"rev"`
	Day   survey.Date `bson:"day"`
	First int64       `bson:"first"` // sequence of the first entry
	Last  int64       `bson:"last"`
	Prev  []byte      `bson:"prev"` // hash before the first entry
	Head  []byte      `bson:"head"` // hash of the last entry

	Leaves []byte       `bson:"leaves"` // sorted
	Unused []byte       `bson:"unused"` // ids of leaves at the end of a chain whose responses were not stored, sorted
	Points []pointCount `bson:"points"` // of the others, by point
	Root   []byte       `bson:"root"`   // of the Merkle tree over Leaves
	Hash   []byte       `bson:"hash"`

	chain  ChainID
	number int64
}

type pointCount struct {
	Point string `bson:"point"`
	N     int    `bson:"n"`
}

func partID(chain ChainID, number int64) string { return fmt.Sprintf("%s/%06d", chain, number) }

// closedOf makes the part of entries, which follow each other. unused is the ids of
// leaves whose responses are not stored.
func closedOf(number int64, entries []entry, unused map[uuid.UUID]bool) (part, bson.Raw, error) {
	first, last := &entries[0], &entries[len(entries)-1]
	p := part{
		ID: partID(first.chain, number), Rev: 1, Day: first.Day, First: first.seq, Last: last.seq, Prev: first.Prev, Head: last.Hash,
		Unused: joinIDs(unused), chain: first.chain, number: number,
	}
	var leaves []leaf
	points := map[string]int{}
	for i := range entries {
		for n, l := range leavesOf(entries[i].Leaves) {
			leaves = append(leaves, l)
			if !unused[l.id()] {
				points[entries[i].Points[n]]++
			}
		}
	}
	slices.SortFunc(leaves, compareLeaves)
	for _, point := range slices.Sorted(maps.Keys(points)) {
		p.Points = append(p.Points, pointCount{point, points[point]})
	}
	root := rootOf(leaves)
	p.Leaves, p.Root = joinLeaves(leaves), root[:]
	doc, hash, err := sealed(&p, func(hash []byte) { p.Hash = hash })
	p.Hash = hash
	return p, doc, err
}

// readPart reads a stored part and reports whether what it says fits its hash, its order
// and its root.
func readPart(raw bson.Raw) (p part, whole bool, err error) {
	if err := bson.Unmarshal(raw, &p); err != nil {
		return p, false, survey.NewError(survey.Internal, "read ledger", fmt.Errorf("part %v: %w", raw.Lookup("_id"), err))
	}
	var named bool
	p.chain, p.number, named = parseID(p.ID)
	hash, err := hashOf(raw)
	if err != nil || !named || !bytes.Equal(hash, p.Hash) {
		return p, false, nil
	}
	leaves := leavesOf(p.Leaves)
	root := rootOf(leaves)
	return p, slices.IsSortedFunc(leaves, compareLeaves) && bytes.Equal(root[:], p.Root), nil
}
