package survey_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/survey"
)

// A code that is drawn is read back as it is printed.
func TestPointCodeRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code, err := survey.NewPointCode(bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "random")))
		if err != nil || len(code) != 7 {
			t.Fatalf("drawn: %q, error %v", code, err)
		}
		typed := string(code[:3]) + "-" + string(code[3:])
		if got, err := survey.ParsePointCode(typed); err != nil || got != code {
			t.Fatalf("%q was read as %q, error %v", typed, got, err)
		}
	})
}

func TestPointCodeErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ typed, key string }{
		{"", "code.bad_length"},
		{"ABC", "code.bad_length"},
		{"00000000", "code.bad_length"},
		{"ABCU123", "code.bad_character"},
		{"ÂBC1234", "code.bad_character"},
		{"0000001", "code.mistyped"},
	} {
		_, err := survey.ParsePointCode(test.typed)
		var e *survey.Error
		if !errors.As(err, &e) || e.Kind != survey.Invalid || e.Key != test.key {
			t.Errorf("%q: error %v, want %s", test.typed, err, test.key)
		}
	}
	if _, err := survey.NewPointCode(strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a source of randomness that runs dry: error %v", err)
	}
}
