package survey_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

func TestTextIn(t *testing.T) {
	t.Parallel()
	both := survey.Text{"vi": "Xã", "en": "Commune"}
	tests := []struct {
		name string
		text survey.Text
		lang survey.Lang
		want string
	}{
		{"Vietnamese", both, "vi", "Xã"},
		{"English", both, "en", "Commune"},
		{"NotTranslated", survey.Text{"vi": "Xã"}, "en", "Xã"},
		{"TranslatedEmpty", survey.Text{"vi": "Xã", "en": ""}, "en", "Xã"},
		{"Nothing", nil, "en", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.text.In(tt.lang); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if diff := cmp.Diff([]survey.Lang{"en"}, survey.Text{"vi": "Xã", "en": " "}.Missing("vi", "en")); diff != "" {
		t.Error(diff)
	}
}

func TestTextIsTheSameBytesEachTime(t *testing.T) {
	t.Parallel()
	type document struct {
		Name survey.Text `bson:"name"`
		None survey.Text `bson:"none"`
		Omit survey.Text `bson:"omit,omitempty"`
	}
	doc := document{Name: survey.Text{"vi": "Xã", "en": "Commune", "hni": "x", "mng": "y"}}
	first, err := bson.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 { // the order of a Go map changes from one walk to the next
		again, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatalf("%s and %s", bson.Raw(first), bson.Raw(again))
		}
	}
	var back document
	if err := bson.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc, back); diff != "" {
		t.Error(diff)
	}
	if _, err := bson.Raw(first).LookupErr("omit"); err == nil {
		t.Error("an empty text is written in spite of omitempty")
	}
}
