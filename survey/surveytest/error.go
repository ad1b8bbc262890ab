package surveytest

import (
	"errors"
	"testing"

	"hailong/survey"
)

// WantKind checks the kind of an error.
func WantKind(t *testing.T, err error, want survey.Kind) {
	t.Helper()
	if !survey.Is(err, want) {
		t.Errorf("error %v, want one of kind %s", err, want)
	}
}

// WantField checks that an Invalid error has a message of a key at a field.
func WantField(t *testing.T, err error, field, key string) {
	t.Helper()
	var e *survey.Error
	if !errors.As(err, &e) || e.Kind != survey.Invalid || e.Fields[field].Key != key {
		t.Errorf("error %v, want %s at %s", err, key, field)
	}
}

// WantError checks the kind of an error and the key of its sentence, which is
// empty where the error has none.
func WantError(t testing.TB, err error, kind survey.Kind, key string) {
	t.Helper()
	var e *survey.Error
	if !errors.As(err, &e) {
		t.Errorf("error %v, want one of kind %s with key %q", err, kind, key)
		return
	}
	if e.Kind != kind {
		t.Errorf("error %v is of kind %s, want %s", err, e.Kind, kind)
	}
	if e.Key != key {
		t.Errorf("error %v has key %q, want %q", err, e.Key, key)
	}
}
