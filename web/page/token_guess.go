package page

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"hailong/survey"
)

// TokenGuesses makes guessing a token slow, by network, without keeping out a program
// whose token is right. An attempt is counted before the token is looked up, so that of
// many at once no more are looked up than of many one after the other, and given back when
// the token is right. A token that was right from a network before is not counted there:
// whoever guesses from the same office does not stop the program beside them.
//
// Wrong tokens leave one count per network, in memory, for two windows at most; of right
// ones a keyed hash is kept per network until they are found wrong.
type TokenGuesses struct {
	attempts *rate
	seed     maphash.Seed

	mu    sync.Mutex
	right map[uint64]bool // network and token
}

const (
	rateGuess  = 60     // wrong tokens from one network
	mostProven = 10_000 // tokens times networks; more begin anew
)

func newTokenGuesses(now func() time.Time) *TokenGuesses {
	return &TokenGuesses{attempts: newRate(rateGuess, now), seed: maphash.MakeSeed(), right: map[uint64]bool{}}
}

// Try has find look a token up, or returns RateLimited without asking it. hash stands for
// the token.
func (g *TokenGuesses) Try(c *fiber.Ctx, network, hash string, find func() error) error {
	key := maphash.String(g.seed, network+"\x00"+hash)
	known := g.known(key)
	if !known {
		if wait := g.attempts.Take(network); wait > 0 {
			return TooMany(c, wait)
		}
	}
	err := find()
	switch wrong := survey.Is(err, survey.Unauthenticated); {
	case wrong && known: // it was revoked since
		g.note(key, false)
		g.attempts.Take(network)
	case !wrong && !known:
		g.attempts.giveBack(network)
		if err == nil {
			g.note(key, true)
		}
	}
	return err
}

func (g *TokenGuesses) known(key uint64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.right[key]
}

func (g *TokenGuesses) note(key uint64, right bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !right {
		delete(g.right, key)
		return
	}
	if len(g.right) >= mostProven {
		clear(g.right)
	}
	g.right[key] = true
}
