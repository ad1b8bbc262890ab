package page

import (
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 9, 30, 0, 0, time.UTC)
	r := newRate(10, func() time.Time { return now })
	take := func(key string) (taken int) {
		for range 30 {
			if r.Take(key) == 0 {
				taken++
			}
		}
		return taken
	}
	if n := take("a"); n != 10 {
		t.Errorf("%d taken, want 10", n)
	}
	if n := take("b"); n != 10 {
		t.Errorf("another key: %d taken, want 10", n)
	}
	if wait := r.Take("a"); wait < time.Second || wait > rateWindow {
		t.Errorf("wait %s", wait)
	}
	now = now.Add(rateWindow + rateWindow/2) // half of the last window still counts
	if n := take("a"); n != 5 {
		t.Errorf("in the middle of the next window: %d taken, want 5", n)
	}
	now = now.Add(3 * rateWindow)
	if n := take("a"); n != 10 {
		t.Errorf("long after: %d taken, want 10", n)
	}
}
