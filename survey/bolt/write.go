package bolt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
	"hailong/survey/storefile"
)

const (
	// queueLength is how many writes may wait; the next caller waits outside,
	// where its context still counts.
	queueLength = 1024

	// groupBytes bounds what one transaction takes from the queue, so that a
	// large import and single responses take turns.
	groupBytes = 8 << 20

	// fill is how full a page of responses is made before it is split. Ids
	// rise, so pages behind the newest are never written again.
	fill = 0.9
)

// write is one queued change. apply runs inside the transaction, possibly more
// than once in different ones; it leaves the transaction as it was if it fails.
//
// Instead of apply it may have alone, which runs between two transactions.
type write struct {
	apply func(tx *transaction) (changed bool, err error)
	alone func() error
	// reading says that alone changes nothing: a store that met damage does it too.
	reading bool
	bytes   int
	err     error
	done    chan struct{}
}

// submit queues a write and waits for its outcome. While it waits to be
// queued, the end of ctx is an Unavailable error and nothing is written; once
// it is queued, the outcome is always awaited and reported.
func (s *Store) submit(ctx context.Context, op string, w *write) error {
	if !w.reading {
		if err := s.latch.Refuse(op); err != nil {
			return err
		}
	}
	w.done = make(chan struct{})
	if err := s.enqueue(ctx, w); err != nil {
		return survey.NewError(survey.Unavailable, op, err)
	}
	<-w.done
	var known *survey.Error
	switch {
	case w.err == nil || errors.As(w.err, &known):
		return w.err
	case survey.DamageOf(w.err) != nil:
		return survey.NewError(survey.Internal, op, w.err)
	}
	return survey.NewError(survey.Unavailable, op, w.err)
}

var errClosed = errors.New("the store is closed")

