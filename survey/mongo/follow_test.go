package mongo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/storetest"
)

func response(t *testing.T, id survey.ResponseID, received time.Time) bson.Raw {
	t.Helper()
	doc, err := survey.Response{ID: id, Campaign: "tthc-2026", Received: received}.MarshalBSON()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestFollow has one replica follow what another stores, before and after it
// begins.
func TestFollow(t *testing.T) {
	t.Parallel()
	address := storetest.MongoDB(t).Database(t)
	here, there := open(t, address), open(t, address)
	now := time.Now().Truncate(time.Millisecond)
	insert := func(docs ...bson.Raw) {
		if _, err := there.Insert(t.Context(), survey.Responses, docs...); err != nil {
			t.Error(err)
		}
	}
	insert(response(t, "long-ago", now.Add(-time.Hour)), response(t, "before", now))

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	visits := map[string]int{}
	err := here.Follow(ctx, now, func(doc bson.Raw) error {
		id, err := survey.DocumentID(doc)
		visits[id]++
		switch id {
		case "before":
			insert(response(t, "during", time.Now()))
		case "during": // stored late, and by a clock that is a little behind
			insert(response(t, "late", now.Add(-time.Second)))
		case "late": // by a clock that is far ahead: the others must not seem old
			insert(response(t, "ahead", now.Add(time.Hour)))
		case "ahead":
			insert(response(t, "after", time.Now()))
		case "after":
			cancel()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"before", "during", "late", "ahead", "after"} {
		if visits[id] != 1 {
			t.Errorf("%s was visited %d times", id, visits[id])
		}
	}
	if visits["long-ago"] != 0 {
		t.Error("what was received long ago was visited")
	}
}

func TestFollowStops(t *testing.T) {
	t.Parallel()
	s := open(t, storetest.MongoDB(t).Database(t))
	now := time.Now()
	if _, err := s.Insert(t.Context(), survey.Responses, response(t, "a", now)); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("enough")
	if err := s.Follow(t.Context(), now, func(bson.Raw) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}
