package columns

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/bolt"
)

func TestScanParallel(t *testing.T) {
	t.Parallel()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	const n = 20_000
	docs := make([]bson.Raw, n)
	for i := range docs {
		docs[i], err = bson.Marshal(bson.D{{Key: "_id", Value: fmt.Sprintf("%06d", i)}, {Key: "n", Value: int32(i)}, {Key: "space", Value: make([]byte, 50)}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Insert(t.Context(), survey.Audit, docs...); err != nil {
		t.Fatal(err)
	}

	audit := func(from, to string) source {
		return func(visit func(bson.Raw) error) error {
			return s.Scan(context.Background(), survey.Audit, from, to, visit)
		}
	}
	t.Run("EachOnce", func(t *testing.T) {
		t.Parallel()
		seen := make([]atomic.Int32, n)
		err := scanParallel(t.Context(), audit("000100", "019000"), 3, func(worker int, doc bson.Raw) error {
			if worker < 0 || worker > 2 {
				return fmt.Errorf("worker %d", worker)
			}
			seen[doc.Lookup("n").Int32()].Add(1)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range seen {
			want := int32(0)
			if 100 <= i && i < 19_000 {
				want = 1
			}
			if got := seen[i].Load(); got != want {
				t.Fatalf("document %d visited %d times, want %d", i, got, want)
			}
		}
	})
	t.Run("AnErrorEndsIt", func(t *testing.T) {
		t.Parallel()
		stop := errors.New("enough")
		err := scanParallel(t.Context(), audit("", ""), 2, func(int, bson.Raw) error { return stop })
		if !errors.Is(err, stop) {
			t.Error(err)
		}
	})
	t.Run("AsDoesItsContext", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := scanParallel(ctx, audit("", ""), 2, func(int, bson.Raw) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
