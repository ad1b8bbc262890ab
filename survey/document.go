package survey

import (
	"encoding/binary"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// Limits of a document. They are the tighter of what the stores allow, so that
// every document fits in every store.
const (
	MaxDocument = 16<<20 - checksumBytes // bytes; MongoDB takes 16 MiB with the checksum
	MaxNesting  = 100                    // documents and lists inside one another, of MongoDB
	MaxID       = 1024                   // bytes; longer keys make the embedded store's pages degenerate
)

// DocumentID returns the id of a document: a string that is its first field.
// A document that no store could keep is an Invalid error.
func DocumentID(doc bson.Raw) (string, error) {
	id, err := documentID(doc)
	if err != nil {
		return "", NewError(Invalid, "read document", err)
	}
	return id, nil
}

func documentID(doc bson.Raw) (string, error) {
	const start = 4 + 1 + len("_id\x00") // length of the document, type and name of the field
	switch {
	case len(doc) < start+5 || int(binary.LittleEndian.Uint32(doc)) != len(doc) || doc[len(doc)-1] != 0:
		return "", errors.New("the document is cut off or not BSON")
	case len(doc) > MaxDocument:
		return "", fmt.Errorf("the document has %d bytes, %d are the limit", len(doc), MaxDocument)
	case doc[4] != byte(bson.TypeString) || string(doc[5:start]) != "_id\x00":
		return "", errors.New(`the first field is not a string named "_id"`)
	}
	id, _, ok := bsoncore.ReadString(doc[start:])
	switch {
	case !ok:
		return "", errors.New("the id is cut off")
	case id == "" || len(id) > MaxID:
		return "", fmt.Errorf("the id has %d bytes, 1 to %d are allowed", len(id), MaxID)
	}
	return id, nil
}

// CheckDocument returns an Invalid error if a document is not well formed, or if it
// has more than MaxNesting documents and lists inside one another. The library looks
// into each with a call of its own: of 16 MB of nothing but beginnings that would take
// more stack than a program has, which ends it.
func CheckDocument(doc bson.Raw) error {
	err := checkNesting(doc, 1)
	if err == nil {
		err = doc.Validate()
	}
	if err != nil {
		return NewError(Invalid, "check document", err)
	}
	return nil
}

func checkNesting(doc []byte, depth int) error {
	if depth > MaxNesting {
		return fmt.Errorf("more than %d documents and lists inside one another", MaxNesting)
	}
	length, rest, ok := bsoncore.ReadLength(doc)
	if !ok || int(length) != len(doc) || length < 5 {
		return errors.New("a document is cut off")
	}
	for rest = rest[:len(rest)-1]; len(rest) > 0; {
		var element bsoncore.Element
		if element, rest, ok = bsoncore.ReadElement(rest); !ok {
			return errors.New("a field is cut off")
		}
		value := element.Value()
		inner := value.Data
		switch value.Type {
		case bson.TypeEmbeddedDocument, bson.TypeArray:
		case bson.TypeCodeWithScope:
			_, scope, _, ok := bsoncore.ReadCodeWithScope(inner)
			if !ok {
				return errors.New("a piece of code is cut off")
			}
			inner = scope
		default:
			continue
		}
		if err := checkNesting(inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// DocumentRev returns the revision of a document, 0 if it carries none.
func DocumentRev(doc bson.Raw) int64 {
	rev, _ := doc.Lookup("rev").AsInt64OK()
	return rev
}

// CheckReplacement returns the id of a document that is to replace revision
// rev. Its own revision must be higher: a second writer who expects the same
// revision then finds a conflict.
func CheckReplacement(doc bson.Raw, rev int64) (string, error) {
	id, err := DocumentID(doc)
	if err != nil {
		return "", err
	}
	if next := DocumentRev(doc); next <= rev {
		return "", NewError(Invalid, "replace document", fmt.Errorf("%s: revision %d does not follow %d", id, next, rev))
	}
	return id, nil
}

// Clone copies a document, so that a change cannot reach what others read.
func Clone[T any](v T) (T, error) {
	var c T
	raw, err := bson.Marshal(v)
	if err == nil {
		err = bson.Unmarshal(raw, &c)
	}
	if err != nil {
		return c, NewError(Internal, "copy document", err)
	}
	return c, nil
}

// DocumentText is a text of a document, empty where there is none.
func DocumentText(doc bson.Raw, key string) string {
	s, _ := doc.Lookup(key).StringValueOK()
	return s
}
