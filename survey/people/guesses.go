package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// AttemptSource is where an attempt to sign in comes from.
type AttemptSource struct {
	Network string // the network address; kept as a keyed hash, for an hour
	Device  string // the secret of the browser's device cookie, empty where it has none
}

// guessKind is which secret somebody tries to know. Each is counted apart.
type guessKind string

const (
	guessPassword guessKind = "password"
	guessCode     guessKind = "code"    // of the second factor, recovery codes too
	guessConfirm  guessKind = "confirm" // the same secrets, by somebody who is signed in
)

// guesses makes guessing slow without locking anybody out. An attempt is reserved
// before the secret is looked at: of many at once no more are looked at than of many
// one after the other. Three bounds hold:
//
//   - Of a login from one network, or from one device of the account, each attempt
//     beyond guessFree doubles the wait until the next.
//   - Of all logins from one network together likewise, more generously, because an
//     office shares one address.
//   - Of a login from anywhere, no more than guessesPerHour within any hour.
//
// A device that signed in to the account before is bound by its own count alone: whoever
// guesses elsewhere, or in the same office, does not keep the owner out.
//
// The counts are documents of the store, each replaced at its revision, so that the
// bounds hold over several servers. A kill after a reservation costs one attempt.
type guesses struct {
	docs survey.Documents[guessCounts]
	keys KeySource
	now  func() time.Time
	mu   sync.Mutex // so that attempts at once in this process do not race for a revision
}

// KeySource gives keys that lie outside the store.
type KeySource interface {
	Key(ctx context.Context, name string) ([]byte, error)
}

// guessesKey names the key under which networks and logins are hashed.
const guessesKey = "guesses"

const (
	guessFree      = 4                // wrong guesses that cost nothing: a person mistypes
	guessShared    = 60               // the same for all logins from one network together
	guessMost      = 15 * time.Minute // the longest wait
	guessForget    = time.Hour        // after which an attempt no longer counts
	guessBurst     = 40               // attempts of a login at once, from unknown devices
	guessEvery     = time.Minute      // in which one more becomes free
	guessesPerHour = guessBurst + int(time.Hour/guessEvery)
	guessSize      = 256 // counts in one document
)

// guessCounts is a document of counts that share the beginning of a hash: so many
// documents there are at most, however many logins are made up.
type guessCounts struct {
	ID     string       `bson:"_id"`
	Rev    int64        `bson:"rev"`
	Counts []guessCount `bson:"counts"`
}

// guessCount counts the attempts at one thing.
type guessCount struct {
	Of    []byte    `bson:"of"`
	Count int       `bson:"count,omitempty"`
	Last  time.Time `bson:"last"`
	// Bucket counts by the time at which the last attempt becomes free again, which is
	// Last then: the generic cell rate algorithm, whose bound holds for every hour and
	// not for clock hours alone.
	Bucket bool `bson:"bucket,omitempty"`
}

// wait is how long the next attempt has to wait.
func (c guessCount) wait(now time.Time, free int) time.Duration {
	if c.Bucket {
		return max(0, c.Last.Sub(now)-(guessBurst-1)*guessEvery)
	}
	over := c.Count - free
	if over <= 0 || c.over(now) {
		return 0
	}
	pause := guessMost
	if over <= 10 { // 2^10 s is beyond the longest wait
		pause = min(time.Second<<over, guessMost)
	}
	return max(0, c.Last.Add(pause).Sub(now))
}

// over reports whether the count matters no more.
func (c guessCount) over(now time.Time) bool {
	if c.Bucket {
		return !c.Last.After(now)
	}
	return now.Sub(c.Last) > guessForget
}

// take counts one more attempt.
func (c *guessCount) take(now time.Time) {
	switch {
	case c.Bucket && c.Last.After(now):
		c.Last = c.Last.Add(guessEvery)
	case c.Bucket:
		c.Last = now.Add(guessEvery)
	case c.over(now):
		c.Count, c.Last = 1, now
	default:
		c.Count, c.Last = c.Count+1, now
	}
}

// giveBack takes one attempt out again that was not a wrong guess.
func (c *guessCount) giveBack() {
	if c.Bucket {
		c.Last = c.Last.Add(-guessEvery)
		return
	}
	c.Count = max(0, c.Count-1)
}

// bound is one count that an attempt has to pass.
type bound struct {
	of     []byte
	free   int
	bucket bool
}

// reservation is an attempt that is counted and not yet made.
type reservation struct {
	guesses *guesses
	account string // id of the document
	counts  []bound
	network string
	shared  []bound
}

