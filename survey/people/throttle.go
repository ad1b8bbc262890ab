package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"hailong/survey"
)

// Throttle makes guessing slow without locking anybody out: each wrong guess
// for a login from one client doubles the time until the next one from there
// is looked at. Nobody can slow down a colleague at another client. Guesses
// for many logins from one client are slowed as well, more generously, because
// an office shares one address.
//
// It keeps keyed hashes in memory and no address. Several servers count each
// for themselves.
type Throttle struct {
	now func() time.Time
	key [32]byte

	mu     sync.Mutex
	failed map[[sha256.Size]byte]failures
}

type failures struct {
	count int
	last  time.Time
}

const (
	throttleFree   = 4                // wrong guesses that cost nothing: a person mistypes
	throttleShared = 60               // the same for all logins from one client together
	throttleMost   = 15 * time.Minute // the longest wait
	throttleForget = time.Hour        // after which a failure no longer counts
	throttleSize   = 100_000          // entries kept at most
)

// NewThrottle returns an empty throttle.
func NewThrottle(now func() time.Time) *Throttle {
	t := &Throttle{now: now, failed: map[[sha256.Size]byte]failures{}}
	_, _ = rand.Read(t.key[:]) // crypto/rand never fails since Go 1.24
	return t
}

func (t *Throttle) entry(parts ...string) [sha256.Size]byte {
	h := hmac.New(sha256.New, t.key[:])
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Wait returns how long a guess for login from client has to wait; 0 if it
// may be made now.
func (t *Throttle) Wait(login survey.Login, client string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	return max(
		t.failed[t.entry("login", string(login), client)].wait(now, throttleFree),
		t.failed[t.entry("client", client)].wait(now, throttleShared),
	)
}

func (f failures) wait(now time.Time, free int) time.Duration {
	over := f.count - free
	if over <= 0 {
		return 0
	}
	pause := throttleMost
	if over <= 10 { // 2^10 s is beyond the longest wait
		pause = min(time.Second<<over, throttleMost)
	}
	return max(0, f.last.Add(pause).Sub(now))
}

// Failed counts a wrong guess.
func (t *Throttle) Failed(login survey.Login, client string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, e := range [][sha256.Size]byte{t.entry("login", string(login), client), t.entry("client", client)} {
		f := t.failed[e]
		if now.Sub(f.last) > throttleForget {
			f.count = 0
		}
		t.failed[e] = failures{f.count + 1, now}
	}
	if len(t.failed) > throttleSize {
		for e, f := range t.failed {
			if now.Sub(f.last) > throttleMost || len(t.failed) > throttleSize {
				delete(t.failed, e)
			}
		}
	}
}

// Succeeded forgets the wrong guesses for a login from a client.
func (t *Throttle) Succeeded(login survey.Login, client string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failed, t.entry("login", string(login), client))
}
