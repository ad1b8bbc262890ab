package ledger

import (
	"encoding/binary"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The root and the path of a leaf are those of RFC 9162: package tlog, which computes
// them another way, agrees for every size and every leaf.
func TestPathIsThatOfTheRFC(t *testing.T) {
	t.Parallel()
	var leaves []leaf
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		read := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			read[i] = stored[at]
		}
		return read, nil
	})
	for size := range int64(70) {
		var l leaf
		binary.BigEndian.PutUint64(l[:], uint64(size)) //nolint:gosec // small
		leaves = append(leaves, l)
		hashes, err := tlog.StoredHashes(size, l[:], reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(size+1, reader)
		if err != nil || root != rootOf(leaves) {
			t.Fatalf("the root over %d leaves is %v, want %v (%v)", size+1, rootOf(leaves), root, err)
		}
		for at := range leaves {
			var got []tlog.Hash
			climbed := tlog.RecordHash(leaves[at][:])
			for _, s := range pathOf(leaves, at) {
				got = append(got, s.Hash)
				if s.Left {
					climbed = tlog.NodeHash(s.Hash, climbed)
				} else {
					climbed = tlog.NodeHash(climbed, s.Hash)
				}
			}
			want, err := tlog.ProveRecord(size+1, int64(at), reader)
			if err != nil || climbed != root || !slices.Equal(got, want) {
				t.Fatalf("the path of leaf %d of %d leads to %v, want %v (%v)", at, size+1, climbed, root, err)
			}
		}
	}
}
