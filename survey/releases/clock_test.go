package releases_test

import (
	"errors"
	"testing"
	"time"

	"hailong/survey"
)

// A clock that was ahead dated responses a day later: they wait until that day has come,
// and no release is cut by a clock that is known to be wrong.
func TestADayInTheFutureIsNotCountedBefore(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.receive("xa-mu-ca", 7)
	right := f.now
	f.now = right.AddDate(0, 0, 1)
	f.receive("xa-mu-ca", 6)
	ahead := f.now

	f.DoubtsClock = func() bool { return true }
	var refused *survey.Error
	if _, err := f.Cut(t.Context(), boss, tthc); !errors.As(err, &refused) || refused.Kind != survey.Unavailable || refused.Key != "release.clock" {
		t.Errorf("a cut by a wrong clock: error %v, want Unavailable and release.clock", err)
	}
	if _, err := f.CutForEdition(t.Context(), boss, tthc); !survey.Is(err, survey.Unavailable) {
		t.Errorf("an edition by a wrong clock: error %v, want Unavailable", err)
	}

	f.now, f.DoubtsClock = right, func() bool { return false }
	if cut := f.cut(tthc); cut.Entered != 7 {
		t.Errorf("%d entered, want the 7 whose day has come", cut.Entered)
	}
	f.now = ahead.Add(-time.Hour)
	if cut := f.cut(tthc); cut.Entered != 0 {
		t.Errorf("%d entered before their day, want none", cut.Entered)
	}
	f.now = ahead
	if cut := f.cut(tthc); cut.Entered != 6 {
		t.Errorf("%d entered on their day, want 6", cut.Entered)
	}
}
