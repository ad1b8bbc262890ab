package survey_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"hailong/survey"
)

// Values of every size are passed over, also those that no document of ours holds.
func TestEachElementFindsEveryKey(t *testing.T) {
	t.Parallel()
	doc, err := bson.Marshal(bson.D{
		{Key: "text", Value: "Rất tốt"},
		{Key: "empty", Value: ""},
		{Key: "null", Value: nil},
		{Key: "yes", Value: true},
		{Key: "int", Value: int32(4)},
		{Key: "long", Value: int64(5)},
		{Key: "real", Value: 2.5},
		{Key: "time", Value: primitive.DateTime(1)},
		{Key: "inner", Value: bson.D{{Key: "a", Value: int32(1)}}},
		{Key: "list", Value: bson.A{int32(1)}},
		{Key: "binary", Value: []byte{1, 2}},
		{Key: "object id", Value: primitive.ObjectID{1}},
		{Key: "regex", Value: primitive.Regex{Pattern: "a"}},
		{Key: "decimal", Value: primitive.NewDecimal128(1, 2)},
		{Key: "stamp", Value: primitive.Timestamp{T: 1}},
		{Key: "last", Value: "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	keep := func(key []byte, _ byte, _ []byte) error {
		keys = append(keys, string(key))
		return nil
	}
	if err := survey.EachElement(doc, keep); err != nil {
		t.Fatal(err)
	}
	want := []string{"text", "empty", "null", "yes", "int", "long", "real", "time", "inner", "list", "binary", "object id", "regex", "decimal", "stamp", "last"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
}

func TestEachElementRefusesMalformedDocuments(t *testing.T) {
	t.Parallel()
	doc, err := bson.Marshal(bson.D{{Key: "form", Value: "quick"}, {Key: "answers", Value: bson.D{{Key: "a", Value: int32(1)}}}, {Key: "id", Value: primitive.ObjectID{}}})
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, b byte) []byte {
		c := append([]byte(nil), doc...)
		c[at] = b
		return c
	}
	text := strings.Index(string(doc), "quick")
	cases := map[string][]byte{
		"TooLong":          append(append([]byte(nil), doc...), 0),
		"NoZeroAtTheEnd":   changed(len(doc)-1, 1),
		"UnknownType":      changed(4, 0x77),
		"EmptyStringSize":  changed(text-4, 0),
		"HugeStringSize":   changed(text-1, 0x7f),
		"StringWithoutEnd": changed(text+len("quick"), 1),
	}
	for cut := range doc {
		cases[fmt.Sprintf("CutAt%d", cut)] = doc[:cut]
	}
	for name, c := range cases {
		err := survey.EachElement(c, func([]byte, byte, []byte) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "decode document: it is cut off") {
			t.Errorf("%s: error %v, want one that says the document is cut off", name, err)
		}
	}
}

func TestEachFieldPassesOtherPanicsOn(t *testing.T) {
	t.Parallel()
	doc, err := bson.Marshal(bson.D{{Key: "a", Value: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() != "a fault of the caller" {
			t.Error("a panic that is not about types was swallowed")
		}
	}()
	_ = survey.EachField(doc, func(string, bsoncore.Value) error { panic("a fault of the caller") })
}
