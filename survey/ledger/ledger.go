package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"runtime"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
)

const (
	// mostLeaves bounds an entry, so that it stays far below the largest document.
	mostLeaves = 10_000

	// lookups is how many ids are looked up at once.
	lookups = 16

	// writeWait bounds a write: the calls that wait for it have ends of their own.
	writeWait = 30 * time.Second
)

// Ledger is the ledger of a store. One value serves a process; any number of
// goroutines may use it.
type Ledger struct {
	store survey.Store
	now   func() time.Time

	mu      sync.Mutex
	waiting []*write
	told    map[ChainID]int64 // by chains of this process: the last entry whose responses were told of

	turn   chan struct{} // held by the one goroutine that writes
	head   ChainHead     // whose turn it is may read and change it; the zero value: no chain is open
	leaves int           // in the newest entry
}

// New returns the ledger of a store.
func New(store survey.Store, now func() time.Time) *Ledger {
	return &Ledger{store: store, now: now, told: map[ChainID]int64{}, turn: make(chan struct{}, 1)}
}

// write is what one caller keeps.
type write struct {
	docs   []bson.Raw
	leaves []leaf // of those that were not stored when they were looked up
	points []string

	taken bool // into a batch; under the ledger's lock
	left  func([]bool)
	done  chan struct{}
	fresh []bool
	err   error
}

// Keep stores responses and reports for each whether it is new. It returns after they
// are on disk, and stored was called for each that is new. A response that is stored
// already is left as it is and is in no second entry, so that a retry does no harm.
//
// Errors are those of the store, and Invalid of an id that is no UUID; some of the
// responses may have been stored then. Where ctx ends while they are written the error
// is Unavailable, and stored is called all the same if they come to be on disk.
func (l *Ledger) Keep(ctx context.Context, stored func(survey.Response), responses ...survey.Response) ([]bool, error) {
	fresh := make([]bool, 0, len(responses))
	for len(responses) > 0 {
		n := min(len(responses), mostLeaves)
		some, err := l.keep(ctx, stored, responses[:n])
		if err != nil {
			return nil, err
		}
		fresh, responses = append(fresh, some...), responses[n:]
	}
	return fresh, nil
}

func (l *Ledger) keep(ctx context.Context, stored func(survey.Response), responses []survey.Response) ([]bool, error) {
	w, err := l.prepare(ctx, responses)
	if err != nil {
		return nil, err
	}
	tell := func(fresh []bool) {
		for i := range responses {
			if fresh[i] && stored != nil {
				stored(responses[i])
			}
		}
	}
	if err := l.submit(ctx, w, tell); err != nil {
		return nil, err
	}
	tell(w.fresh)
	return w.fresh, nil
}

