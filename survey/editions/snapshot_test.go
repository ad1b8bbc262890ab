package editions_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hailong/survey"
	"hailong/survey/editions"
	"hailong/survey/surveytest"
)

// What is published is the same text whatever order its parts were in, and its
// hash is what anybody computes of the text.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 5, 2, 30, 0, 0, time.UTC)
	type figures struct {
		Title string         `json:"title"`
		Rate  float64        `json:"rate"`
		By    map[string]int `json:"by"`
	}
	snapshot, err := editions.NewSnapshot("tthc-2026", 1, at, figures{Title: "Hài <lòng> & 5", Rate: 0.85, By: map[string]int{"b": 2, "a": 1}})
	if err != nil {
		t.Fatal(err)
	}
	const (
		body = `{"by":{"a":1,"b":2},"rate":0.85,"title":"Hài <lòng> & 5"}`
		hash = "d4a3d00718fe08dffd713e066e20b055399e76b489c7dfe1215d8480cfc4db08" // printf '%s' "$body" | sha256sum
	)
	want := editions.Snapshot{ID: "tthc-2026@" + hash, Rev: 1, Campaign: "tthc-2026", Edition: 1, At: at, Hash: hash, Body: body, Canonical: "rfc8785"}
	if diff := cmp.Diff(want, snapshot); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
	if !snapshot.Intact() {
		t.Error("what was published does not fit its hash")
	}
	for name, change := range map[string]func(*editions.Snapshot){
		"Figure": func(s *editions.Snapshot) { s.Body = `{"by":{"a":1,"b":2},"rate":0.95,"title":"Hài <lòng> & 5"}` },
		"Space":  func(s *editions.Snapshot) { s.Body += " " },
		"Hash":   func(s *editions.Snapshot) { s.Hash = "0" + s.Hash[1:] },
		"NoHash": func(s *editions.Snapshot) { s.Hash = "" },
	} {
		tampered := snapshot
		change(&tampered)
		if tampered.Intact() {
			t.Errorf("%s was changed, and the snapshot is called intact", name)
		}
	}
	_, err = editions.NewSnapshot("tthc-2026", 1, at, math.NaN())
	surveytest.WantError(t, err, survey.Internal, "")
}
