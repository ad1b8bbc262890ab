package bolt_test

import (
	"path/filepath"
	"testing"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

func open(t testing.TB, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path)
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

func newStore(t testing.TB) *bolt.Store {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "store.db"))
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Harness{
		Open: func(t testing.TB) (survey.Store, func() survey.Store) {
			t.Helper()
			s := newStore(t)
			return s, func() survey.Store {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				return open(t, s.Path())
			}
		},
	})
}
