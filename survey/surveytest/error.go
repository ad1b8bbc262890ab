package surveytest

import (
	"errors"
	"testing"

	"hailong/survey"
)

func WantKind(t *testing.T, err error, want survey.Kind) {
	t.Helper()
	if err == nil || survey.KindOf(err) != want {
		t.Errorf("error %v, want one of kind %s", err, want)
	}
}

func WantField(t *testing.T, err error, field, key string) {
	t.Helper()
	var e *survey.Error
	if !errors.As(err, &e) || e.Kind != survey.Invalid || e.Fields[field].Key != key {
		t.Errorf("error %v, want %s at %s", err, key, field)
	}
}

// WantError checks the kind and the key of an error. An empty key: the error
// says nothing to a person.
func WantError(t *testing.T, err error, want survey.Kind, key string) {
	t.Helper()
	var e *survey.Error
	if !errors.As(err, &e) || e.Kind != want || e.Key != key {
		t.Errorf("error %v, want kind %s and key %q", err, want, key)
	}
}
