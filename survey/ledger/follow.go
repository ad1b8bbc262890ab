package ledger

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
)

const (
	// lookForClosed is how many polls come to one look at what has been closed.
	lookForClosed = 5

	// mostFetched is how many responses a poll reads one by one. Where there are more,
	// reading all of them anew is faster.
	mostFetched = 20_000
)

// Follower tells a process of the responses that others store: each entry of their
// chains after the one seen last, whatever their clocks say. Any number of goroutines
// may use it.
type Follower struct {
	ledger *Ledger
	log    *slog.Logger

	visit func(survey.Response)
	anew  func(context.Context) error

	polling sync.Mutex // held by the one poll at work
	started bool
	polls   int
	seen    map[ChainID]int64
	live    map[ChainID]bool // with entries that are not closed
	owed    map[string]owed  // ids that are named and not stored yet
	gap     bool             // responses may have been missed; until everything was read anew

	mu     sync.Mutex
	polled time.Time // when the last poll that succeeded began
	behind int
}

// owed is where an id was named.
type owed struct {
	chain ChainID
	seq   int64
}

// Follow returns a follower, which has seen nothing yet. The first poll notes what there
// is; whoever reads all responses does so after it.
//
// visit is called for each response that another process stored, and may be called again
// for one that is known. anew is called instead when responses may have been missed,
// because entries were closed before they were seen, or when there are too many: it has
// everything read anew that is stored by then.
func (l *Ledger) Follow(visit func(survey.Response), anew func(context.Context) error, log *slog.Logger) *Follower {
	return &Follower{ledger: l, log: log, visit: visit, anew: anew, seen: map[ChainID]int64{}, live: map[ChainID]bool{}, owed: map[string]owed{}}
}

// Run polls at each tick until ctx ends. It outlives interruptions of the store.
func (f *Follower) Run(ctx context.Context, tick <-chan time.Time) {
	failing := false
	for {
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
		switch err := f.Poll(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			f.log.Warn("responses of other servers cannot be read at present; trying again", "error", err)
			failing = true
		case err == nil && failing:
			f.log.Info("responses of other servers are read again")
			failing = false
		}
	}
}

// Poll tells of what others stored since the last poll. Errors are those of the store.
func (f *Follower) Poll(ctx context.Context) error {
	f.polling.Lock()
	defer f.polling.Unlock()
	f.polls++
	return f.poll(ctx, f.polls%lookForClosed == 0)
}

// CatchUp returns after this process has heard of every response that was acknowledged
// before it was called, by whichever process. Errors are those of the store.
func (f *Follower) CatchUp(ctx context.Context) error {
	f.polling.Lock()
	defer f.polling.Unlock()
	return f.poll(ctx, true)
}

// Lag is how long ago this process knew of everything that others had stored, and how
// many responses it knows that it has not read yet.
func (f *Follower) Lag() (since time.Duration, responses int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.polled.IsZero() {
		return 0, f.behind
	}
	return f.ledger.now().Sub(f.polled), f.behind
}

func (f *Follower) poll(ctx context.Context, closed bool) error {
	began := f.ledger.now()
	err := f.look(ctx, closed)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.behind = len(f.owed)
	if err == nil {
		f.polled = began
	}
	return err
}

func (f *Follower) look(ctx context.Context, closed bool) error {
	if !f.started {
		if err := f.note(ctx); err != nil {
			return err
		}
		f.started = true
		return nil
	}
	// A gap stays one until everything was read anew, whatever fails in between.
	err := f.entries(ctx)
	if err == nil && closed && !f.gap {
		err = f.closed(ctx)
	}
	if err != nil {
		return err
	}
	f.gap = f.gap || len(f.owed) > mostFetched
	if f.gap {
		// Noted first: what is stored while all is read anew is told of by the next poll.
		if err := f.note(ctx); err != nil {
			return err
		}
		if err := f.anew(ctx); err != nil {
			return err
		}
		f.gap = false
		return nil
	}
	return f.fetch(ctx)
}

// note notes what there is as seen, but for the newest entry of each chain, whose responses
// may not be stored yet.
func (f *Follower) note(ctx context.Context) error {
	all, err := chains(ctx, f.ledger.store)
	if err != nil {
		return err
	}
	seen, live := make(map[ChainID]int64, len(all)), map[ChainID]bool{}
	for id, c := range all {
		seen[id] = c.Closed
	}
	err = f.ledger.store.Scan(ctx, survey.Ledger, "", "", func(raw bson.Raw) error {
		if id, seq, ok := parseID(survey.DocumentText(raw, "_id")); ok {
			seen[id], live[id] = max(seen[id], seq-1), true
		}
		return nil
	})
	if err == nil {
		f.seen, f.live, f.owed = seen, live, map[string]owed{}
	}
	return err
}

// entries reads the entries after those that were seen; it is a gap if some are not there
// any more.
func (f *Follower) entries(ctx context.Context) error {
	// The ranges lie between the entries of live chains that were seen, and so leave no
	// place where a chain could begin unseen.
	from := ""
	visit := func(raw bson.Raw) error {
		e, _, err := readEntry(raw)
		if err != nil {
			return err
		}
		seen := max(f.seen[e.chain], f.ledger.toldOf(e.chain))
		f.live[e.chain] = true
		if e.seq <= seen {
			return nil
		}
		f.gap = f.gap || e.seq > seen+1
		f.seen[e.chain] = e.seq
		for _, l := range leavesOf(e.Leaves) {
			f.owed[l.id().String()] = owed{e.chain, e.seq}
		}
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(f.live)) {
		if err := f.ledger.store.Scan(ctx, survey.Ledger, from, entryID(id, 0), visit); err != nil {
			return err
		}
		from = entryID(id, max(f.seen[id], f.ledger.toldOf(id))+1)
	}
	return f.ledger.store.Scan(ctx, survey.Ledger, from, "", visit)
}

// closed holds what was seen against what is closed.
func (f *Follower) closed(ctx context.Context) error {
	all, err := chains(ctx, f.ledger.store)
	if err != nil {
		return err
	}
	for id, c := range all {
		seen := max(f.seen[id], f.ledger.toldOf(id))
		f.gap = f.gap || c.Closed > seen
		if c.Closed >= seen {
			delete(f.live, id)
		}
	}
	return nil
}

// fetch reads the responses that are owed. One that is not stored stays owed while its
// entry is the newest of its chain: later ones are written after its responses.
func (f *Follower) fetch(ctx context.Context) error {
	var mu sync.Mutex
	var found []survey.Response
	var settled []string
	group, reading := errgroup.WithContext(ctx)
	group.SetLimit(lookups)
	for id, o := range f.owed {
		newest := f.seen[o.chain] == o.seq && f.live[o.chain]
		group.Go(func() error {
			raw, err := f.ledger.store.Get(reading, survey.Responses, id)
			if err != nil && !survey.Is(err, survey.NotFound) {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				if !newest {
					settled = append(settled, id)
				}
				return nil
			case !survey.IsTakenBack(raw):
				var r survey.Response
				if err := r.UnmarshalBSON(raw); err != nil {
					f.log.Error("a response cannot be read; it counts in no figure", "error", err)
				} else {
					found = append(found, r)
				}
			}
			settled = append(settled, id)
			return nil
		})
	}
	err := group.Wait()
	for _, r := range found {
		f.visit(r)
	}
	for _, id := range settled {
		delete(f.owed, id)
	}
	return err
}
