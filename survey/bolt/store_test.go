package bolt_test

import (
	"context"
	"path/filepath"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
)

func TestInsertIsSeenAfterReopening(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "new", "store.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := bson.Marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: int64(1)}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false} {
		fresh, err := s.Insert(ctx, survey.Units, doc)
		if err != nil || fresh[0] != want {
			t.Fatalf("insert %d: %v, %v", i, fresh, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = bolt.Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := s.Get(ctx, survey.Units, "a")
	if err != nil || string(got) != string(doc) {
		t.Fatalf("got %v, %v", got, err)
	}
}
