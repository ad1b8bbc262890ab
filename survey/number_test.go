package survey_test

import (
	"testing"

	"hailong/survey"
)

func TestWholeNumbersAsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{
		"0": 0, " 286 ": 286, "0286": 286, "1.000": 1000, "1,000": 1000, "12 000": 12000, "12\u00a0000": 12000, "1.234.567": 1234567, "999999999": 999999999,
		"": -1, "1.5": -1, "12,50": -1, "286.0": -1, "1000.000": -1, "1..000": -1, "-5": -1, "+5": -1, "1e3": -1, "ba": -1, "12345678901": -1, "1.000.000.000": -1,
	} {
		if got := survey.WholeNumber(typed); got != want {
			t.Errorf("%q is read as %d, want %d", typed, got, want)
		}
	}
}

func TestDecimalsAsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]float64{"2,5": 2.5, "2.5": 2.5, "10": 10, "-0,5": -0.5, "1e3": 1000} {
		if got, err := survey.ParseDecimal(typed); err != nil || got != want {
			t.Errorf("%q is read as %v (%v), want %v", typed, got, err, want)
		}
	}
	if got, err := survey.ParseDecimal(" 7 "); err != nil || got != 7 {
		t.Errorf("7 between spaces is read as %v (%v)", got, err)
	}
	for _, typed := range []string{"", "hai", "1,000,5", "1.000,5", "5 %"} {
		if got, err := survey.ParseDecimal(typed); err == nil {
			t.Errorf("%q is read as %v", typed, got)
		}
	}
}
