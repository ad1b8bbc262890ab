package servertest

import (
	"testing"

	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/surveytest"
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

// OpenShippedStore opens a store as a first start leaves it, with the shipped
// catalogue.
func OpenShippedStore(t testing.TB) *bolt.Store {
	t.Helper()
	store := surveytest.Store(t)
	if _, err := surveytest.NewSeed(t, survey.DateOf(Now)).Apply(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	return store
}
