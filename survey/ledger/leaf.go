package ledger

import (
	"bytes"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
)

const (
	idSize   = 16
	leafSize = idSize + len(survey.Commitment{})
)

// leaf is what the ledger says of one response: its id and its commitment.
type leaf [leafSize]byte

func newLeaf(id survey.ResponseID, c survey.Commitment) (leaf, error) {
	var l leaf
	parsed, err := uuid.Parse(string(id))
	if err != nil || survey.ResponseID(parsed.String()) != id {
		return l, &survey.Error{Kind: survey.Invalid, Op: "enter response into the ledger", Key: "response.bad_id", Err: err}
	}
	copy(l[:], parsed[:])
	copy(l[idSize:], c[:])
	return l, nil
}

func (l leaf) id() uuid.UUID { return uuid.UUID(l[:idSize]) }

func (l leaf) commitment() survey.Commitment { return survey.Commitment(l[idSize:]) }

func compareLeaves(a, b leaf) int { return bytes.Compare(a[:], b[:]) }

// leavesOf reads leaves that stand one behind the other.
func leavesOf(all []byte) []leaf {
	leaves := make([]leaf, len(all)/leafSize)
	for i := range leaves {
		leaves[i] = leaf(all[i*leafSize:])
	}
	return leaves
}

func joinLeaves(leaves []leaf) []byte {
	all := make([]byte, 0, len(leaves)*leafSize)
	for _, l := range leaves {
		all = append(all, l[:]...)
	}
	return all
}

// rootOf is the Merkle tree hash of RFC 9162 over leaves.
func rootOf(leaves []leaf) tlog.Hash { return climb(leaves, nil) }

// climb computes the root over leaves, and shows each level below it, from the bottom to
// the top. What it shows is valid only during the call.
func climb(leaves []leaf, show func(level []tlog.Hash)) tlog.Hash {
	if len(leaves) == 0 {
		return tlog.Hash{}
	}
	level := make([]tlog.Hash, len(leaves))
	for i, l := range leaves {
		level[i] = tlog.RecordHash(l[:])
	}
	// A node that has no neighbour goes up as it is, which gives the tree that the RFC
	// defines from its root downwards.
	for len(level) > 1 {
		if show != nil {
			show(level)
		}
		up := level[:0:len(level)]
		for i := 0; i < len(level); i += 2 {
			if i+1 == len(level) {
				up = append(up, level[i])
			} else {
				up = append(up, tlog.NodeHash(level[i], level[i+1]))
			}
		}
		level = up
	}
	return level[0]
}

// joinIDs puts ids one behind the other, sorted.
func joinIDs(ids map[uuid.UUID]bool) []byte {
	sorted := make([]uuid.UUID, 0, len(ids))
	for id := range ids {
		sorted = append(sorted, id)
	}
	slices.SortFunc(sorted, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	all := make([]byte, 0, len(ids)*idSize)
	for _, id := range sorted {
		all = append(all, id[:]...)
	}
	return all
}

func idsOf(all []byte) map[uuid.UUID]bool {
	ids := make(map[uuid.UUID]bool, len(all)/idSize)
	for ; len(all) >= idSize; all = all[idSize:] {
		ids[uuid.UUID(all[:idSize])] = true
	}
	return ids
}