func (s *Store) enqueue(ctx context.Context, w *write) error {
	s.closing.RLock() // Close waits for those who are about to queue
	defer s.closing.RUnlock()
	if s.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.queue <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// writeQueued is the one goroutine that writes. It ends after the queue has
// been closed and emptied.
func (s *Store) writeQueued() {
	defer close(s.stopped)
	// unsure is set after a commit that failed: what it wrote may be visible
	// in the file without being safe on disk. Until a commit succeeds, a group
	// is committed even if it changes nothing, so that a duplicate is never
	// acknowledged on the strength of something that could vanish.
	unsure := false
	var group []*write
	for next := range s.queue {
		for next != nil {
			if next.alone != nil {
				if next.reading {
					next.err = guard(next.alone)
				} else {
					next.err = s.whole(next.alone)
				}
				close(next.done)
				next = nil
				continue
			}
			group, next = s.gather(append(group[:0], next))
			began := time.Now()
			err := s.whole(func() error { return s.commit(group, unsure) })
			unsure = err != nil
			s.committed(Commit{Writes: len(group), Took: time.Since(began), Err: err})
			for _, w := range group {
				if err != nil {
					w.err = err
				}
				close(w.done)
			}
		}
	}
}

// whole runs what writes, unless the store has met damage; what it meets of that is
// remembered. A transaction that met damage is not committed.
func (s *Store) whole(f func() error) error {
	if err := s.latch.Refuse("write"); err != nil {
		return err
	}
	return s.latch.Note(guard(f))
}

// gather adds what else has queued to a group. It lets goroutines that are
// ready to run go first: who is about to queue then shares this wait for the
// disk. With nobody ready that takes no time. A write that runs alone ends the
// group, and comes next.
func (s *Store) gather(group []*write) ([]*write, *write) {
	runtime.Gosched()
	for bytes := group[0].bytes; bytes < groupBytes; {
		select {
		case w, open := <-s.queue:
			if !open {
				return group, nil
			}
			if w.alone != nil {
				return group, w
			}
			group = append(group, w)
			bytes += w.bytes
		default:
			return group, nil
		}
	}
	return group, nil
}

// commit applies a group in one transaction. The error is one that concerns
// them all; what concerns a single write is in its err.
func (s *Store) commit(group []*write, always bool) error {
	if err := s.ensureNamed(); err != nil {
		return err
	}
	begun, err := s.file.db.Begin(true)
	if err != nil {
		return err
	}
	tx := &transaction{Tx: begun, checksums: s.checksums.Load(), tallies: map[survey.Collection]storefile.Tally{}}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if !tx.checksums {                   // unless a commit that failed set the format
		format, err := storedFormat(begun)
		if err != nil {
			return err
		}
		tx.checksums = format.Done() >= survey.FirstChecksums
	}
	tx.Bucket([]byte(survey.Responses)).FillPercent = fill
	for _, w := range group {
		changed, err := w.apply(tx)
		w.err = err
		always = always || changed
		if survey.DamageOf(err) != nil {
			return err
		}
	}
	if !always {
		return nil
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("the disk refused a write; nothing is lost that was acknowledged; make room or mend the disk: %w", err)
	}
	s.checksums.Store(tx.checksums)
	return nil
}

// Insert implements survey.Store.
func (s *Store) Insert(ctx context.Context, c survey.Collection, docs ...bson.Raw) ([]bool, error) {
	fresh, err := s.InsertInOrder(ctx, survey.InsertGroup{Collection: c, Docs: docs})
	if err != nil {
		return nil, err
	}
	return fresh[0], nil
}

// InsertInOrder implements survey.Store: all groups are one transaction.
func (s *Store) InsertInOrder(ctx context.Context, groups ...survey.InsertGroup) ([][]bool, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	op, size := "insert into "+string(groups[len(groups)-1].Collection), 0
	inserts, fresh := make([]insertion, len(groups)), make([][]bool, len(groups))
	for i, g := range groups {
		in := insertion{collection: g.Collection, fresh: make([]bool, len(g.Docs))}
		for _, doc := range g.Docs {
			id, err := survey.DocumentID(doc)
			if err != nil {
				return nil, err
			}
			stored, err := survey.AddChecksum(g.Collection, doc)
			if err != nil {
				return nil, err
			}
			in.ids, in.stored = append(in.ids, []byte(id)), append(in.stored, stored)
			size += len(stored)
		}
		inserts[i], fresh[i] = in, in.fresh
	}
	err := s.submit(ctx, op, &write{bytes: size, apply: func(tx *transaction) (changed bool, err error) {
		for i := range inserts {
			some, err := s.insert(tx, op, &inserts[i])
			changed = changed || some
			if err != nil {
				return changed, err
			}
		}
		return changed, nil
	}})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// insertion is a group as it is stored.
type insertion struct {
	collection  survey.Collection
	ids, stored [][]byte
	fresh       []bool
}

// insert inserts a group in a transaction.
func (s *Store) insert(tx *transaction, op string, in *insertion) (changed bool, err error) {
	bucket, err := collection(tx.Tx, in.collection)
	if err != nil {
		return false, err
	}
	for i, id := range in.ids {
		if in.fresh[i] = bucket.Get(id) == nil; !in.fresh[i] {
			continue
		}
		if err := tx.put(in.collection, bucket, id, in.stored[i], nil); err != nil {
			return changed, survey.NewError(survey.Internal, op, err)
		}
		s.changed.note(in.collection, id)
		changed = true
	}
	return changed, nil
}

// Replace implements survey.Store.
func (s *Store) Replace(ctx context.Context, c survey.Collection, rev int64, doc bson.Raw) error {
	id, err := survey.CheckReplacement(doc, rev)
	if err != nil {
		return err
	}
	stored, err := survey.AddChecksum(c, doc)
	if err != nil {
		return err
	}
	op := "replace in " + string(c)
	return s.submit(ctx, op, &write{bytes: len(stored), apply: func(tx *transaction) (bool, error) {
		bucket, before, err := expect(tx, op, c, id, rev)
		if err != nil {
			return false, err
		}
		s.changed.note(c, []byte(id))
		return true, errors.Join(tx.put(c, bucket, []byte(id), stored, before), s.leave(tx.Tx, c))
	}})
}

// Delete implements survey.Store.
func (s *Store) Delete(ctx context.Context, c survey.Collection, id string, rev int64) error {
	op := "delete from " + string(c)
	return s.submit(ctx, op, &write{apply: func(tx *transaction) (bool, error) {
		bucket, before, err := expect(tx, op, c, id, rev)
		if err != nil {
			return false, err
		}
		s.changed.note(c, []byte(id))
		return true, errors.Join(tx.remove(c, bucket, []byte(id), before), s.leave(tx.Tx, c))
	}})
}

// expect returns the bucket, and the document in it as it is stored, if that has
// revision rev.
func expect(tx *transaction, op string, c survey.Collection, id string, rev int64) (*bbolt.Bucket, []byte, error) {
	bucket, err := collection(tx.Tx, c)
	if err != nil {
		return nil, nil, err
	}
	stored := bucket.Get([]byte(id))
	if stored == nil {
		return nil, nil, survey.NewError(survey.NotFound, op, fmt.Errorf("no document %q", id))
	}
	if have := survey.DocumentRev(stored); have != rev {
		return nil, nil, survey.NewError(survey.Conflict, op, fmt.Errorf("document %q has revision %d, not %d", id, have, rev))
	}
	return bucket, stored, nil
}

func collection(tx *bbolt.Tx, c survey.Collection) (*bbolt.Bucket, error) {
	bucket := tx.Bucket([]byte(c))
	if bucket == nil || string(c) == string(storefile.Bucket) {
		return nil, survey.NewError(survey.Internal, "open collection", fmt.Errorf("no collection %q; add it to survey.Collections", c))
	}
	return bucket, nil
}
