package takeback_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/codes"
	"hailong/survey/takeback"
)

// A code is read back however it is typed, and one wrong character is noticed.
func TestReceiptCode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code, err := takeback.NewReceiptCode(strings.NewReader(string(rapid.SliceOfN(rapid.Byte(), 12, 12).Draw(t, "random"))))
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{string(code), code.Spaced(), strings.ToLower(code.Spaced()), " " + strings.NewReplacer("0", "o", "1", "l").Replace(string(code))} {
			if read, err := takeback.ParseReceiptCode(typed); err != nil || read != code {
				t.Fatalf("%q is read as %q, %v, want %q", typed, read, err, code)
			}
		}
		at := rapid.IntRange(0, 12).Draw(t, "at")
		wrong := rapid.SampledFrom(strings.Split(codes.Alphabet, "")).Filter(func(s string) bool { return s != string(code[at]) }).Draw(t, "wrong")
		mistyped := string(code[:at]) + wrong + string(code[at+1:])
		if _, err := takeback.ParseReceiptCode(mistyped); !survey.Is(err, survey.Invalid) {
			t.Errorf("%q is taken for a code: %v", mistyped, err)
		}
	})
	for _, bad := range []string{"", "0", strings.Repeat("0", 12), strings.Repeat("0", 14), strings.Repeat("0", 99), "ĐĐĐĐĐĐĐĐĐĐĐĐĐ", "UUUUUUUUUUUUU"} {
		if _, err := takeback.ParseReceiptCode(bad); !survey.Is(err, survey.Invalid) {
			t.Errorf("%q is taken for a code: %v", bad, err)
		}
	}
}
