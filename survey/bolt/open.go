package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"hailong/survey"
	"hailong/survey/storefile"
)

const (
	// lockWait is how long Open waits for another process to let go of the
	// file: long enough for a restart, short enough for a person.
	lockWait = time.Second

	// mapSize is the address space set aside for the file at least. While the
	// file grows within it, it need not be mapped anew, for which the writer
	// would have to wait for every reader, and a check reads for long. It costs
	// no memory.
	mapSize = 1 << 30
)

// mapSizeOf is the address space for a file that is there: so much that the file does
// not outgrow it before the next start. Windows makes the file as large as the space.
func mapSizeOf(path string) int {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || strconv.IntSize < 64 {
		return mapSize
	}
	return int(max(4*mapSize, 4*info.Size()))
}

// Open opens the file, and creates it and its directory if they are missing.
// A new file is of the current format; one of an older format is left as it is, and
// package migrations brings it up to date. The caller closes the store.
//
// Errors: Unavailable if another process has the file, or the file system
// refuses; Invalid if the file is damaged, not ours, or half filled (with a
// *survey.HalfFilled). Nothing is changed then.
func Open(path string) (*Store, error) { return openStore(path, survey.StoreFormat.Check) }

// OpenHalfFilled is Open for who fills the store, and completes what was interrupted.
func OpenHalfFilled(path string) (*Store, error) {
	return openStore(path, survey.StoreFormat.CheckVersion)
}

// openStore opens a file whose format passes a check.
func openStore(path string, takes func(survey.StoreFormat) error) (*Store, error) {
	db, err := open(path, takes)
	if err != nil {
		return nil, openError(path, err)
	}
	s := &Store{file: &openFile{db: db}, path: path, queue: make(chan *write, queueLength), stopped: make(chan struct{})}
	format, err := s.Format(context.Background())
	if err != nil {
		return nil, openError(path, errors.Join(err, db.Close()))
	}
	s.checksums.Store(format.Done() >= survey.FirstChecksums)
	go s.writeQueued()
	return s, nil
}

// ErrInUse is in the chain of Open's error if another process has the file.
var ErrInUse = errors.New("another hailong uses this file; stop it, or give this one a file of its own with --store")

// errDamaged and its like say what is wrong with a file in words that name the
// remedy.
var (
	errForeign = errors.New("this is a database of another program; choose another file")
	errNotBolt = errors.New("this is not a Hài Lòng store, or its beginning is damaged; choose another file, put what can be read into a new one with \"hailong check --salvage\", or restore the last backup")
	errDamaged = errors.New("the file is damaged; keep it, and put what can be read into a new one with \"hailong check --salvage\"; restore the last backup if too much is missing")
)

func openError(path string, err error) error {
	kind := survey.Unavailable
	newer, half := (*survey.NewerFormat)(nil), (*survey.HalfFilled)(nil)
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		err = ErrInUse
	case errors.Is(err, errForeign), errors.Is(err, errNotBolt), errors.Is(err, errDamaged), errors.As(err, &newer), errors.As(err, &half):
		kind = survey.Invalid
	case survey.DamageOf(err) != nil:
		kind, err = survey.Invalid, fmt.Errorf("%w (%w)", errDamaged, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		err = fmt.Errorf("the file or its directory cannot be written; change its owner or rights, or choose another with --store: %w", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = fmt.Errorf("the disk is full; make room: %w", err)
	}
	return survey.NewError(kind, "open store "+path, err)
}

func open(path string, takes func(survey.StoreFormat) error) (*bbolt.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNotBolt
	case info.Size() > 0: // an empty file is one whose creation was interrupted
		if err := inspect(path, takes); err != nil {
			return nil, err
		}
	}
	db, err := openBolt(path, false)
	if err != nil {
		return nil, err
	}
	// This process has the file, so what lies beside it was left by one that was
	// killed while it compacted.
	err = prepare(db, takes)
	if err == nil {
		err = removeFile(path + compactSuffix)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openBolt opens the file with the settings that suit this store. bbolt
// panics on pages that make no sense; what it had opened then stays open, and
// locked, until the process ends, which is what a process does that cannot
// open its store.
//
// While it waited for the lock, the process that had the file may have compacted
// it, and ended: what is locked then is a file that has lost its name, and is as
// good as in use.
func openBolt(path string, readOnly bool) (db *bbolt.DB, err error) {
	var file *os.File
	err = guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			ReadOnly:        readOnly,
			Timeout:         lockWait,
			InitialMmapSize: mapSizeOf(path),
			// The free list stays on disk, so that a large file opens at once.
			// As a map, it does not slow down when many pages are free.
			FreelistType: bbolt.FreelistMapType,
			OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
				f, err = os.OpenFile(name, flag, mode)
				file = f
				return f, err
			},
		})
		return err
	})
	if err == nil && !named(file, path) {
		err = errors.Join(berrors.ErrTimeout, db.Close())
	}
	var refused *fs.PathError
	var number syscall.Errno
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, berrors.ErrTimeout), errors.Is(err, errDamaged), errors.As(err, &refused), errors.As(err, &number):
		return nil, err
	}
	return nil, fmt.Errorf("%w (%w)", errNotBolt, err)
}

