package treelog

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is how many records a log has, and the root over them.
type Tree struct {
	Size int64
	Root tlog.Hash
}

// Records are the records of a log from its first one on, with the hashes of the tree
// over them. The zero value is an empty log.
type Records struct {
	texts  []string
	hashes storedHashes
}

// storedHashes are the hashes of the inner nodes of a tree, in the order of package tlog.
type storedHashes []tlog.Hash

// ReadHashes implements tlog.HashReader.
func (h storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(h)) {
			return nil, fmt.Errorf("the tree has no node %d", at)
		}
		read[i] = h[at]
	}
	return read, nil
}

// Size is how many records there are.
func (r *Records) Size() int64 { return int64(len(r.texts)) }

// Text is that of record n, which must be below Size.
func (r *Records) Text(n int64) string { return r.texts[n] }

// Append adds the next record.
func (r *Records) Append(text string) error {
	hashes, err := tlog.StoredHashes(r.Size(), []byte(text), r.hashes)
	if err != nil {
		return err
	}
	r.texts, r.hashes = append(r.texts, text), append(r.hashes, hashes...)
	return nil
}

// Cut leaves out the records behind the first size ones.
func (r *Records) Cut(size int64) {
	r.texts, r.hashes = r.texts[:size], r.hashes[:tlog.StoredHashCount(size)]
}

// TreeAt is the tree over the first size records; that of an empty one where there are
// not so many, which has no root.
func (r *Records) TreeAt(size int64) Tree {
	if size < 0 || size > r.Size() {
		return Tree{}
	}
	root, err := tlog.TreeHash(size, r.hashes)
	if err != nil {
		return Tree{}
	}
	return Tree{size, root}
}

// Tree is the tree over all records.
func (r *Records) Tree() Tree { return r.TreeAt(r.Size()) }

// Holds reports whether a tree is one over the first records of this log.
func (r *Records) Holds(t Tree) bool {
	return t.Size >= 0 && t.Size <= r.Size() && r.TreeAt(t.Size) == t
}

// prove is the path of record n in the tree over the first size records.
func (r *Records) prove(size, n int64) ([]tlog.Hash, error) {
	return tlog.ProveRecord(size, n, r.hashes)
}
