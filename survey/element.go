package survey

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

var errCutOff = errors.New("decode document: it is cut off")

// EachElement calls visit for every element of a BSON document: its key, its type
// as the BSON specification numbers them, and its value as it is stored. It
// allocates nothing and reads each byte once, because a million documents of
// thirty elements go through it when figures are loaded; the slices point into
// doc. A malformed document is an error.
func EachElement(doc []byte, visit func(key []byte, kind byte, value []byte) error) error {
	if len(doc) < 5 || uint64(binary.LittleEndian.Uint32(doc)) != uint64(len(doc)) || doc[len(doc)-1] != 0 {
		return errCutOff
	}
	rest := doc[4 : len(doc)-1]
	for len(rest) > 0 {
		kind := rest[0]
		end := bytes.IndexByte(rest[1:], 0)
		if end < 0 {
			return errCutOff
		}
		key := rest[1 : 1+end]
		rest = rest[end+2:]
		size, err := elementSize(kind, rest)
		if err != nil {
			return err
		}
		if err := visit(key, kind, rest[:size]); err != nil {
			return err
		}
		rest = rest[size:]
	}
	return nil
}

// elementSize is the length of the value that rest begins with.
func elementSize(kind byte, rest []byte) (int, error) {
	size := uint64(0)
	switch t := bsontype.Type(kind); t {
	case bson.TypeDouble, bson.TypeDateTime, bson.TypeInt64:
		size = 8
	case bson.TypeInt32:
		size = 4
	case bson.TypeBoolean:
		size = 1
	case bson.TypeNull:
	case bson.TypeBinary:
		if len(rest) < 4 {
			return 0, errCutOff
		}
		size = uint64(binary.LittleEndian.Uint32(rest)) + 5
	case bson.TypeString, bson.TypeEmbeddedDocument, bson.TypeArray:
		if len(rest) < 4 {
			return 0, errCutOff
		}
		size = uint64(binary.LittleEndian.Uint32(rest))
		if t == bson.TypeString {
			size += 4
		}
		if size < 5 || size > uint64(len(rest)) || rest[size-1] != 0 {
			return 0, errCutOff
		}
	default:
		v, _, ok := bsoncore.ReadValue(rest, t)
		if !ok {
			return 0, fmt.Errorf("%w or of type 0x%02x", errCutOff, kind)
		}
		size = uint64(len(v.Data))
	}
	if size > uint64(len(rest)) {
		return 0, errCutOff
	}
	return int(size), nil // at most len(rest)
}

// EachField calls visit for every element of a BSON document, without copying.
// A malformed document, or a value of another type than visit expects, is an
// error, never a panic.
func EachField(doc []byte, visit func(key string, v bsoncore.Value) error) (err error) {
	defer func() { // bsoncore.Value's accessors panic on another type
		switch bad := recover().(type) {
		case nil:
		case bsoncore.ElementTypeError:
			err = fmt.Errorf("decode document: %w", bad)
		default:
			panic(bad)
		}
	}()
	return EachElement(doc, func(key []byte, kind byte, data []byte) error {
		return visit(string(key), bsoncore.Value{Type: bsontype.Type(kind), Data: data})
	})
}
