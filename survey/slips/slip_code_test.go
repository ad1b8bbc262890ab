package slips_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/slips"
)

func drawSlipCode(t *rapid.T) slips.SlipCode {
	return slips.NewSlipCode([8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "random")))
}

func TestSlipCodeRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := drawSlipCode(t)
		typed := " " + strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(code.Grouped()))
		if got, err := slips.ParseSlipCode(typed); err != nil || got != code {
			t.Fatalf("%q was read as %q, error %v", typed, got, err)
		}
		if !slips.TypedSlip(typed) {
			t.Fatalf("%q is not taken for the code of a slip", typed)
		}
		if _, err := survey.ParsePointCode(typed); err == nil {
			t.Fatalf("%q is a point's code too", typed)
		}
	})
}

func TestTypedSlip(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"": false, "000-0000": false, "000-000-000": true, "000 000 001": true, "00000000": false, "ABC-DEF-GHU": false, strings.Repeat("0", 99): false,
	} {
		if got := slips.TypedSlip(typed); got != want {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
	if got := slips.SlipCode("000000000").Grouped(); got != "000-000-000" {
		t.Errorf("a code is printed as %q", got)
	}
}
