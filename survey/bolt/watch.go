package bolt

import (
	"os"
	"time"

	"go.etcd.io/bbolt"
)

// Commit is what became of one transaction of the writer.
type Commit struct {
	Writes int           // that shared it
	Took   time.Duration // until it was on disk, or failed
	Err    error
}

// Watch has f called after each transaction; f must be quick, because writes wait for
// it. A second call replaces the first.
func (s *Store) Watch(f func(Commit)) { s.watching.Store(&f) }

func (s *Store) committed(c Commit) {
	if c.Err != nil {
		s.failed.Add(1)
	}
	if f := s.watching.Load(); f != nil {
		(*f)(c)
	}
}

// FailedCommits is how many transactions have failed since the store was opened.
func (s *Store) FailedCommits() uint64 { return s.failed.Load() }

// Queued is how many writes wait for the writer.
func (s *Store) Queued() int { return len(s.queue) }

// FileSize is how large a store's file is.
type FileSize struct {
	Bytes int64 // of the file
	Free  int64 // of them, in pages that hold nothing and are used before the file grows
}

// Size returns how large the file is; zero when that cannot be found.
func (s *Store) Size() FileSize {
	file := s.reading()
	defer file.readers.Done()
	var size FileSize
	if err := guard(func() error {
		return file.db.View(func(tx *bbolt.Tx) error {
			pages := file.db.Stats()
			size.Free = int64(pages.FreePageN+pages.PendingPageN) * int64(file.db.Info().PageSize)
			return nil
		})
	}); err != nil {
		return FileSize{}
	}
	if info, err := os.Stat(s.path); err == nil {
		size.Bytes = info.Size()
	}
	return size
}
