package survey_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/survey"
)

func drawSlipCode(t *rapid.T) survey.SlipCode {
	return survey.NewSlipCode([8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "random")))
}

func TestSlipCodeRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := drawSlipCode(t)
		typed := " " + strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(code.Grouped()))
		if got, err := survey.ParseSlipCode(typed); err != nil || got != code {
			t.Fatalf("%q was read as %q, error %v", typed, got, err)
		}
		if !survey.TypedSlip(typed) {
			t.Fatalf("%q is not taken for the code of a slip", typed)
		}
		if _, err := survey.ParsePointCode(typed); err == nil {
			t.Fatalf("%q is a point's code too", typed)
		}
	})
}

// Each single wrong character and each swap is found before anything is sent.
func TestSlipCodeCatchesMistypedCharacters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := drawSlipCode(t)
		for i := range len(code) {
			for _, wrong := range crockford {
				typed := string(code[:i]) + string(wrong) + string(code[i+1:])
				if _, err := survey.ParseSlipCode(typed); (err == nil) != (typed == string(code)) {
					t.Fatalf("%s typed as %s: error %v", code, typed, err)
				}
			}
			for j := range i {
				swapped := []byte(code)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				if _, err := survey.ParseSlipCode(string(swapped)); (err == nil) != (string(swapped) == string(code)) {
					t.Fatalf("%s typed as %s: error %v", code, swapped, err)
				}
			}
		}
	})
}

func TestTypedSlip(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"": false, "000-0000": false, "000-000-000": true, "000 000 001": true, "00000000": false, "ABC-DEF-GHU": false, strings.Repeat("0", 99): false,
	} {
		if got := survey.TypedSlip(typed); got != want {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
	if got := survey.SlipCode("short").Grouped(); got != "short" {
		t.Errorf("what is no code is grouped as %q", got)
	}
}
