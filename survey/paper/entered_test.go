package paper

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/ballot"
)

func anySpace(t *rapid.T) uuid.UUID {
	return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "space"))
}

// Of one batch, forms have ids that differ, rise with serial number and attempt,
// lie behind every UUIDv7, and tell both numbers; they are valid UUIDs that
// survive being read as one.
func TestEntryIDs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		space := anySpace(t)
		serial := rapid.IntRange(0, MaxBatchForms)
		attempt := rapid.IntRange(1, maxAttempts)
		s1, t1, s2, t2 := serial.Draw(t, "s1"), attempt.Draw(t, "t1"), serial.Draw(t, "s2"), attempt.Draw(t, "t2")
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
		serial, attempt := rapid.IntRange(1, MaxBatchForms), rapid.IntRange(1, maxAttempts)
		a := entryID(newIDPrefix(), serial.Draw(t, "s1"), attempt.Draw(t, "t1"))
		b := entryID(newIDPrefix(), serial.Draw(t, "s2"), attempt.Draw(t, "t2"))
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

// Ids that stand in stores stay what they are.
func TestEntryIDStaysTheSame(t *testing.T) {
	t.Parallel()
	space := uuid.MustParse("fedcba98-7654-3210-fedc-ba9876543210")
	for _, tt := range []struct {
		serial, attempt int
		want            survey.ResponseID
	}{
		{1, 1, "ffdcba98-7654-8210-8000-010176543210"},
		{5000, 255, "ffdcba98-7654-8210-8013-88ff76543210"},
	} {
		if got := entryID(space, tt.serial, tt.attempt); got != tt.want {
			t.Errorf("attempt %d of form %d is %s, want %s", tt.attempt, tt.serial, got, tt.want)
		}
	}
	if serial, attempt := serialOf("no id"); serial != 0 || attempt != 0 {
		t.Errorf("what is no id tells %d/%d, want 0/0", serial, attempt)
	}
	_, err := (&Batch{ID: "tthc-2026-001", IDPrefix: "none"}).entry(1, 1)
	if !survey.Is(err, survey.Internal) {
		t.Errorf("a batch without a space: error %v, want one of kind %s", err, survey.Internal)
	}
}

func TestEnteredForms(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 3, 2, 8, minute, 0, 0, time.UTC) }
	form := func(serial, attempt, minute int, void *ballot.Void) EnteredForm {
		return EnteredForm{Serial: serial, Attempt: attempt, Response: survey.Response{Received: at(minute)}, Void: void}
	}
	void := &ballot.Void{}
	keyed := EnteredForms{form(2, 1, 9, void), form(2, 2, 5, nil), form(4, 1, 3, void), form(5, 1, 5, nil)}
	for name, tt := range map[string]struct {
		keyed                       EnteredForms
		forms                       int
		inForce, highest, next, gap int // gap is the first that is missing
	}{
		"Some":        {keyed, 6, 2, 5, 6, 1},
		"ToTheEnd":    {keyed, 5, 2, 5, 1, 1},
		"All":         {EnteredForms{form(1, 1, 1, nil), form(2, 1, 1, nil)}, 2, 2, 2, 0, 0},
		"LastVoid":    {EnteredForms{form(1, 1, 1, nil), form(2, 1, 1, void)}, 2, 1, 2, 2, 2},
		"NoneEntered": {nil, 2, 0, 0, 1, 1},
		"NoForms":     {nil, 0, 0, 0, 0, 0},
	} {
		if got := tt.keyed.InForce(); got != tt.inForce {
			t.Errorf("%s: %d in force, want %d", name, got, tt.inForce)
		}
		if got := tt.keyed.Highest(); got != tt.highest {
			t.Errorf("%s: highest number %d, want %d", name, got, tt.highest)
		}
		if got := tt.keyed.Next(tt.forms); got != tt.next {
			t.Errorf("%s: next number %d, want %d", name, got, tt.next)
		}
		gap := 0
		if missing := tt.keyed.Missing(tt.forms); len(missing) > 0 {
			gap = missing[0]
		}
		if gap != tt.gap {
			t.Errorf("%s: number %d is missing first, want %d", name, gap, tt.gap)
		}
	}
	if diff := cmp.Diff([]int{1, 3, 4, 6}, keyed.Missing(6)); diff != "" {
		t.Errorf("missing numbers (-want +got):\n%s", diff)
	}
	var latest []string
	for _, k := range keyed.Latest(3) {
		latest = append(latest, fmt.Sprintf("%d/%d", k.Serial, k.Attempt))
	}
	if diff := cmp.Diff([]string{"2/1", "5/1", "2/2"}, latest); diff != "" {
		t.Errorf("keyed in last (-want +got):\n%s", diff)
	}
	if got := len(keyed.Latest(9)); got != 4 {
		t.Errorf("of four forms the last nine are %d, want 4", got)
	}
	if found := keyed.Find(2); found == nil || found.Attempt != 2 {
		t.Errorf("number 2 is %+v, want its second attempt", found)
	}
	if found := keyed.Find(3); found != nil {
		t.Errorf("number 3 is %+v, want none", found)
	}
}
