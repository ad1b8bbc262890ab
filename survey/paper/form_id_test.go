package paper

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"hailong/survey"
)

// fixedKey is one key, whatever it is asked for.
type fixedKey []byte

func (k fixedKey) Key(context.Context, string) ([]byte, error) { return k, nil }

var testKey = []byte("the key of paper forms, of a test")

// anyIDs are those of a batch, sealed or of an older version.
func anyIDs(t *rapid.T) formIDs {
	ids := formIDs{space: uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "space"))}
	if rapid.Bool().Draw(t, "sealed") {
		ids.key = testKey
	}
	return ids
}

// Of one batch, forms have ids that differ, lie between its bounds and behind every
// UUIDv7, and tell both numbers to who has the key; they are valid UUIDs that
// survive being read as one.
func TestFormIDs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := anyIDs(t)
		serial := rapid.IntRange(0, MaxBatchForms)
		attempt := rapid.IntRange(1, maxAttempts)
		s1, t1, s2, t2 := serial.Draw(t, "s1"), attempt.Draw(t, "t1"), serial.Draw(t, "s2"), attempt.Draw(t, "t2")
		a, b := ids.id(s1, t1), ids.id(s2, t2)
		if same := s1 == s2 && t1 == t2; same != (a == b) {
			t.Errorf("%d/%d is %s, %d/%d is %s", s1, t1, a, s2, t2, b)
		}
		if s, k := serialOf(ids.key, a); s != s1 || k != t1 {
			t.Errorf("%s tells %d/%d, want %d/%d", a, s, k, s1, t1)
		}
		if from, to := ids.bounds(); a < from || a >= to {
			t.Errorf("%s lies outside %s to %s", a, from, to)
		}
		if read, err := survey.ParseResponseID(string(a)); err != nil || read != a {
			t.Errorf("%s is read as %s, %v", a, read, err)
		}
		if young, err := survey.NewResponseID(); err != nil || a < firstPaperID || a <= young {
			t.Errorf("%s lies before %s or %s (%v)", a, firstPaperID, young, err)
		}
		if u := uuid.MustParse(string(a)); u.Version() != 8 || u.Variant() != uuid.RFC4122 {
			t.Errorf("%s is of version %d, variant %v", a, u.Version(), u.Variant())
		}
	})
}

// Forms of two batches never share an id.
func TestFormIDsOfTwoBatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		serial, attempt := rapid.IntRange(1, MaxBatchForms), rapid.IntRange(1, maxAttempts)
		a := formIDs{space: newIDPrefix(), key: testKey}.id(serial.Draw(t, "s1"), attempt.Draw(t, "t1"))
		b := formIDs{space: newIDPrefix(), key: testKey}.id(serial.Draw(t, "s2"), attempt.Draw(t, "t2"))
		if a == b {
			t.Errorf("%s twice", a)
		}
	})
}

// Each place is taken once: a batch cannot lose a form to another of its forms.
func TestShuffleIsOneToOne(t *testing.T) {
	t.Parallel()
	space, taken := newIDPrefix(), map[uint32]bool{}
	for serial := range uint32(MaxBatchForms + 1) {
		place := shuffle(testKey, space, serial<<8|1)
		if taken[place] || place >= 1<<24 {
			t.Fatalf("form %d gets place %d, which is taken or too large", serial, place)
		}
		taken[place] = true
	}
}

// Ids that stand in stores stay what they are.
func TestFormIDStaysTheSame(t *testing.T) {
	t.Parallel()
	space := uuid.MustParse("fedcba98-7654-3210-fedc-ba9876543210")
	for _, tt := range []struct {
		key             []byte
		serial, attempt int
		want            survey.ResponseID
	}{
		{nil, 1, 1, "ffdcba98-7654-8210-8000-010176543210"},
		{nil, 5000, 255, "ffdcba98-7654-8210-8013-88ff76543210"},
		{testKey, 1, 1, "ffdcba98-7654-8210-81d0-101d76543210"},
		{testKey, 5000, 255, "ffdcba98-7654-8210-8121-57d176543210"},
	} {
		if got := (formIDs{space: space, key: tt.key}).id(tt.serial, tt.attempt); got != tt.want {
			t.Errorf("attempt %d of form %d is %s, want %s", tt.attempt, tt.serial, got, tt.want)
		}
	}
	if serial, attempt := serialOf(testKey, "no id"); serial != 0 || attempt != 0 {
		t.Errorf("what is no id tells %d/%d, want 0/0", serial, attempt)
	}
}

func TestFormIDsOfABatchWithoutAPrefix(t *testing.T) {
	t.Parallel()
	if _, err := formIDsOf(t.Context(), fixedKey(testKey), &Batch{ID: "tthc-2026-001", IDPrefix: "none"}); !survey.Is(err, survey.Internal) {
		t.Errorf("error %v, want one of kind %s", err, survey.Internal)
	}
}
