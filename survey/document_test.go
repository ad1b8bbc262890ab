package survey_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

func TestCheckReplacement(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		rev  any
		over int64
		ok   bool
	}{
		{"Next", int64(3), 2, true},
		{"Later", int64(9), 2, true},
		{"Short", int32(3), 2, true},
		{"Same", int64(2), 2, false},
		{"Earlier", int64(1), 2, false},
		{"NoNumber", "3", 2, false},
	} {
		doc, err := bson.Marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: test.rev}})
		if err != nil {
			t.Fatal(err)
		}
		id, err := survey.CheckReplacement(doc, test.over)
		if (err == nil) != test.ok || test.ok && id != "a" {
			t.Errorf("%s: %q, %v", test.name, id, err)
		}
	}
}

// FuzzDocumentID compares the hand-written look at the id with the library's.
func FuzzDocumentID(f *testing.F) {
	for _, d := range []bson.D{
		{},
		{{Key: "_id", Value: "a"}},
		{{Key: "_id", Value: int32(1)}},
		{{Key: "a", Value: "b"}, {Key: "_id", Value: "c"}},
		{{Key: "_id", Value: "a\x00b"}, {Key: "rev", Value: int64(7)}},
	} {
		doc, err := bson.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(doc))
		f.Add([]byte(doc[:len(doc)-1]))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		id, err := survey.DocumentID(b)
		var e *survey.Error
		if err != nil && (!errors.As(err, &e) || e.Kind != survey.Invalid) {
			t.Fatal(err)
		}
		if err == nil {
			survey.DocumentRev(b) // must not panic on what is wrong further on
		}
		doc := bson.Raw(b)
		switch {
		case len(b) < 5 || int(binary.LittleEndian.Uint32(b)) != len(b): // the library panics on some
			if err == nil {
				t.Fatal("taken for a document")
			}
			return
		case doc.Validate() != nil:
			return
		}
		elements, _ := doc.Elements()
		want, ok := "", false
		if len(elements) > 0 && elements[0].Key() == "_id" {
			want, ok = elements[0].Value().StringValueOK()
		}
		ok = ok && want != "" && len(want) <= survey.MaxID && len(b) <= survey.MaxDocument
		if ok != (err == nil) || ok && id != want {
			t.Errorf("id %q, %v; want %q, %v", id, err, want, ok)
		}
	})
}