// reserve counts an attempt before it is made. RateLimited, with the seconds to wait,
// if it must not be made now. known says that the device belongs to the account.
func (g *guesses) reserve(ctx context.Context, kind guessKind, login survey.Login, client AttemptSource, known bool) (*reservation, error) {
	key, err := g.keys.Key(ctx, guessesKey)
	if err != nil {
		return nil, err
	}
	hash := func(parts ...string) []byte {
		h := hmac.New(sha256.New, key)
		for _, p := range parts {
			h.Write([]byte(p))
			h.Write([]byte{0})
		}
		return h.Sum(nil)[:16]
	}
	document := func(sort string, of []byte) string { return sort + " " + hex.EncodeToString(of)[:3] }
	r := &reservation{guesses: g, account: document("login", hash("login", string(login)))}
	if known {
		r.counts = []bound{{of: hash("device", string(kind), string(login), client.Device), free: guessFree}}
	} else {
		r.counts = []bound{
			{of: hash("network", string(kind), string(login), client.Network), free: guessFree},
			{of: hash("account", string(kind), string(login)), bucket: true},
		}
		network := hash("all", client.Network)
		r.network, r.shared = document("network", network), []bound{{of: network, free: guessShared}}
	}
	// The account first: there most attempts that have to wait are refused. A network
	// that then has to wait has cost its own login one attempt, never another's.
	wait, err := g.take(ctx, r.account, r.counts)
	if err == nil && wait == 0 && r.network != "" {
		wait, err = g.take(ctx, r.network, r.shared)
	}
	if err != nil {
		return nil, err
	}
	if wait > 0 {
		return nil, &survey.Error{Kind: survey.RateLimited, Op: "sign in", Key: "account.wait", Args: []any{survey.Wait(wait).Seconds()}, Err: survey.Wait(wait)}
	}
	return r, nil
}

// take counts an attempt at every bound of a document, or at none if one has to wait.
func (g *guesses) take(ctx context.Context, id string, bounds []bound) (wait time.Duration, err error) {
	now := g.now().UTC().Truncate(time.Millisecond)
	err = g.change(ctx, id, func(doc *guessCounts) bool {
		wait = 0
		doc.Counts = slices.DeleteFunc(doc.Counts, func(c guessCount) bool { return c.over(now) })
		for _, b := range bounds {
			if i := doc.find(b.of); i >= 0 {
				wait = max(wait, doc.Counts[i].wait(now, b.free))
			}
		}
		if wait == 0 && !doc.makeRoom(len(bounds)) {
			wait = guessEvery
		}
		if wait > 0 {
			return false
		}
		for _, b := range bounds {
			i := doc.find(b.of)
			if i < 0 {
				i = len(doc.Counts)
				doc.Counts = append(doc.Counts, guessCount{Of: b.of, Bucket: b.bucket, Last: now})
			}
			doc.Counts[i].take(now)
		}
		return true
	})
	return wait, err
}

// find returns the place of a count, or -1.
func (d *guessCounts) find(of []byte) int {
	return slices.IndexFunc(d.Counts, func(c guessCount) bool { return slices.Equal(c.Of, of) })
}

// makeRoom drops the oldest counts of a full document. Counts of whole accounts are
// never dropped: without room an attempt waits.
func (d *guessCounts) makeRoom(more int) bool {
	for len(d.Counts)+more > guessSize {
		oldest := -1
		for i, c := range d.Counts {
			if !c.Bucket && (oldest < 0 || c.Last.Before(d.Counts[oldest].Last)) {
				oldest = i
			}
		}
		if oldest < 0 {
			return false
		}
		d.Counts = slices.Delete(d.Counts, oldest, oldest+1)
	}
	return true
}

// succeeded takes the attempt out of the counts, because it was no wrong guess, and
// forgets the wrong ones from the same network or device.
func (r *reservation) succeeded(ctx context.Context) error { return r.settle(ctx, true) }

// notMade takes out an attempt that was not made: nobody learnt whether it was right.
func (r *reservation) notMade(ctx context.Context) error {
	return r.settle(context.WithoutCancel(ctx), false)
}

func (r *reservation) settle(ctx context.Context, forget bool) error {
	give := func(id string, bounds []bound, forget bool) error {
		return r.guesses.change(ctx, id, func(doc *guessCounts) bool {
			for _, b := range bounds {
				if i := doc.find(b.of); i >= 0 && forget && !b.bucket {
					doc.Counts = slices.Delete(doc.Counts, i, i+1)
				} else if i >= 0 {
					doc.Counts[i].giveBack()
				}
			}
			return true
		})
	}
	err := give(r.account, r.counts, forget)
	if err == nil && r.network != "" {
		err = give(r.network, r.shared, false)
	}
	return err
}

// change lets do change a document of counts, whoever else changes it; do reports
// whether there is anything to store.
func (g *guesses) change(ctx context.Context, id string, do func(*guessCounts) bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		doc, err := g.docs.Get(ctx, id)
		fresh := survey.Is(err, survey.NotFound)
		if err != nil && !fresh {
			return err
		}
		doc.ID = id
		if !do(&doc) {
			return nil
		}
		rev := doc.Rev
		doc.Rev++
		if fresh {
			err = g.docs.Insert(ctx, doc)
		} else {
			err = g.docs.Replace(ctx, rev, doc)
		}
		if !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound) {
			return err
		}
	}
}

// forget removes the documents in which nothing counts any more, and returns how many.
func (g *guesses) forget(ctx context.Context) (forgotten int, err error) {
	var old []guessCounts
	now := g.now()
	err = g.docs.Store.Scan(ctx, survey.Guesses, "", "", func(raw bson.Raw) error {
		var doc guessCounts
		if err := g.docs.Decode(raw, &doc); err != nil {
			return err
		}
		if !slices.ContainsFunc(doc.Counts, func(c guessCount) bool { return !c.over(now) }) {
			old = append(old, doc)
		}
		return nil
	})
	for _, doc := range old {
		if err != nil {
			break
		}
		err = g.docs.Store.Delete(ctx, survey.Guesses, doc.ID, doc.Rev)
		switch {
		case err == nil:
			forgotten++
		case survey.Is(err, survey.Conflict) || survey.Is(err, survey.NotFound): // somebody tried meanwhile, or another server forgot it
			err = nil
		}
	}
	return forgotten, err
}
