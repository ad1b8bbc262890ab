package page

import (
	"errors"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// Limits of how often somebody known asks. How many forms come in is counted by
// package traffic.
const (
	rateWindow  = 10 * time.Minute
	rateSession = 6_000 // requests of one signed-in browser
	rateToken   = 6_000 // requests of one program
)

// rate counts by key over a sliding window, in memory.
type rate struct {
	most int
	now  func() time.Time
	seed maphash.Seed

	mu            sync.Mutex
	start         time.Time
	current, last map[uint64]int
}

func newRate(most int, now func() time.Time) *rate {
	return &rate{most: most, now: now, seed: maphash.MakeSeed(), current: map[uint64]int{}}
}

// Take counts one more of a key. It returns 0, or how long to wait if there
// were too many.
func (r *rate) Take(parts ...string) time.Duration {
	key := maphash.String(r.seed, strings.Join(parts, "\x00"))
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	passed := now.Sub(r.start)
	if passed >= rateWindow {
		r.last = r.current
		if passed >= 2*rateWindow {
			r.last = nil
		}
		r.start, r.current, passed = now.Truncate(rateWindow), map[uint64]int{}, now.Sub(now.Truncate(rateWindow))
	}
	// What the last window held counts by the share of it that the sliding
	// window still reaches.
	left := rateWindow - passed
	before := float64(r.last[key]) * float64(left) / float64(rateWindow)
	if before+float64(r.current[key]) >= float64(r.most) {
		return max(time.Second, min(left, rateWindow/10))
	}
	r.current[key]++
	return 0
}

// giveBack takes one of a key out again that should not count.
func (r *rate) giveBack(parts ...string) {
	key := maphash.String(r.seed, strings.Join(parts, "\x00"))
	r.mu.Lock()
	defer r.mu.Unlock()
	switch n := r.current[key]; {
	case n > 1:
		r.current[key] = n - 1
	case n == 1:
		delete(r.current, key)
	}
}

// Rates are the limits of a server.
type Rates struct {
	Session, Token *rate
	Guesses        *TokenGuesses
}

// NewRates returns limits of which nothing is used up.
func NewRates(now func() time.Time) Rates {
	return Rates{Session: newRate(rateSession, now), Token: newRate(rateToken, now), Guesses: newTokenGuesses(now)}
}

// TooMany returns RateLimited with the seconds to wait, and tells the client.
func TooMany(c *fiber.Ctx, wait time.Duration) error {
	err := &survey.Error{Kind: survey.RateLimited, Op: "limit the rate", Key: "rate.wait", Args: []any{survey.Wait(wait).Seconds()}, Err: survey.Wait(wait)}
	RetryAfter(c, err)
	return err
}

// RetryAfter tells the client how long a RateLimited error says to wait.
func RetryAfter(c *fiber.Ctx, err error) {
	var wait survey.Wait
	if errors.As(err, &wait) {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(wait.Seconds()))
	}
}
