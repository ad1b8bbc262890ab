package traffic

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"hailong/survey"
)

// Window is how long submissions are counted together.
const Window = 10 * time.Minute

// Limits are how many submissions within a window are too many.
type Limits struct {
	Point   int // at one point, whoever sends them; more are refused
	Network int // from one network; more are refused
	Wide    int // from one IPv6 network of 48 bits; more are refused
	Flood   int // from one network, at whatever points; more are marked
}

// UsualLimits are those of a server that people use. A commune's office serves a
// few hundred people a day; a school's parents answer together in one hall. The
// telephones of a district share few networks of their provider: forty points that
// hear from twenty people an hour send 130 in ten minutes, from several of these, and
// a market day twice as many. So 300 from one network are more than people send,
// also where each of many points gets a few.
var UsualLimits = Limits{Point: 20_000, Network: 6_000, Wide: 20_000, Flood: 300}

// counter is what is counted: a network or a point.
type counter struct {
	network network
	point   survey.PointCode
}

// Traffic counts the submissions of this server and adds what the others counted.
// One value serves a process.
type Traffic struct {
	store  survey.Store
	keys   keySource
	limits Limits
	now    func() time.Time
	log    *slog.Logger
	writer string // names this process in the store, until it ends

	day atomic.Pointer[dayKey]

	mu      sync.Mutex
	window  time.Time       // that is counted now
	own     map[counter]int // here
	others  map[counter]int // elsewhere, as was read last
	last    map[counter]int // everywhere, in the window before
	unsaved bool
}

// New returns the counts of a store, of which nothing is used up yet.
func New(store survey.Store, keys keySource, limits Limits, now func() time.Time, log *slog.Logger) *Traffic {
	return &Traffic{
		store: store, keys: keys, limits: limits, now: now, log: log, writer: rand.Text(),
		own: map[counter]int{}, others: map[counter]int{}, last: map[counter]int{},
	}
}

// Counted is what the counts say of a submission, and so what is done with it.
type Counted struct {
	Wait   time.Duration // above 0: refused, and when to try again
	Flood  bool          // far more come from its network than people send
	Origin uint64        // an opaque class of where it came from, of this day; never to be stored
}

// Take counts one more submission from an address at a point, which may be empty
// where it is not known yet.
func (t *Traffic) Take(ctx context.Context, address netip.Addr, point survey.PointCode) Counted {
	now := t.now()
	narrow, wide := t.keyOf(ctx, now).networks(address)

	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(now)
	counted := Counted{Origin: uint64(wide)}
	over := point != "" && t.count(counter{point: point}, now) >= t.limits.Point ||
		t.count(counter{network: narrow}, now) >= t.limits.Network ||
		narrow != wide && t.count(counter{network: wide}, now) >= t.limits.Wide
	if over {
		counted.Wait = max(time.Second, min(t.window.Add(Window).Sub(now), Window/10))
		return counted
	}
	counted.Flood = t.count(counter{network: wide}, now) >= t.limits.Flood
	t.add(counter{point: point}, counter{network: narrow})
	if narrow != wide {
		t.add(counter{network: wide})
	}
	return counted
}

// maxCounters bounds the memory of a window: who owns a network of 48 bits has
// 65,536 of 64. Further ones are counted by their wider network.
const maxCounters = 50_000

func (t *Traffic) add(counters ...counter) {
	for _, c := range counters {
		if _, known := t.own[c]; c != (counter{}) && (known || len(t.own) < maxCounters) {
			t.own[c]++
		}
	}
	t.unsaved = true
}

// count is how many came within the last ten minutes: those of this window, and of
// the last one the share that the sliding window still reaches.
func (t *Traffic) count(c counter, now time.Time) int {
	left := t.window.Add(Window).Sub(now)
	return t.own[c] + t.others[c] + int(float64(t.last[c])*float64(left)/float64(Window))
}

// turn begins a new window when it is time.
func (t *Traffic) turn(now time.Time) {
	window := now.Truncate(Window)
	if !window.After(t.window) {
		return
	}
	last := map[counter]int{}
	if window.Sub(t.window) == Window {
		last = t.own
		for c, n := range t.others {
			last[c] += n
		}
	}
	t.window, t.last, t.own, t.others, t.unsaved = window, last, map[counter]int{}, map[counter]int{}, false
}

// keyOf is the key of the day. Where it cannot be had this process draws one: it
// still limits what comes to itself.
func (t *Traffic) keyOf(ctx context.Context, now time.Time) *dayKey {
	day := survey.DateOf(now)
	if k := t.day.Load(); k != nil && k.day == day {
		return k
	}
	k := drawKey(day)
	if key, err := t.keys.Key(ctx, dayKeyName(day)); err != nil {
		t.log.Warn("limits are not shared with other servers", "error", err)
	} else {
		k = &dayKey{day: day, key: key}
	}
	t.day.Store(k)
	return k
}

// shared reports whether the key of the day is the one that all servers have, and
// tries again to get it where it is not.
func (t *Traffic) shared(ctx context.Context, now time.Time) bool {
	k := t.keyOf(ctx, now)
	if !k.own {
		return true
	}
	key, err := t.keys.Key(ctx, dayKeyName(k.day))
	if err == nil {
		t.day.Store(&dayKey{day: k.day, key: key})
	}
	return err == nil
}
