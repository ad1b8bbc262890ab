package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/storetest"
)

// shortPath gives a file in a directory whose name leaves room for a socket's
// in what a system allows.
func shortPath(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "store.db")
}

func dial(t testing.TB, path string) *bolt.Remote {
	t.Helper()
	r, err := bolt.Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func share(t testing.TB, s *bolt.Store) (stop func()) {
	t.Helper()
	stop, err := s.Share()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return stop
}

// TestSharedStore holds the way through another process to the same contract.
func TestSharedStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Harness{
		Open: func(t testing.TB) (survey.Store, func() survey.Store) {
			t.Helper()
			s := open(t, shortPath(t))
			stop := share(t, s)
			return dial(t, s.Path()), func() survey.Store {
				stop()
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				again := open(t, s.Path())
				share(t, again)
				return dial(t, s.Path())
			}
		},
	})
}

func TestShareAfterAKill(t *testing.T) {
	t.Parallel()
	path := shortPath(t)
	write(t, path+".sock", nil) // left behind
	if _, err := bolt.Dial(path); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("dialled what nobody shares: error %v", err)
	}
	s := open(t, path)
	share(t, s)
	info, err := os.Stat(path + ".sock")
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has rights %v", info.Mode())
	}
	if err := dial(t, path).Replace(t.Context(), survey.Audit, 1, storetest.Document(t, "a", 2, "")); !survey.Is(err, survey.NotFound) {
		t.Error(err)
	}
}

func TestRemoteAfterTheServerEnded(t *testing.T) {
	t.Parallel()
	s := open(t, shortPath(t))
	stop := share(t, s)
	r := dial(t, s.Path())
	if _, err := r.Insert(t.Context(), survey.Audit, storetest.Document(t, "a", 1, "")); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := r.Get(t.Context(), survey.Audit, "a"); !survey.Is(err, survey.Unavailable) {
		t.Error(err)
	}
	if _, err := os.Stat(s.Path() + ".sock"); err == nil {
		t.Error("the socket is still there")
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	s := open(t, shortPath(t))
	share(t, s)
	r := dial(t, s.Path())
	doc := storetest.Document(t, "a", 1, "")
	if _, err := s.Insert(t.Context(), survey.Audit, doc); err != nil {
		t.Fatal(err)
	}
	for name, snapshot := range map[string]func(path string) error{
		"Own":    func(path string) error { return s.Snapshot(t.Context(), path) },
		"Remote": func(path string) error { return r.Snapshot(t.Context(), path) },
	} {
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := snapshot(path); err != nil {
			t.Fatal(name, err)
		}
		got, err := open(t, path).Get(t.Context(), survey.Audit, "a")
		if err != nil || string(got) != string(doc) {
			t.Error(name, got, err)
		}
		if err := snapshot(path); !survey.Is(err, survey.Unavailable) {
			t.Errorf("%s: over a file that is there: %v", name, err)
		}
	}
}
