package surveytest

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/catalog"
	"hailong/survey/keys"
)

// Store returns an empty store, which is closed when the test ends.
func Store(t testing.TB) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "hailong.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// Keys returns keys in a directory of the test.
func Keys(t testing.TB) *keys.Keys {
	t.Helper()
	k, err := keys.Open(filepath.Join(t.TempDir(), "hailong.keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Shipped returns the catalogue that an installation starts with.
func Shipped(t testing.TB) *survey.Catalog {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// NewSeed returns what the first start on a day puts into a store, the same each time.
func NewSeed(t testing.TB, today survey.Date) catalog.Seed {
	t.Helper()
	return catalog.Seed{Catalog: Shipped(t), Today: today, Random: rand.NewChaCha8([32]byte{1})}
}

// FirstStart returns a store after its first start, and its catalogue.
func FirstStart(t testing.TB, today survey.Date) (*bolt.Store, *survey.Catalog) {
	t.Helper()
	store := Store(t)
	if _, err := NewSeed(t, today).Apply(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	return store, Loaded(t, store)
}

// Loaded returns the catalogue of a store.
func Loaded(t testing.TB, store survey.Store) *survey.Catalog {
	t.Helper()
	c, err := survey.LoadCatalog(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