// prepare encodes responses, and gives those that are not stored yet a salt and a leaf.
func (l *Ledger) prepare(ctx context.Context, responses []survey.Response) (*write, error) {
	known, err := l.known(ctx, responses)
	if err != nil {
		return nil, err
	}
	w := &write{docs: make([]bson.Raw, len(responses)), done: make(chan struct{})}
	for i, r := range responses {
		if !known[i] {
			if _, err := rand.Read(r.Salt[:]); err != nil {
				return nil, survey.NewError(survey.Internal, "keep response", err)
			}
		}
		doc, err := r.MarshalBSON()
		if err != nil {
			return nil, survey.NewError(survey.Internal, "keep response", err)
		}
		w.docs[i] = doc
		if _, err := survey.DocumentID(doc); err != nil { // it would fail the others of its batch
			return nil, err
		}
		if known[i] {
			continue
		}
		if err := w.enter(r.ID, r.Point, doc); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// enter adds the leaf of a response.
func (w *write) enter(id survey.ResponseID, point survey.PointCode, doc bson.Raw) error {
	c, _, err := survey.CommitmentOf(doc)
	if err != nil {
		return err
	}
	leaf, err := newLeaf(id, c)
	if err != nil {
		return err
	}
	w.leaves, w.points = append(w.leaves, leaf), append(w.points, string(point))
	return nil
}

// known reports which responses are stored.
func (l *Ledger) known(ctx context.Context, responses []survey.Response) ([]bool, error) {
	known := make([]bool, len(responses))
	look := func(ctx context.Context, i int) error {
		switch _, err := l.store.Get(ctx, survey.Responses, string(responses[i].ID)); {
		case err == nil:
			known[i] = true
		case survey.DamageOf(err) != nil: // the store refuses the write that follows, and says why
		case !survey.Is(err, survey.NotFound):
			return err
		}
		return nil
	}
	if len(responses) == 1 {
		return known, look(ctx, 0)
	}
	group, looking := errgroup.WithContext(ctx)
	group.SetLimit(lookups)
	for i := range responses {
		group.Go(func() error { return look(looking, i) })
	}
	return known, group.Wait()
}

// submit waits until a write is on disk. Whoever waits writes when it is its turn: what
// waits then, it writes for all.
func (l *Ledger) submit(ctx context.Context, w *write, tell func([]bool)) error {
	l.mu.Lock()
	l.waiting = append(l.waiting, w)
	l.mu.Unlock()
	for {
		select {
		case <-w.done:
			return w.err
		case l.turn <- struct{}{}:
			runtime.Gosched() // who is about to wait shares this write
			l.writeWaiting(ctx)
			<-l.turn
		case <-ctx.Done():
			l.leave(w, tell)
			return survey.NewError(survey.Unavailable, "keep response", ctx.Err())
		}
	}
}

// leave takes a write back whose caller waits no longer. Where it is under way, who
// writes it tells of the responses in the caller's place.
func (l *Ledger) leave(w *write, tell func([]bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.taken {
		w.left = tell
		select {
		case <-w.done: // meanwhile
			if w.err == nil {
				go tell(w.fresh)
			}
		default:
		}
		return
	}
	for i := range l.waiting {
		if l.waiting[i] == w {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			return
		}
	}
}

// take returns what waits, up to the bound of an entry.
func (l *Ledger) take() []*write {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, leaves := 0, 0
	for n < len(l.waiting) && (n == 0 || leaves+len(l.waiting[n].leaves) <= mostLeaves) {
		leaves += len(l.waiting[n].leaves)
		l.waiting[n].taken = true
		n++
	}
	batch := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	return batch
}

// writeWaiting writes what waits as one entry. The caller has the turn.
func (l *Ledger) writeWaiting(ctx context.Context) {
	batch := l.take()
	if len(batch) == 0 {
		return
	}
	var all write
	for _, w := range batch {
		all.docs = append(all.docs, w.docs...)
		all.leaves, all.points = append(all.leaves, w.leaves...), append(all.points, w.points...)
	}
	// The end of one caller is no reason to fail the others.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeWait)
	fresh, err := l.append(ctx, &all)
	cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range batch {
		if w.err = err; err == nil {
			w.fresh, fresh = fresh[:len(w.docs):len(w.docs)], fresh[len(w.docs):]
		}
		close(w.done)
		if w.left != nil && err == nil {
			go w.left(w.fresh)
		}
	}
	if err == nil && l.head.Chain != "" {
		l.told[l.head.Chain] = l.head.Seq
	}
}

// append writes an entry and its responses. The caller has the turn.
//
// After any failure the chain is left for good: what of the entry and its responses is
// on disk is not known, or changes still while a server works on it, and at the end of a
// chain that is allowed.
func (l *Ledger) append(ctx context.Context, w *write) (fresh []bool, err error) {
	head, groups := l.head, []survey.InsertGroup{}
	if len(w.leaves) > 0 || len(w.docs) == 0 {
		if head.Chain == "" {
			var opened bson.Raw
			if head, opened, err = l.open(ctx); err != nil {
				return nil, err
			}
			groups = append(groups, survey.InsertGroup{Collection: survey.Chains, Docs: []bson.Raw{opened}})
		}
		e, doc, err := head.next(survey.DateOf(l.now()), w.leaves, w.points)
		if err != nil {
			return nil, err
		}
		head = e.head()
		groups = append(groups, survey.InsertGroup{Collection: survey.Ledger, Docs: []bson.Raw{doc}})
	}
	groups = append(groups, survey.InsertGroup{Collection: survey.Responses, Docs: w.docs})
	inserted, err := l.store.InsertInOrder(ctx, groups...)
	last := len(groups) - 1
	for i := 0; err == nil && i < last; i++ {
		if !inserted[i][0] {
			err = survey.NewError(survey.Internal, "write ledger", errNotOurs)
		}
	}
	if err != nil {
		l.head = ChainHead{}
		return nil, err
	}
	if last > 0 {
		l.head, l.leaves = head, len(w.leaves)
	}
	return inserted[last], nil
}

var errNotOurs = errors.New("another process wrote into the chain of this one")

// Seal ends the newest entry of this process with an empty one, if it names responses:
// behind it nothing can be missing unnoticed. It is called when a process ends in order
// and before a day is closed.
func (l *Ledger) Seal(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return survey.NewError(survey.Unavailable, "seal ledger", ctx.Err())
	}
	return l.seal(ctx)
}

func (l *Ledger) seal(ctx context.Context) error {
	if l.head.Chain == "" || l.leaves == 0 {
		return nil
	}
	if _, err := l.append(ctx, &write{}); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told[l.head.Chain] = l.head.Seq
	return nil
}

// toldOf is the last entry of a chain of this process of whose responses this process
// heard when it stored them; 0 of other chains.
func (l *Ledger) toldOf(id ChainID) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.told[id]
}

// Waiting is how many calls wait to be written, for who watches the server.
func (l *Ledger) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}
