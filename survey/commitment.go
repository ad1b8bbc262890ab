package survey

import (
	"crypto/sha256"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// Commitment is what the ledger says of the content of a response: a hash that binds
// whoever stored it to every answer, and that tells nobody an answer who does not have
// the response with its salt.
type Commitment [sha256.Size]byte

// SaltSize is how many random bytes a salt has.
const SaltSize = 16

const (
	saltField = "salt"

	// firstCommitmentField holds, in a response of which a part was erased, the
	// commitment that the ledger knows. The salt is gone with that part.
	firstCommitmentField = "was"

	// commitmentDomain begins what is hashed, so that no hash of ours made for
	// another purpose can be one of these.
	commitmentDomain = "hailong response 1\x00"
)

// ErrUncommitted is the cause of the error of CommitmentOf for a response that never
// was in the ledger: of an older version, or written behind its back.
var ErrUncommitted = errors.New("the response has no salt")

// CommitmentOf is the commitment of a stored response: SHA-256 over its salt and every
// element that can never change. The moment of receipt is blurred, what is of use for
// a day is taken off, and the revision counts that; these are left out. erased reports
// that a part of the response was erased, and that the commitment is the one it had
// before. Errors: Internal, with the cause ErrUncommitted or what cannot be read.
func CommitmentOf(doc bson.Raw) (c Commitment, erased bool, err error) {
	var salt, first []byte
	content := make([]byte, len(commitmentDomain)+SaltSize, len(commitmentDomain)+SaltSize+len(doc))
	copy(content, commitmentDomain)
	err = EachElement(doc, func(key []byte, kind byte, value []byte) error {
		switch name := string(key); {
		case name == saltField && kind == byte(bson.TypeBinary):
			salt = value[5:] // after length and subtype
		case name == firstCommitmentField && kind == byte(bson.TypeBinary):
			first = value[5:]
		case name == "received" || name == "rev" || slices.Contains(PassingFields, name):
		default:
			content = append(content, kind)
			content = append(append(content, key...), 0)
			content = append(content, value...)
		}
		return nil
	})
	switch {
	case err != nil:
		return c, false, NewError(Internal, "read response", err)
	case len(first) == len(c):
		return Commitment(first), true, nil
	case len(salt) != SaltSize:
		return c, false, NewError(Internal, "read response", ErrUncommitted)
	}
	copy(content[len(commitmentDomain):], salt)
	return sha256.Sum256(content), false, nil
}

// IsPartErased reports whether a part of a stored response was erased.
func IsPartErased(doc bson.Raw) bool {
	_, first, ok := doc.Lookup(firstCommitmentField).BinaryOK()
	return ok && len(first) == len(Commitment{})
}

// Salted adds a salt to a stored response that has none, in its next revision. It is
// for responses that were stored before there was a ledger.
func Salted(doc bson.Raw, salt [SaltSize]byte) (bson.Raw, error) {
	return withElements(doc, DocumentRev(doc)+1, bsoncore.AppendBinaryElement(nil, saltField, bson.TypeBinaryGeneric, salt[:]))
}

// KeepCommitment gives what is left of a response, after a part was erased, the
// commitment that it had before, in the next revision. left must have no salt. A
// response that had none stays without one.
func KeepCommitment(before, left bson.Raw) (bson.Raw, error) {
	var kept []byte
	switch c, _, err := CommitmentOf(before); {
	case err == nil:
		kept = bsoncore.AppendBinaryElement(nil, firstCommitmentField, bson.TypeBinaryGeneric, c[:])
	case !errors.Is(err, ErrUncommitted):
		return nil, err
	}
	return withElements(left, DocumentRev(before)+1, kept)
}

// withElements is a document with further elements, in another revision.
func withElements(doc bson.Raw, rev int64, more []byte) (bson.Raw, error) {
	elements, err := bsoncore.Document(doc).Elements()
	if err != nil {
		return nil, NewError(Internal, "read response", err)
	}
	i, out := bsoncore.AppendDocumentStart(make([]byte, 0, len(doc)+len(more)+16))
	for _, e := range elements {
		if e.Key() != "rev" {
			out = append(out, e...)
		}
	}
	out = bsoncore.AppendInt64Element(append(out, more...), "rev", rev)
	return bsoncore.AppendDocumentEnd(out, i)
}
