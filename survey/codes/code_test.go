package codes_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/survey/codes"
)

// length is that of one of the kinds of codes.
var length = rapid.SampledFrom([]int{codes.PointLength, codes.SlipLength, codes.ReceiptLength})

func drawCode(t *rapid.T) (string, int) {
	n := length.Draw(t, "length")
	return codes.Of(rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "random")), n
}

// A code is read back as people write it: small letters, gaps, O for 0, I and L for
// 1. It is a code of no other length.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code, n := drawCode(t)
		typed := strings.NewReplacer("0", "o", "1", rapid.SampledFrom([]string{"I", "l", "1"}).Draw(t, "one")).Replace(strings.ToLower(codes.Groups(code, 3)))
		typed = " " + strings.ReplaceAll(typed, "-", rapid.SampledFrom([]string{"-", " ", "\u00a0", "", "._"}).Draw(t, "gap"))
		if got, err := codes.Parse(typed, n); err != nil || got != code || !codes.HasLength(typed, n) {
			t.Fatalf("%q was read as %q, error %v, want %q", typed, got, err, code)
		}
		for _, other := range []int{codes.PointLength, codes.SlipLength, codes.ReceiptLength} {
			if _, err := codes.Parse(typed, other); (other == n) == errors.Is(err, codes.ErrLength) {
				t.Fatalf("%q was read as a code of %d characters: %v", typed, other, err)
			}
		}
	})
}

// Each single wrong character and each swap is found before anything is sent.
func TestMistypedCharacters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code, n := drawCode(t)
		mistyped := func(typed string) {
			if _, err := codes.Parse(typed, n); errors.Is(err, codes.ErrMistyped) == (typed == code) {
				t.Fatalf("%s typed as %s: error %v", code, typed, err)
			}
		}
		for i := range len(code) {
			for _, wrong := range codes.Alphabet {
				mistyped(code[:i] + string(wrong) + code[i+1:])
			}
			for j := range i {
				swapped := []byte(code)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				mistyped(string(swapped))
			}
		}
	})
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typed     string
		want      error
		character string
	}{
		{"", codes.ErrLength, ""},
		{"ABC", codes.ErrLength, ""},
		{"00000000", codes.ErrLength, ""},
		{strings.Repeat("0", 99), codes.ErrLength, ""},
		{"0000001", codes.ErrMistyped, ""},
		{"ABCu123", nil, "U"},
		{"âBC1234", nil, "Â"},
	} {
		_, err := codes.Parse(test.typed, codes.PointLength)
		var wrong *codes.CharacterError
		if errors.As(err, &wrong) {
			if wrong.Character != test.character {
				t.Errorf("%q: wrong is %q, want %q", test.typed, wrong.Character, test.character)
			}
		} else if test.want == nil || !errors.Is(err, test.want) {
			t.Errorf("%q: error %v, want %v", test.typed, err, test.want)
		}
	}
	if _, err := codes.Draw(strings.NewReader("short"), codes.PointLength); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a source of randomness that runs dry: error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("000-0000", codes.PointLength)
	f.Add("ıİ1 2.3_4", codes.PointLength)
	f.Fuzz(func(t *testing.T, typed string, length int) {
		if length < 1 || length > 23 {
			return
		}
		code, err := codes.Parse(typed, length)
		if err != nil {
			return
		}
		if again, err := codes.Parse(code, length); err != nil || again != code {
			t.Errorf("%q was read as %q, and that as %q, error %v", typed, code, again, err)
		}
	})
}

func TestGroups(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"": "", "ABC": "ABC", "ABCD": "ABC-D", "ABCDEFGHJ": "ABC-DEF-GHJ"} {
		if got := codes.Groups(code, 3); got != want {
			t.Errorf("%q is grouped as %q, want %q", code, got, want)
		}
	}
}
