package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// Store is a survey.Store in one file. All methods may be called at the same
// time.
type Store struct {
	path string

	// file is what is read. The writer alone puts another in its place, when it
	// has compacted it, and reads it without the lock.
	file     *openFile
	fileLock sync.RWMutex
	retired  sync.WaitGroup // files whose place another one took, until they are closed

	compacting sync.Mutex   // held by the one Compact that works
	changed    *changedKeys // the writer's; nil while no copy is made
	unnamed    bool         // the writer's; the name of file may not be on disk

	queue   chan *write
	stopped chan struct{} // closed when the writer has ended

	checksums atomic.Bool // the format is one in which every document has one
	latch     survey.DamageLatch
	failed    atomic.Uint64                // commits
	watching  atomic.Pointer[func(Commit)] // nil: nobody does

	closing sync.RWMutex
	closed  bool

	readAhead sync.Once
}

var _ survey.Store = (*Store)(nil)

// openFile is a database file. It is closed when its last reader has ended.
type openFile struct {
	db      *bbolt.DB
	readers sync.WaitGroup
}

// reading returns the file, which stays open until its readers are done.
func (s *Store) reading() *openFile {
	s.fileLock.RLock()
	defer s.fileLock.RUnlock()
	s.file.readers.Add(1)
	return s.file
}

// Close writes what is queued, waits for running reads and lets go of the
// file. A second Close does nothing.
func (s *Store) Close() error {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return nil
	}
	s.closed = true
	close(s.queue)
	s.closing.Unlock()
	<-s.stopped
	s.retired.Wait()
	if err := s.file.db.Close(); err != nil {
		return survey.NewError(survey.Internal, "close store", err)
	}
	return nil
}

// view runs f in a read transaction.
func (s *Store) view(ctx context.Context, op string, f func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return survey.NewError(survey.Unavailable, op, err)
	}
	file := s.reading()
	defer file.readers.Done()
	err := s.latch.Note(guard(func() error { return file.db.View(f) }))
	var known *survey.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return survey.NewError(survey.Unavailable, op, errClosed)
	}
	return survey.NewError(survey.Internal, op, err)
}

// Get implements survey.Store.
func (s *Store) Get(ctx context.Context, c survey.Collection, id string) (bson.Raw, error) {
	op := "get from " + string(c)
	var stored bson.Raw
	err := s.view(ctx, op, func(tx *bbolt.Tx) error {
		bucket, err := collection(tx, c)
		if err != nil {
			return err
		}
		if stored = bytes.Clone(bucket.Get([]byte(id))); stored == nil {
			return survey.NewError(survey.NotFound, op, fmt.Errorf("no document %q", id))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	doc, _, err := s.take(c, []byte(id), stored)
	return doc, err
}

// take is survey.TakeChecksum for a document of this store: it uses the bytes of
// stored. Before the store has been brought to a format with checksums, a document
// may have none.
func (s *Store) take(c survey.Collection, id []byte, stored bson.Raw) (doc bson.Raw, sum uint64, err error) {
	switch checksums := s.checksums.Load(); {
	case !survey.HasID(stored, id):
		err = survey.DamagedDocument(c, string(id), "it is stored under another id")
	case !checksums && !survey.HasChecksum(stored):
		return stored, 0, nil
	default:
		doc, sum, err = survey.TakeChecksum(c, stored)
	}
	return doc, sum, s.latch.Note(err)
}

// Damaged returns the first damage that was met since the store was opened, or nil.
// The store takes no write any more then.
func (s *Store) Damaged() *survey.Damage { return s.latch.Damaged() }

// A scan copies pieces of at most so many bytes and documents, each in a
// transaction of its own. The first is small, because many scans want little.
const (
	pieceBytes     = 1 << 20
	pieceDocuments = 4096
	firstPiece     = 32
)

// Scan implements survey.Store. visit may write to the store. What a scan of a whole
// collection has seen is held against the tally at its end, unless somebody wrote
// meanwhile: so documents that vanished from the file are not left out in silence.
func (s *Store) Scan(ctx context.Context, c survey.Collection, from, to string, visit func(bson.Raw) error) error {
	w := walk{store: s, op: "scan " + string(c), collection: c, next: []byte(from), to: to, whole: from == "" && to == "" && s.checksums.Load()}
	for pieces := 0; !w.done; pieces++ {
		limit := pieceDocuments
		switch pieces {
		case 0:
			limit = firstPiece
		case 2: // a long scan, which usually is of everything
			s.readAhead.Do(func() { go s.loadFile() })
		}
		if err := w.read(ctx, limit); err != nil {
			return err
		}
		if err := w.visit(visit); err != nil {
			return err
		}
	}
	return s.latch.Note(w.settle())
}

// loadFile reads the file from end to end, so that its pages are in memory
// when a scan comes to them. bbolt tells the kernel not to read ahead, which
// suits single documents; a scan of a million right after the start of the
// machine takes several times as long without this.
func (s *Store) loadFile() {
	file, err := os.Open(s.path)
	if err != nil {
		return // only speed is lost
	}
	defer func() { _ = file.Close() }()
	buffer := make([]byte, 1<<20)
	for {
		select {
		case <-s.stopped:
			return
		default:
		}
		if _, err := file.Read(buffer); err != nil {
			return
		}
	}
}

// Path returns the name of the file, as it was given to Open.
func (s *Store) Path() string { return s.path }
