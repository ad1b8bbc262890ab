package paper

import (
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"hailong/survey"
)

func anySpace(t *rapid.T) uuid.UUID {
	return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "space"))
}

// Of one batch, forms have ids that differ, rise with serial number and take,
// lie behind every UUIDv7, and tell both numbers; they are valid UUIDs that
// survive being read as one.
func TestEntryIDs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		space := anySpace(t)
		serial := rapid.IntRange(0, MaxBatchForms)
		take := rapid.IntRange(1, maxTake)
		s1, t1, s2, t2 := serial.Draw(t, "s1"), take.Draw(t, "t1"), serial.Draw(t, "s2"), take.Draw(t, "t2")
		a, b := entryID(space, s1, t1), entryID(space, s2, t2)
		if rises, less := s1 < s2 || s1 == s2 && t1 < t2, a < b; rises != less {
			t.Errorf("%d/%d is %s, %d/%d is %s", s1, t1, a, s2, t2, b)
		}
		if s, k := serialOf(a); s != s1 || k != t1 {
			t.Errorf("%s tells %d/%d, want %d/%d", a, s, k, s1, t1)
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
func TestEntryIDsOfTwoBatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		serial, take := rapid.IntRange(1, MaxBatchForms), rapid.IntRange(1, maxTake)
		a := entryID(newSpace(), serial.Draw(t, "s1"), take.Draw(t, "t1"))
		b := entryID(newSpace(), serial.Draw(t, "s2"), take.Draw(t, "t2"))
		if a == b {
			t.Errorf("%s twice", a)
		}
	})
}

// The draw takes the size it must, no form twice, the same for a seed, and no
// form that is not there.
func TestPick(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		space := anySpace(t)
		var forms []survey.ResponseID
		for serial := range rapid.IntRange(0, 60).Draw(t, "forms") {
			forms = append(forms, entryID(space, serial+1, 1))
		}
		n := recheckSize(len(forms), rapid.Float64Range(0.01, 1).Draw(t, "share"), rapid.IntRange(1, 10).Draw(t, "minimum"))
		seed := rapid.String().Draw(t, "seed")
		drawn := pick(seed, forms, n)
		seen := map[survey.ResponseID]bool{}
		for _, id := range drawn {
			seen[id] = true
		}
		for _, id := range forms {
			delete(seen, id)
		}
		if len(drawn) != n || len(seen) != 0 {
			t.Fatalf("%d of %d drawn, %d strangers", len(drawn), n, len(seen))
		}
		permuted := rapid.Permutation(forms).Draw(t, "permuted")
		again := pick(seed, permuted, n)
		for i := range drawn {
			if drawn[i] != again[i] {
				t.Fatal("the draw depends on the order of the forms")
			}
		}
	})
}

func TestRecheckSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n       int
		share   float64
		minimum int
		want    int
	}{{0, 0.1, 3, 0}, {2, 0.1, 3, 2}, {10, 0.1, 3, 3}, {30, 0.1, 3, 3}, {31, 0.1, 3, 4}, {200, 0.1, 3, 20}, {7, 1, 0, 7}, {100, 0.07, 1, 7}} {
		if got := recheckSize(c.n, c.share, c.minimum); got != c.want {
			t.Errorf("%d forms at %v, at least %d: %d, want %d", c.n, c.share, c.minimum, got, c.want)
		}
	}
}
