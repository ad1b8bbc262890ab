package health

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// mostBehind is how much older than the newest stored document the clock may be:
	// clocks of several servers, and of a machine that was moved to another one, differ.
	mostBehind = 10 * time.Minute

	// mostJumped is how far the clock may be set at once without being doubted.
	mostJumped = 2 * time.Minute
)

// ClockState is how far a clock is wrong.
type ClockState struct {
	Behind time.Duration // the newest stored document; 0: it is not
	Jumped time.Duration // since the start, by being set; negative: backwards
}

// Doubtful reports whether the days of responses may be wrong.
func (s ClockState) Doubtful() bool {
	return s.Behind > mostBehind || s.Jumped.Abs() > mostJumped
}

// Clock holds the clock of this machine against what it should show. Any number of
// goroutines may use it.
//
// It cannot tell which of two times is right. A clock that was set while the server
// runs is doubted until it is set back, or somebody has looked at it and starts the
// server anew. One that was behind the newest document, and is set to after it, is
// believed again: that is how a machine without a battery finds its time.
type Clock struct {
	now     func() time.Time
	elapsed func() time.Duration // since some moment, however the clock is set and while the machine sleeps
	newest  func(context.Context) (time.Time, error)
	log     *slog.Logger

	mu     sync.Mutex
	begun  bool
	wall   time.Time // at the last look
	ran    time.Duration
	stored time.Time // the newest that is known
	state  ClockState
}

// NewClock returns a clock that was not looked at yet. newest returns the moment of the
// newest stored document, zero for none; elapsed is Elapsed, but for tests.
func NewClock(now func() time.Time, elapsed func() time.Duration, newest func(context.Context) (time.Time, error), log *slog.Logger) *Clock {
	return &Clock{now: now, elapsed: elapsed, newest: newest, log: log}
}

// Seen tells of the moment of a document that was stored.
func (c *Clock) Seen(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.stored) && !c.state.Doubtful() { // what a doubtful clock says is no measure
		c.stored = at
	}
}

// State returns what the last look found.
func (c *Clock) State() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Doubtful reports whether the day of what arrives now may be wrong. nil is believed.
func (c *Clock) Doubtful() bool {
	if c == nil {
		return false
	}
	c.step()
	return c.State().Doubtful()
}

// Look compares, and logs it once when the clock comes to be doubted or believed.
// Errors are those of the store.
func (c *Clock) Look(ctx context.Context) error {
	newest, err := c.newest(ctx)
	if err != nil {
		return err
	}
	c.Seen(newest)
	c.step()
	return nil
}

// step notes how far the clock was set since the last one.
func (c *Clock) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, ran := c.now().Round(0), c.elapsed() // without the reading that Go counts by itself
	before, next := c.state, ClockState{Jumped: c.state.Jumped}
	if c.begun {
		if jump := wall.Sub(c.wall) - (ran - c.ran); jump.Abs() > mostJumped {
			next.Jumped += jump
		}
	}
	if behind := c.stored.Sub(wall); !c.stored.IsZero() && behind > 0 {
		next.Behind = behind
	}
	if before.Behind > mostBehind && next.Behind == 0 && next.Jumped > 0 {
		next.Jumped = 0 // it was wrong, and was put right
	}
	if next.Jumped.Abs() <= mostJumped {
		next.Jumped = 0
	}
	c.begun, c.wall, c.ran, c.state = true, wall, ran, next
	switch {
	case next.Doubtful() && !before.Doubtful():
		c.log.Warn("the clock of this machine may be wrong; set it, and start the server anew; responses that arrive meanwhile are marked and held back",
			"behind", next.Behind.Round(time.Second), "jumped", next.Jumped.Round(time.Second))
	case before.Doubtful() && !next.Doubtful():
		c.log.Warn("the clock of this machine is believed again")
	}
}
