package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

const (
	// format is the version of the file's layout. A program opens files of its
	// own and of earlier formats.
	format = 1

	// lockWait is how long Open waits for another process to let go of the
	// file: long enough for a restart, short enough for a person.
	lockWait = time.Second

	// mapSize is the address space set aside for the file at first. While the
	// file grows within it, it need not be mapped anew, for which the writer
	// would have to wait for every reader. It costs no memory.
	mapSize = 1 << 30
)

var (
	formatBucket = []byte("hailong")
	formatKey    = []byte("format")

	// cleanKey is in the format bucket while no free page holds a document that was
	// erased. A file of an older program has none, and is compacted once.
	cleanKey = []byte("clean")
)

// formatDocument is the one document of the bucket that marks a file as ours.
type formatDocument struct {
	ID      string `bson:"_id"`
	Version int    `bson:"version"`
}

// Open opens the file, and creates it and its directory if they are missing.
// The caller closes the store.
//
// Errors: Unavailable if another process has the file, or the file system
// refuses; Invalid if the file is damaged, or not ours. Nothing is changed
// then.
func Open(path string) (*Store, error) {
	db, err := open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	s := &Store{file: &openFile{db: db}, path: path, queue: make(chan *write, queueLength), stopped: make(chan struct{})}
	go s.writeQueued()
	return s, nil
}

// ErrInUse is in the chain of Open's error if another process has the file.
var ErrInUse = errors.New("another hailong uses this file; stop it, or give this one a file of its own with --store")

// errDamaged and its like say what is wrong with a file in words that name the
// remedy.
var (
	errForeign = errors.New("this is a database of another program; choose another file")
	errNotBolt = errors.New("this is not a Hài Lòng store; choose another file, or restore a backup into a new one")
	errDamaged = errors.New("the file is damaged; keep it, and restore the last backup into a new file")
	errNewer   = errors.New("a newer version of hailong wrote this file; use that version")
)

func openError(path string, err error) error {
	kind := survey.Unavailable
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		err = ErrInUse
	case errors.Is(err, errForeign), errors.Is(err, errNotBolt), errors.Is(err, errDamaged), errors.Is(err, errNewer):
		kind = survey.Invalid
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		err = fmt.Errorf("the file or its directory cannot be written; change its owner or rights, or choose another with --store: %w", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = fmt.Errorf("the disk is full; make room: %w", err)
	}
	return survey.NewError(kind, "open store "+path, err)
}

func open(path string) (*bbolt.DB, error) {
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
		if err := inspect(path); err != nil {
			return nil, err
		}
	}
	db, err := openBolt(path, false)
	if err != nil {
		return nil, err
	}
	// This process has the file, so what lies beside it was left by one that was
	// killed while it compacted.
	err = prepare(db)
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
			InitialMmapSize: mapSize,
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
func inspect(path string) error {
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
			_, err = readFormat(tx)
			return err
		})
	})
	return errors.Join(err, db.Close())
}

// readFormat reports whether the file has been prepared; a file without any
// bucket has not: its creation was interrupted.
func readFormat(tx *bbolt.Tx) (prepared bool, err error) {
	bucket := tx.Bucket(formatBucket)
	if bucket == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return false, errForeign
		}
		return false, nil
	}
	var doc formatDocument
	if err := bson.Unmarshal(bucket.Get(formatKey), &doc); err != nil || doc.ID != "hailong" {
		return false, errForeign
	}
	if doc.Version > format {
		return false, errNewer
	}
	return true, nil
}

// prepare makes what is missing in the file; usually that is nothing, and
// nothing is written.
func prepare(db *bbolt.DB) error {
	return guard(func() error {
		missing := false
		err := db.View(func(tx *bbolt.Tx) error {
			prepared, err := readFormat(tx)
			missing = !prepared || slices.ContainsFunc(survey.Collections, func(c survey.Collection) bool {
				return tx.Bucket([]byte(c)) == nil
			})
			return err
		})
		if err != nil || !missing {
			return err
		}
		return db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists(formatBucket)
			if err != nil {
				return err
			}
			if bucket.Get(formatKey) == nil { // a new file, without anything to be left over
				if err := bucket.Put(cleanKey, []byte{1}); err != nil {
					return err
				}
			}
			doc, err := bson.Marshal(formatDocument{ID: "hailong", Version: format})
			if err != nil {
				return err
			}
			if err := bucket.Put(formatKey, doc); err != nil {
				return err
			}
			for _, c := range survey.Collections {
				if _, err := tx.CreateBucketIfNotExists([]byte(c)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// guard runs f and turns the panic or fault of a damaged page into an error.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w (%v)", errDamaged, r)
		}
	}()
	return f()
}
