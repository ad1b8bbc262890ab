package mongo_test

import (
	"context"
	"log/slog"
	"testing"

	"hailong/survey"
	"hailong/survey/mongo"
	"hailong/survey/storetest"
)

func open(t testing.TB, address string) *mongo.Store {
	t.Helper()
	s, err := mongo.Open(context.Background(), address, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	server := storetest.MongoDB(t)
	h := storetest.Harness{
		Open: func(t testing.TB) (survey.Store, func() survey.Store) {
			t.Helper()
			address := server.Database(t)
			s := open(t, address)
			return s, func() survey.Store {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				return open(t, address)
			}
		},
	}
	if !server.Atomic {
		h.ReplaceRaces = "FerretDB 1.24 lets two clients replace the same revision; name a MongoDB in HAILONG_TEST_MONGODB"
	}
	storetest.Run(t, h)
}
