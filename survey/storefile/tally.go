package storefile

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"hailong/survey"
)

// Bucket is the bucket of what the file says of itself.
var Bucket = []byte(survey.FormatCollection)

// What is in that bucket, beside the tallies.
var (
	FormatKey = []byte("format")

	// CleanKey is there while no free page holds a document that was erased. A file of an
	// older program has none, and is compacted once.
	CleanKey = []byte("clean")
)

// Tally says what a collection holds, so that a document that has vanished, an old
// page that came back and buckets that changed places are seen. It is committed in
// the transaction that changes the collection: memory keeps none, and so a commit
// that fails leaves nothing to be undone.
type Tally struct {
	Changes   uint64 // documents that were put or taken away, ever: what changed is never as it was
	Documents uint64
	Sum       uint64 // of their checksums, wrapping
}

// TallyKey is where the tally of a collection is in the format bucket.
func TallyKey(c survey.Collection) []byte { return []byte("tally/" + string(c)) }

const tallyBytes = 4 * 8

// Add is the tally after a document was put.
func (t Tally) Add(sum uint64) Tally { return Tally{t.Changes + 1, t.Documents + 1, t.Sum + sum} }

// Remove is the tally after a document was taken away.
func (t Tally) Remove(sum uint64) Tally { return Tally{t.Changes + 1, t.Documents - 1, t.Sum - sum} }

// Stored is a tally with a checksum of its own.
func (t Tally) Stored(c survey.Collection) []byte {
	b := make([]byte, 0, tallyBytes)
	for _, n := range []uint64{t.Changes, t.Documents, t.Sum} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return binary.LittleEndian.AppendUint64(b, xxhash.Sum64(append(TallyKey(c), b...)))
}

// ParseTally reads a stored tally.
func ParseTally(c survey.Collection, stored []byte) (Tally, error) {
	if len(stored) != tallyBytes {
		return Tally{}, survey.DamagedDocument(c, "", "the tally of the collection is missing")
	}
	t := Tally{
		Changes:   binary.LittleEndian.Uint64(stored),
		Documents: binary.LittleEndian.Uint64(stored[8:]),
		Sum:       binary.LittleEndian.Uint64(stored[16:]),
	}
	if string(t.Stored(c)) != string(stored) {
		return Tally{}, survey.DamagedDocument(c, "", "the tally of the collection does not fit its checksum")
	}
	return t, nil
}

// Expect compares a tally with what was found in the collection.
func (t Tally) Expect(c survey.Collection, documents, sum uint64) error {
	switch {
	case t.Documents != documents:
		return survey.DamagedDocument(c, "", fmt.Sprintf("%d documents are there, and %d were stored", documents, t.Documents))
	case t.Sum != sum:
		return survey.DamagedDocument(c, "", "the documents are as many as were stored, but not the same")
	}
	return nil
}
