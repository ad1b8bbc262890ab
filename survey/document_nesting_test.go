package survey_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// nestedDocument is a document with others inside one another, itself counted.
func nestedDocument(depth int) bson.Raw {
	id, err := bson.Marshal(bson.D{{Key: "_id", Value: "a"}})
	if err != nil {
		panic(err)
	}
	const head = 4 + 2 // length; type and empty name of the element
	size := len(id)
	if depth > 1 {
		size += 2 + 5 + (depth-2)*(head+1)
	}
	out := bytes.Clone(id[:len(id)-1])
	binary.LittleEndian.PutUint32(out, uint32(size))
	inner := size - len(id) - 2
	for range depth - 1 {
		out = append(out, byte(bson.TypeEmbeddedDocument), 0)
		out = binary.LittleEndian.AppendUint32(out, uint32(inner))
		inner -= head + 1
	}
	return append(out, make([]byte, depth)...)
}

// A document is as deep as every store takes it, and a deeper one is refused before the
// library calls itself for each depth.
func TestCheckDocument(t *testing.T) {
	t.Parallel()
	for depth, ok := range map[int]bool{1: true, 2: true, survey.MaxNesting: true, survey.MaxNesting + 1: false, 2_000_000: false} {
		err := survey.CheckDocument(nestedDocument(depth))
		if ok && err != nil || !ok && !survey.Is(err, survey.Invalid) {
			t.Errorf("a document of depth %d: %v, want that it is taken: %v", depth, err, ok)
		}
	}
	cut := nestedDocument(3)
	cut[len(cut)-8]++
	if err := survey.CheckDocument(cut); !survey.Is(err, survey.Invalid) {
		t.Errorf("a document that is not well formed: %v, want Invalid", err)
	}
}

// FuzzCheckDocument holds that what is taken can be read by the library, whose own
// check it does not contradict.
func FuzzCheckDocument(f *testing.F) {
	f.Add([]byte(nestedDocument(3)))
	f.Add([]byte(nestedDocument(200)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 5 { // the library panics on some
			return
		}
		err := survey.CheckDocument(b)
		if err != nil && !survey.Is(err, survey.Invalid) {
			t.Errorf("error %v, want Invalid", err)
		}
		if err == nil && bson.Raw(b).Validate() != nil {
			t.Error("the library does not take it")
		}
	})
}
