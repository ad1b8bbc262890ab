package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

const (
	// closeAfter is how long after its end a day is closed. Servers whose clocks differ by
	// minutes have ended it too.
	closeAfter = time.Hour

	// closeEndAfter is how long after its day the end of a chain of another process is
	// closed: by then that process has closed it itself, or has ended.
	closeEndAfter = 2 * time.Hour

	// mostInPart bounds a part, so that it stays below the largest document.
	mostInPart = 100_000
)

// ErrBroken is the cause of the error of Close, and in Discrepancies.Broken, where a chain was
// tampered with or damaged.
var ErrBroken = errors.New("the ledger was tampered with or damaged")

// Close closes what days that are over left in the chains, and returns how many parts
// that made. It is called every so often. It may be killed anywhere and run in several
// servers at once. A chain that is not whole is left as it is: the error is Conflict
// with the cause ErrBroken, after the others were closed. Other errors are those of the
// store.
func (l *Ledger) Close(ctx context.Context) (parts int, err error) {
	now := l.now()
	over, ended := survey.DateOf(now.Add(-closeAfter)), survey.DateOf(now.Add(-closeEndAfter))
	future := survey.DateOf(now.Add(24 * time.Hour)) // of a clock that was wrong
	return l.close(ctx, func(e *entry, last bool) bool {
		if e.Day > future {
			return !last
		}
		return e.Day < ended || e.Day < over && !last
	})
}

// CloseNow closes everything, of the running day too, but for the ends of chains of
// other processes, which may be writing.
func (l *Ledger) CloseNow(ctx context.Context) (parts int, err error) {
	over := survey.DateOf(l.now().Add(-closeEndAfter))
	return l.close(ctx, func(e *entry, last bool) bool { return !last || e.Day < over || l.toldOf(e.chain) >= e.seq })
}

// close closes the entries for which due says so; last is given of the end of a chain.
func (l *Ledger) close(ctx context.Context, due func(e *entry, last bool) bool) (parts int, err error) {
	if err := l.Seal(ctx); err != nil {
		return 0, err
	}
	all, err := chains(ctx, l.store)
	if err != nil {
		return 0, err
	}
	var broken error
	for _, id := range slices.Sorted(maps.Keys(all)) {
		n, err := l.closeChain(ctx, all[id], due)
		parts += n
		if err != nil && !errors.Is(err, ErrBroken) {
			return parts, err
		}
		broken = errors.Join(broken, err)
	}
	return parts, broken
}

// closeChain closes the entries of a chain that are due.
func (l *Ledger) closeChain(ctx context.Context, c chain, due func(e *entry, last bool) bool) (parts int, err error) {
	run := closingRun{Ledger: l, chain: c}
	// A kill may have left a part of which the chain does not know.
	if err := run.adopt(ctx); err != nil {
		return 0, err
	}
	var waiting *entry // the newest that was read: whether it is the last is known when the next one is
	take := func(e *entry, last bool) error {
		if run.stopped || !due(e, last) {
			run.stopped = true
			return nil
		}
		return run.take(ctx, e)
	}
	err = l.store.Scan(ctx, survey.Ledger, entryID(c.ID, 0), endOf(c.ID), func(raw bson.Raw) error {
		e, whole, err := readEntry(raw)
		switch {
		case err != nil:
			return err
		case e.seq <= run.chain.Closed: // a kill left it
			return run.remove(ctx, &e)
		case !whole:
			return broken(e.ID, "its content does not fit its hash")
		}
		if waiting != nil {
			if err := take(waiting, false); err != nil {
				return err
			}
		}
		waiting = &e
		return nil
	})
	if err == nil && waiting != nil {
		run.ending = true
		err = take(waiting, true)
	}
	if err == nil {
		err = run.flush(ctx)
	}
	return run.parts, err
}

// broken is the error of a chain that is not whole.
func broken(id, what string) error {
	return survey.NewError(survey.Conflict, "close ledger", fmt.Errorf("%s: %s: %w", id, what, ErrBroken))
}