// named reports whether an open file is the one that has the name.
func named(file *os.File, path string) bool {
	ours, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(ours, there)
}

// inspect refuses what must not be opened for writing: a file that is not
// ours, and one that is shorter than it says, where reading a page would fault.
func inspect(path string, takes func(survey.StoreFormat) error) error {
	db, err := openBolt(path, true)
	if err != nil {
		return err
	}
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			if info.Size() < tx.Size() {
				return fmt.Errorf("%w (%d of %d bytes are there)", errDamaged, info.Size(), tx.Size())
			}
			_, err = readFormat(tx, takes)
			return err
		})
	})
	return errors.Join(err, db.Close())
}

// readFormat reports whether the file has been prepared; a file without any
// bucket has not: its creation was interrupted.
func readFormat(tx *bbolt.Tx, takes func(survey.StoreFormat) error) (prepared bool, err error) {
	bucket := tx.Bucket(storefile.Bucket)
	if bucket == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return false, errForeign
		}
		return false, nil
	}
	format, err := storedFormat(tx)
	if survey.Is(err, survey.Invalid) {
		return false, errForeign
	}
	if err == nil {
		err = takes(format)
	}
	return err == nil, err
}

// prepare makes what is missing in the file; usually that is nothing, and
// nothing is written.
func prepare(db *bbolt.DB, takes func(survey.StoreFormat) error) error {
	return guard(func() error {
		missing := false
		err := db.View(func(tx *bbolt.Tx) error {
			prepared, err := readFormat(tx, takes)
			missing = !prepared || slices.ContainsFunc(survey.Collections, func(c survey.Collection) bool {
				return tx.Bucket([]byte(c)) == nil
			})
			return err
		})
		if err != nil || !missing {
			return err
		}
		return db.Update(func(tx *bbolt.Tx) error {
			if tx.Bucket(storefile.Bucket) == nil {
				if err := begin(tx); err != nil {
					return err
				}
			}
			for _, c := range survey.Collections {
				if tx.Bucket([]byte(c)) != nil {
					continue
				}
				if err := create(tx, c); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// begin makes a new file ours. There is nothing in it to be left over.
func begin(tx *bbolt.Tx) error {
	bucket, err := tx.CreateBucket(storefile.Bucket)
	if err != nil {
		return err
	}
	doc, err := survey.NewStoreFormat(survey.CurrentFormat, "").Stored()
	if err != nil {
		return err
	}
	return errors.Join(bucket.Put(storefile.CleanKey, []byte{1}), bucket.Put(storefile.FormatKey, doc))
}

// create makes an empty collection. One that has a tally was there before, and has
// vanished.
func create(tx *bbolt.Tx, c survey.Collection) error {
	format, err := storedFormat(tx)
	if err != nil {
		return err
	}
	if _, err := tx.CreateBucket([]byte(c)); err != nil || format.Done() < survey.FirstChecksums {
		return err
	}
	bucket := tx.Bucket(storefile.Bucket)
	if bucket.Get(storefile.TallyKey(c)) != nil {
		return survey.DamagedDocument(c, "", "the collection has vanished")
	}
	return bucket.Put(storefile.TallyKey(c), storefile.StoredTally{}.Stored(c))
}

// guard runs f and turns the panic or fault of a damaged page into an error.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %w", errDamaged, &survey.Damage{What: fmt.Sprintf("a page of the file makes no sense (%v)", r)})
		}
	}()
	return f()
}
