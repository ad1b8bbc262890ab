package backup_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hailong/survey"
	"hailong/survey/backup"
)

func TestParsePolicy(t *testing.T) {
	t.Parallel()
	got, err := backup.ParsePolicy("7d, 4w,12m")
	if want := (backup.Policy{Days: 7, Weeks: 4, Months: 12}); err != nil || got != want {
		t.Errorf("policy %+v, error %v", got, err)
	}
	for _, wrong := range []string{"", "7", "d", "7d,7d", "0d", "-1d", "7y", "7d,,4w", "1001d"} {
		if _, err := backup.ParsePolicy(wrong); !errors.Is(err, backup.ErrPolicy) {
			t.Errorf("%q: error %v", wrong, err)
		}
	}
}

// TestSuperfluous holds that the newest stays, that each of the last days with a backup
// keeps its newest, and that who prunes twice deletes nothing more.
func TestSuperfluous(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := backup.Policy{Days: rapid.IntRange(0, 5).Draw(t, "days"), Weeks: rapid.IntRange(0, 4).Draw(t, "weeks"), Months: rapid.IntRange(0, 4).Draw(t, "months")}
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var all []time.Time
		for _, h := range rapid.SliceOfNDistinct(rapid.IntRange(0, 24*400), 1, 60, rapid.ID).Draw(t, "hours") {
			all = append(all, start.Add(time.Duration(h)*time.Hour))
		}
		gone := p.Superfluous(all)
		kept := slices.DeleteFunc(slices.Clone(all), func(at time.Time) bool { return slices.Contains(gone, at) })
		newest := slices.MaxFunc(all, time.Time.Compare)
		if !slices.Contains(kept, newest) {
			t.Fatalf("the newest of %v goes", all)
		}
		days := map[survey.Date]time.Time{}
		for _, at := range all {
			if d := survey.DateOf(at); at.After(days[d]) {
				days[d] = at
			}
		}
		var names []survey.Date
		for d := range days {
			names = append(names, d)
		}
		slices.Sort(names)
		slices.Reverse(names)
		for _, d := range names[:min(len(names), p.Days)] {
			if !slices.Contains(kept, days[d]) {
				t.Fatalf("the newest of %s goes", d)
			}
		}
		if most := 1 + p.Days + p.Weeks + p.Months; len(kept) > most {
			t.Fatalf("%d are kept, %d at most", len(kept), most)
		}
		if again := p.Superfluous(kept); len(again) > 0 {
			t.Fatalf("a second time deletes %v", again)
		}
	})
}

func TestFileName(t *testing.T) {
	t.Parallel()
	key, at := signerOf(t, 1).PublicKey(), time.Date(2026, 11, 28, 1, 2, 3, 0, time.UTC)
	for _, sealed := range []bool{false, true} {
		if got, ok := backup.ParseFileName(key, backup.FileName(key, at, sealed)); !ok || !cmp.Equal(got, at) {
			t.Errorf("sealed %v: read as %v, %v", sealed, got, ok)
		}
	}
	for _, other := range []string{backup.FileName(signerOf(t, 2).PublicKey(), at, false), "hailong-2026.zip", "notes.txt", "hailong-" + key.Short() + "-20261128-010203.zip.bak"} {
		if _, ok := backup.ParseFileName(key, other); ok {
			t.Errorf("%q is taken for a backup of the series", other)
		}
	}
}
