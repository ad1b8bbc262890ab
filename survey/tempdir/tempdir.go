package tempdir

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	prefix     = ".hailong-temp-"
	lockSuffix = ".lock"
)

// older are the names of what older versions left behind: they took no locks.
var older = []string{".hailong-backup-*", "hailong-demo-*", "hailong-import-*", "hailong-rows-*.xlsx"}

// olderAge is how long what an older version left must have been untouched: while it
// changes, a process of that version may be at work.
const olderAge = 24 * time.Hour

// Dir is a temporary directory.
type Dir struct {
	path string
	lock *flock.Flock
}

// New makes a directory in parent ("": where the system has temporary files), after it
// has removed what killed processes left there. The caller closes it.
func New(parent string) (*Dir, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	if err := Clean(parent, time.Now()); err != nil {
		return nil, err
	}
	for {
		d := &Dir{path: filepath.Join(parent, prefix+rand.Text())}
		d.lock = flock.New(d.path+lockSuffix, flock.SetPermissions(0o600))
		switch ours, err := d.own(); {
		case err != nil:
			return nil, errors.Join(err, d.lock.Close())
		case !ours: // somebody took the lock's file for a leftover
			_ = d.lock.Close()
			continue
		}
		if err := os.Mkdir(d.path, 0o700); err != nil {
			return nil, errors.Join(err, d.Close())
		}
		return d, nil
	}
}

// own takes the lock, and reports whether it is the one that others find.
func (d *Dir) own() (bool, error) {
	locked, err := d.lock.TryLock()
	if err != nil || !locked {
		return false, err
	}
	named, err := os.Stat(d.lock.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	held, err := d.lock.Stat()
	return err == nil && os.SameFile(named, held), err
}

// Path is the name of a file in the directory.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Close removes the directory with all that is in it.
func (d *Dir) Close() error {
	err := os.RemoveAll(d.path)
	// The lock's file goes before the lock: who opens it in between finds it gone.
	held := removeFile(d.lock.Path())
	err = errors.Join(err, d.lock.Close())
	if held != nil { // a system that does not remove an open file
		held = removeFile(d.lock.Path())
	}
	return errors.Join(err, held)
}

// Clean removes what killed processes left in a directory. What is in use stays, and
// what belongs to another account.
func Clean(parent string, now time.Time) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return fmt.Errorf("look for leftovers: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(parent, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), prefix):
			err = cleanOne(strings.TrimSuffix(path, lockSuffix))
		case isOlder(e, now):
			err = os.RemoveAll(path)
		}
		if err != nil && !errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("remove a leftover: %w", err)
		}
	}
	return nil
}

func cleanOne(path string) error {
	d := &Dir{path: path, lock: flock.New(path+lockSuffix, flock.SetPermissions(0o600))}
	ours, err := d.own()
	if err != nil || !ours {
		return errors.Join(err, d.lock.Close())
	}
	return d.Close()
}

func isOlder(e fs.DirEntry, now time.Time) bool {
	for _, pattern := range older {
		if ok, _ := filepath.Match(pattern, e.Name()); ok { // the patterns are well formed
			info, err := e.Info()
			return err == nil && now.Sub(info.ModTime()) > olderAge
		}
	}
	return false
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
