package bolt

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.etcd.io/bbolt"

	"hailong/survey"
	"hailong/survey/storefile"
)

// compactSuffix is added to the file's name for the copy that is to take its place.
const compactSuffix = ".compact"

// copyBytes bounds a transaction of the copy.
const copyBytes = 4 << 20

// Compact makes sure that the file holds no byte of a document that was erased: of
// a collection of survey.Erasable, replaced or deleted. It does nothing where there
// is none. Reads and writes go on meanwhile; what was written while the copy was
// made goes into it in the moment in which it takes the file's place.
//
// Nothing that was acknowledged is lost by a kill at any moment. Until the copy has
// the file's name the file is as it was, with every write; from then on the copy
// is, with every write too, on disk before it got the name; and between the two
// nobody writes. A copy that was not finished is removed at the next Open.
//
// The disk must have room for the copy. Errors are Unavailable, and leave the
// store as it was.
func (s *Store) Compact(ctx context.Context) error {
	const op = "compact store"
	s.compacting.Lock()
	defer s.compacting.Unlock()
	clean := false
	err := s.view(ctx, op, func(tx *bbolt.Tx) error {
		clean = tx.Bucket(storefile.Bucket).Get(storefile.CleanKey) != nil
		return nil
	})
	if err != nil || clean {
		return err
	}
	if err := s.compact(ctx, op); err != nil {
		err = errors.Join(err, s.submit(context.WithoutCancel(ctx), op, &write{alone: func() error {
			s.changed = nil
			return nil
		}}))
		if known := (*survey.Error)(nil); errors.As(err, &known) {
			return err
		}
		return survey.NewError(survey.Unavailable, op, err)
	}
	return nil
}

func (s *Store) compact(ctx context.Context, op string) (err error) {
	path := s.path + compactSuffix
	if err := removeFile(path); err != nil {
		return err
	}
	copied, err := openBolt(path, false)
	if err != nil {
		return err
	}
	inPlace := false
	defer func() {
		if !inPlace {
			err = errors.Join(err, copied.Close(), removeFile(path))
		}
	}()
	copied.NoSync = true // one wait for the disk at its end
	// From the transaction on, keys that change are noted: between the two no write
	// can come, because both happen where writes are done.
	var still *bbolt.Tx
	if err := s.submit(ctx, op, &write{alone: func() (err error) {
		s.changed = &changedKeys{keys: map[changedKey]bool{}}
		still, err = s.file.db.Begin(false)
		return err
	}}); err != nil {
		return err
	}
	err = guard(func() error { return copyAll(ctx, copied, still) })
	if err = errors.Join(err, still.Rollback()); err != nil {
		return err
	}
	copied.NoSync = false
	if err := copied.Sync(); err != nil {
		return err
	}
	return s.submit(ctx, op, &write{alone: func() error {
		if err := s.catchUp(copied); err != nil {
			return err
		}
		if err := os.Rename(path, s.path); err != nil {
			return err
		}
		inPlace = true
		s.changed, s.unnamed = nil, true
		s.replaceFile(&openFile{db: copied})
		return s.ensureNamed()
	}})
}

// copyAll copies every bucket of a transaction; all lie on the first level. What
// says that the file is clean is not among the keys: the file is not.
func copyAll(ctx context.Context, to *bbolt.DB, from *bbolt.Tx) error {
	tx, err := to.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	size := 0
	err = from.ForEach(func(name []byte, source *bbolt.Bucket) error {
		bucket, err := tx.CreateBucket(name)
		if err != nil {
			return err
		}
		return source.ForEach(func(key, value []byte) error {
			if size += len(key) + len(value); size > copyBytes {
				if err := errors.Join(ctx.Err(), tx.Commit()); err != nil {
					return err
				}
				if tx, err = to.Begin(true); err != nil {
					return err
				}
				bucket, size = tx.Bucket(name), 0
			}
			bucket.FillPercent = fill
			return bucket.Put(key, value)
		})
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

// catchUp brings a copy up to the file, and waits for the disk. It runs where
// writes are done.
func (s *Store) catchUp(to *bbolt.DB) error {
	return s.file.db.View(func(from *bbolt.Tx) error {
		return to.Update(func(tx *bbolt.Tx) error {
			for k := range s.changed.keys {
				bucket := tx.Bucket([]byte(k.collection))
				var err error
				if doc := from.Bucket([]byte(k.collection)).Get([]byte(k.id)); doc != nil {
					err = bucket.Put([]byte(k.id), doc)
				} else {
					err = bucket.Delete([]byte(k.id))
				}
				if err != nil {
					return err
				}
			}
			// The tallies, and what a migration set meanwhile, are those of the file.
			target := tx.Bucket(storefile.Bucket)
			if err := from.Bucket(storefile.Bucket).ForEach(target.Put); err != nil {
				return err
			}
			if s.changed.left { // erased while the copy was made, which may have it
				return nil
			}
			return target.Put(storefile.CleanKey, []byte{1})
		})
	})
}

// replaceFile has readers read another file. The old one, which has no name any
// more, is closed when nobody reads it.
func (s *Store) replaceFile(file *openFile) {
	s.fileLock.Lock()
	old := s.file
	s.file = file
	s.fileLock.Unlock()
	s.retired.Go(func() {
		old.readers.Wait()
		_ = old.db.Close() // nothing was written to it since
	})
}

// ensureNamed waits until the name of a compacted file is on disk. Before, nothing
// that is written to it may be acknowledged: after a loss of power the old file
// might have the name.
func (s *Store) ensureNamed() error {
	if !s.unnamed {
		return nil
	}
	dir, err := os.Open(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return err
	}
	s.unnamed = false
	return nil
}

// leave notes in the file that a document of a collection leaves its bytes behind.
func (s *Store) leave(tx *bbolt.Tx, c survey.Collection) error {
	if !slices.Contains(survey.Erasable, c) {
		return nil
	}
	if s.changed != nil {
		s.changed.left = true
	}
	return tx.Bucket(storefile.Bucket).Delete(storefile.CleanKey)
}

// changedKeys are the keys that changed while a copy was made.
type changedKeys struct {
	keys map[changedKey]bool
	left bool // one of them left bytes behind that must not stay
}

type changedKey struct {
	collection survey.Collection
	id         string
}

// note notes a key; nothing where no copy is made.
func (k *changedKeys) note(c survey.Collection, id []byte) {
	if k != nil {
		k.keys[changedKey{c, string(id)}] = true
	}
}

// removeFile removes a file that may not be there.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
