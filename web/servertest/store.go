package servertest

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/catalog"
)

// InsertAll puts documents into an empty collection.
func InsertAll[T any](t testing.TB, store survey.Store, c survey.Collection, all []T) {
	t.Helper()
	for _, v := range all {
		if err := (survey.Documents[T]{Store: store, Collection: c}).Insert(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
}

// OpenStore opens an empty store that is closed with the test.
func OpenStore(t testing.TB) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"))
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

// OpenShippedStore opens a store as a first start leaves it, with the shipped
// catalogue.
func OpenShippedStore(t testing.TB) *bolt.Store {
	t.Helper()
	store := OpenStore(t)
	shipped, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	seed := catalog.Seed{Catalog: shipped, Today: survey.DateOf(Now), Random: rand.NewChaCha8([32]byte{1})}
	if _, err := seed.Apply(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	return store
}
