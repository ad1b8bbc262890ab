package bolt

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"
	"go.etcd.io/bbolt"

	"hailong/survey"
)

// tally says what a collection holds, so that a document that has vanished, an old
// page that came back and buckets that changed places are seen. It is committed in
// the transaction that changes the collection: memory keeps none, and so a commit
// that fails leaves nothing to be undone.
type tally struct {
	changes   uint64 // documents that were put or taken away, ever: what changed is never as it was
	documents uint64
	sum       uint64 // of their checksums, wrapping
}

// tallyKey is where the tally of a collection is in the format bucket.
func tallyKey(c survey.Collection) []byte { return []byte("tally/" + string(c)) }

const tallyBytes = 4 * 8

func (t tally) add(sum uint64) tally { return tally{t.changes + 1, t.documents + 1, t.sum + sum} }

func (t tally) remove(sum uint64) tally { return tally{t.changes + 1, t.documents - 1, t.sum - sum} }

// stored is a tally with a checksum of its own.
func (t tally) stored(c survey.Collection) []byte {
	b := make([]byte, 0, tallyBytes)
	for _, n := range []uint64{t.changes, t.documents, t.sum} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return binary.LittleEndian.AppendUint64(b, xxhash.Sum64(append(tallyKey(c), b...)))
}

// readTally returns the tally of a collection.
func readTally(tx *bbolt.Tx, c survey.Collection) (tally, error) {
	bucket := tx.Bucket(formatBucket)
	if bucket == nil {
		return tally{}, survey.DamagedDocument(c, "", "the tally of the collection is missing")
	}
	return parseTally(c, bucket.Get(tallyKey(c)))
}

// parseTally reads a stored tally.
func parseTally(c survey.Collection, stored []byte) (tally, error) {
	if len(stored) != tallyBytes {
		return tally{}, survey.DamagedDocument(c, "", "the tally of the collection is missing")
	}
	t := tally{
		changes:   binary.LittleEndian.Uint64(stored),
		documents: binary.LittleEndian.Uint64(stored[8:]),
		sum:       binary.LittleEndian.Uint64(stored[16:]),
	}
	if string(t.stored(c)) != string(stored) {
		return tally{}, survey.DamagedDocument(c, "", "the tally of the collection does not fit its checksum")
	}
	return t, nil
}

// expect compares a tally with what was found in the collection.
func (t tally) expect(c survey.Collection, documents, sum uint64) error {
	switch {
	case t.documents != documents:
		return survey.DamagedDocument(c, "", fmt.Sprintf("%d documents are there, and %d were stored", documents, t.documents))
	case t.sum != sum:
		return survey.DamagedDocument(c, "", "the documents are as many as were stored, but not the same")
	}
	return nil
}