// closingRun closes entries of one chain.
type closingRun struct {
	*Ledger
	chain   chain
	entries []entry // of the next part
	leaves  int
	parts   int
	ending  bool // the last of entries may be the end of the chain
	stopped bool // what follows is not due
}

// take puts an entry into the next part.
func (r *closingRun) take(ctx context.Context, e *entry) error {
	if e.seq <= r.chain.Closed { // another server has closed it meanwhile
		return r.remove(ctx, e)
	}
	if n := len(r.entries); n > 0 && (r.entries[n-1].Day != e.Day || r.leaves+len(e.Points) > mostInPart) {
		ending := r.ending
		r.ending = false
		err := r.flush(ctx)
		if r.ending = ending; err != nil {
			return err
		}
	}
	seq, hash := r.chain.Closed, r.chain.Head
	if n := len(r.entries); n > 0 {
		seq, hash = r.entries[n-1].seq, r.entries[n-1].Hash
	}
	if e.seq != seq+1 || !bytes.Equal(e.Prev, hash) {
		return broken(e.ID, "it does not follow the entry before it")
	}
	r.entries, r.leaves = append(r.entries, *e), r.leaves+len(e.Points)
	return nil
}

// flush stores the next part and removes its entries.
func (r *closingRun) flush(ctx context.Context) error {
	if len(r.entries) == 0 {
		return nil
	}
	unused := map[uuid.UUID]bool{}
	if r.ending {
		var err error
		if unused, err = r.missing(ctx, &r.entries[len(r.entries)-1]); err != nil {
			return err
		}
	}
	_, doc, err := closedOf(r.chain.Parts+1, r.entries, unused)
	if err != nil {
		return err
	}
	if _, err := r.store.Insert(ctx, survey.LedgerDays, doc); err != nil {
		return err
	}
	// Another server may have stored it first, with fewer entries.
	if err := r.adopt(ctx); err != nil {
		return err
	}
	r.parts++
	var left []entry
	for i := range r.entries {
		e := &r.entries[i]
		if e.seq > r.chain.Closed {
			left = append(left, *e)
			continue
		}
		if err := r.remove(ctx, e); err != nil {
			return err
		}
	}
	r.entries, r.leaves = left, 0
	for i := range left {
		r.leaves += len(left[i].Points)
	}
	return r.flush(ctx)
}

// adopt has the chain know of parts that are stored.
func (r *closingRun) adopt(ctx context.Context) error {
	for {
		raw, err := r.store.Get(ctx, survey.LedgerDays, partID(r.chain.ID, r.chain.Parts+1))
		if survey.Is(err, survey.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		p, whole, err := readPart(raw)
		switch {
		case err != nil:
			return err
		case !whole || p.First != r.chain.Closed+1 || !bytes.Equal(p.Prev, r.chain.Head):
			return broken(p.ID, "it does not follow the part before it")
		}
		after := r.chain
		after.Rev, after.Parts, after.Closed, after.Head = after.Rev+1, p.number, p.Last, p.Head
		docs := survey.Documents[chain]{Store: r.store, Collection: survey.Chains}
		if err = docs.Replace(ctx, r.chain.Rev, after); survey.Is(err, survey.Conflict) { // another server was faster
			after, err = docs.Get(ctx, string(r.chain.ID))
		}
		if err != nil {
			return err
		}
		r.chain = after
	}
}

// remove deletes an entry that is closed.
func (r *closingRun) remove(ctx context.Context, e *entry) error {
	err := r.store.Delete(ctx, survey.Ledger, e.ID, e.Rev)
	if survey.Is(err, survey.NotFound) { // by another server
		return nil
	}
	return err
}

// missing is the ids of an entry whose responses are not stored.
func (r *closingRun) missing(ctx context.Context, e *entry) (map[uuid.UUID]bool, error) {
	ids := map[uuid.UUID]bool{}
	for _, l := range leavesOf(e.Leaves) {
		switch _, err := r.store.Get(ctx, survey.Responses, l.id().String()); {
		case survey.Is(err, survey.NotFound):
			ids[l.id()] = true
		case err != nil:
			return nil, err
		}
	}
	return ids, nil
}
