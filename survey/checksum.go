package survey

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// Every stored document ends with the element "sum": the 64-bit xxHash of the
// name of its collection, a zero byte, and the document without that element. The
// stores add it when they write and take it off when they read, so that nobody
// else sees it: hashes of the audit log, backups and copies are of the same bytes
// as before there was a checksum. It finds what a disk or memory got wrong. It does
// not find who knows how to compute it; that is what the audit log is for.

const (
	sumKey = "sum"

	// checksumBytes is by how much the checksum makes a document longer: the type
	// of the element, its name and its value.
	checksumBytes = 1 + len(sumKey) + 1 + 8
)

// AddChecksum returns a copy of a document of a collection that ends with its
// checksum. What is no BSON, or has a field of that name already, is an Invalid
// error.
func AddChecksum(c Collection, doc bson.Raw) (bson.Raw, error) {
	if err := expectNoChecksum(doc); err != nil {
		return nil, NewError(Invalid, "write document", err)
	}
	stored := make(bson.Raw, 0, len(doc)+checksumBytes)
	stored = append(stored, doc[:len(doc)-1]...)
	d := newChecksum(c)
	_, _ = d.Write(doc)
	stored = bsoncore.AppendInt64Element(stored, sumKey, int64(d.Sum64())) //nolint:gosec // the same 64 bits
	stored = append(stored, 0)
	binary.LittleEndian.PutUint32(stored, uint32(len(stored))) //nolint:gosec // below MaxDocument
	return stored, nil
}

// expectNoChecksum refuses what is no BSON document on its first level, and one
// with the field that is for the checksum.
func expectNoChecksum(doc bson.Raw) error {
	if len(doc) < 5 || int(binary.LittleEndian.Uint32(doc)) != len(doc) || doc[len(doc)-1] != 0 {
		return errors.New("the document is cut off or not BSON")
	}
	for rest := doc[4 : len(doc)-1]; len(rest) > 0; {
		element, behind, ok := bsoncore.ReadElement(rest)
		if !ok {
			return errors.New("the document is cut off or not BSON")
		}
		if string(element.KeyBytes()) == sumKey {
			return fmt.Errorf("the field %q is for the checksum of the store", sumKey)
		}
		rest = bson.Raw(behind)
	}
	return nil
}

// HasChecksum reports whether a stored document ends with a checksum, right or
// wrong. Stores of format 1 hold documents without.
func HasChecksum(stored bson.Raw) bool {
	start := len(stored) - 1 - checksumBytes
	return start >= 5 && stored[start] == byte(bson.TypeInt64) && string(stored[start+1:start+2+len(sumKey)]) == sumKey+"\x00"
}

// TakeChecksum checks a stored document and returns it without its checksum, and
// the checksum. It uses the bytes of stored, which the caller must own. A document
// that is not as it was written is an Internal error with a *Damage.
func TakeChecksum(c Collection, stored bson.Raw) (doc bson.Raw, sum uint64, err error) {
	if sum, err = StoredChecksum(c, stored); err != nil {
		return nil, 0, err
	}
	n := len(stored) - checksumBytes
	binary.LittleEndian.PutUint32(stored, uint32(n)) //nolint:gosec // a length
	stored[n-1] = 0
	return stored[:n:n], sum, nil
}

// StoredChecksum is TakeChecksum that leaves the document as it is stored.
func StoredChecksum(c Collection, stored bson.Raw) (uint64, error) {
	n := len(stored)
	if !HasChecksum(stored) || int(binary.LittleEndian.Uint32(stored)) != n || stored[n-1] != 0 {
		return 0, damagedDocument(c, stored, "it is cut off or has no checksum")
	}
	sum := binary.LittleEndian.Uint64(stored[n-9:])
	d := newChecksum(c)
	var length [4]byte
	binary.LittleEndian.PutUint32(length[:], uint32(n-checksumBytes)) //nolint:gosec // a length
	_, _ = d.Write(length[:])
	_, _ = d.Write(stored[4 : n-1-checksumBytes])
	_, _ = d.Write([]byte{0})
	if d.Sum64() != sum {
		return 0, damagedDocument(c, stored, "its content does not fit its checksum")
	}
	return sum, nil
}

func newChecksum(c Collection) (d xxhash.Digest) {
	d.Reset()
	_, _ = d.WriteString(string(c))
	_, _ = d.Write([]byte{0})
	return d
}

// damagedDocument names the document as far as it can still be read.
func damagedDocument(c Collection, doc bson.Raw, what string) error {
	id, _ := documentID(doc)
	return DamagedDocument(c, id, what)
}

// DamagedDocument is the Internal error about a document that is not as it was
// written.
func DamagedDocument(c Collection, id, what string) error {
	return NewError(Internal, "read from "+string(c), &Damage{Collection: c, ID: id, What: what})
}

// HasID reports whether a document has this id, without looking at the rest of it.
func HasID(doc bson.Raw, id []byte) bool {
	const start = 4 + 1 + len("_id\x00") + 4 // length of the document, type and name of the field, length of the id
	return len(doc) > start+len(id) && string(doc[start:start+len(id)]) == string(id) && doc[start+len(id)] == 0
}
