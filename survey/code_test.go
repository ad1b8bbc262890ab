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

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func drawPointCode(t *rapid.T) survey.PointCode {
	code, err := survey.NewPointCode(bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "random")))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestPointCodeRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := drawPointCode(t)
		// As people write it: small letters, a gap, O for 0, I and L for 1.
		typed := strings.NewReplacer("0", "o", "1", rapid.SampledFrom([]string{"I", "l", "1"}).Draw(t, "one")).Replace(strings.ToLower(string(code)))
		typed = " " + typed[:3] + rapid.SampledFrom([]string{"-", " ", "\u00a0", ""}).Draw(t, "gap") + typed[3:]
		got, err := survey.ParsePointCode(typed)
		if err != nil || got != code {
			t.Fatalf("%q was read as %q, error %v", typed, got, err)
		}
	})
}

func TestPointCodeCatchesMistypedCharacters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := drawPointCode(t)
		for i := range len(code) {
			for _, wrong := range crockford {
				typed := string(code[:i]) + string(wrong) + string(code[i+1:])
				if _, err := survey.ParsePointCode(typed); (err == nil) != (typed == string(code)) {
					t.Fatalf("%s typed as %s: error %v", code, typed, err)
				}
			}
			for j := range i {
				swapped := []byte(code)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				if _, err := survey.ParsePointCode(string(swapped)); (err == nil) != (string(swapped) == string(code)) {
					t.Fatalf("%s typed as %s: error %v", code, swapped, err)
				}
			}
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

func FuzzParsePointCode(f *testing.F) {
	f.Add("000-0000")
	f.Add("ıİ1 2.3_4")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := survey.ParsePointCode(typed)
		if err != nil {
			return
		}
		if again, err := survey.ParsePointCode(string(code)); err != nil || again != code {
			t.Errorf("%q was read as %q, and that as %q, error %v", typed, code, again, err)
		}
	})
}

func TestReceiptNumber(t *testing.T) {
	t.Parallel()
	const id = "0199b2a4-7c1e-7d3a-9f00-1234567890ab"
	number := survey.ReceiptNumber(id)
	if number != survey.ReceiptNumber(id) || number == survey.ReceiptNumber(id+"x") {
		t.Error("a receipt number must follow from the id and tell ids apart")
	}
	if _, err := survey.ParsePointCode(number); err != nil || len(number) != 8 || number[3] != '-' {
		t.Errorf("%q is no code that can be read over the telephone: %v", number, err)
	}
}
