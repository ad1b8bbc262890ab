package paper

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/verification"
)

// The draw takes the size it must, no form twice, the same for a seed, and no
// form that is not there.
func TestPick(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := anyIDs(t)
		var forms []survey.ResponseID
		for serial := range rapid.IntRange(0, 60).Draw(t, "forms") {
			forms = append(forms, ids.id(serial+1, 1))
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

func TestEnteredForms(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 3, 2, 8, minute, 0, 0, time.UTC) }
	form := func(serial, attempt, minute int, void *verification.Void) EnteredForm {
		return EnteredForm{Serial: serial, Attempt: attempt, Response: survey.Response{Received: at(minute)}, Void: void}
	}
	void := &verification.Void{}
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
