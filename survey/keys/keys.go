package keys

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"hailong/survey"
)

// Size is the number of bytes of a key.
const Size = 32

// Keys are the keys of a directory. All methods may be called at the same time,
// also by several processes.
type Keys struct {
	dir string

	mu      sync.Mutex
	durable map[string]bool // names whose place in the directory this process saw reach the disk
}

// Names of files that are no keys: one that is being made, and one that is being
// destroyed. No name of a key begins so.
const (
	makingPrefix     = ".making-"
	destroyingPrefix = ".destroying-"
	suffix           = ".key"
)

// named is what a key may be called: what every file system takes as the name of a
// file in this directory and in no other. One that tells large from small letters
// is not asked for.
var named = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)

// Open opens a directory of keys and makes it where there is none, for its owner
// alone. What a killed process left unfinished is finished: a key that was being
// destroyed is destroyed. Errors are Unavailable.
func Open(dir string) (*Keys, error) {
	k := &Keys{dir: dir, durable: map[string]bool{}}
	if err := k.prepare(); err != nil {
		return nil, unavailable("open keys", fmt.Errorf("%s must be a directory that this account owns and can write: %w", dir, err))
	}
	return k, nil
}

func (k *Keys) prepare() error {
	if _, err := os.Stat(k.dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(k.dir, 0o700); err != nil {
			return err
		}
		if err := syncDir(filepath.Dir(k.dir)); err != nil {
			return err
		}
	}
	if err := os.Chmod(k.dir, 0o700); err != nil { //nolint:gosec // a directory is entered by its x
		return err
	}
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(k.dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), destroyingPrefix):
			err = overwrite(path)
		case strings.HasPrefix(e.Name(), makingPrefix):
			// Not overwritten: the file may have got the name of a key already, and
			// have two. One that another process is just making is missed by it, and
			// made again.
			err = remove(path)
		}
		if err != nil {
			return err
		}
	}
	return syncDir(k.dir)
}

// Key returns the key of a name, and makes it if there is none. It is on disk then.
// Errors: Internal for a name that no key can have, and for a file that holds no
// key; Unavailable if the directory cannot be read or written.
func (k *Keys) Key(ctx context.Context, name string) ([]byte, error) {
	const op = "make key"
	for {
		key, err := k.Existing(ctx, name)
		if !survey.Is(err, survey.NotFound) {
			return key, err
		}
		switch err := k.make(name); {
		case err == nil, errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist):
			// It is there now; or another process was faster; or another one that was
			// just starting took this one's file for a leftover.
		default:
			return nil, unavailable(op, err)
		}
	}
}

// Existing returns the key of a name, NotFound if there is none; else it is as Key.
func (k *Keys) Existing(ctx context.Context, name string) ([]byte, error) {
	const op = "read key"
	path, err := k.path(op, name)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, unavailable(op, err)
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, survey.NewError(survey.NotFound, op, nil)
	}
	if err != nil {
		return nil, unavailable(op, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(key) != Size {
		return nil, survey.NewError(survey.Internal, op, fmt.Errorf("%s does not hold a key; put the right file back", path))
	}
	// The process that made it may not have heard from the disk yet, and what this
	// one seals with it must not outlive it.
	return key, k.ensureDurable(op, name)
}

// Destroy overwrites and removes the key of a name. When it returns nil there is
// none, also after a crash; it is no error that there was none before.
func (k *Keys) Destroy(_ context.Context, name string) error {
	const op = "destroy key"
	path, err := k.path(op, name)
	if err != nil {
		return err
	}
	// It gets a name of its own first: nobody reads a key that is half overwritten,
	// and what a crash leaves is found at the next start.
	doomed := filepath.Join(k.dir, destroyingPrefix+rand.Text())
	switch err := os.Rename(path, doomed); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return unavailable(op, err)
	default:
		if err := overwrite(doomed); err != nil {
			return unavailable(op, err)
		}
	}
	k.mu.Lock()
	delete(k.durable, name)
	k.mu.Unlock()
	if err := syncDir(k.dir); err != nil { // also where another process removed it
		return unavailable(op, err)
	}
	return nil
}

// make makes the key of a name; fs.ErrExist if there is one. The file gets its
// name when it is whole and on disk, so that nobody reads a part of it.
func (k *Keys) make(name string) error {
	making := filepath.Join(k.dir, makingPrefix+rand.Text())
	key := make([]byte, Size)
	_, _ = rand.Read(key) // never fails: see crypto/rand
	if err := writeFile(making, []byte(hex.EncodeToString(key)+"\n")); err != nil {
		return err
	}
	defer func() { _ = os.Remove(making) }()
	return os.Link(making, filepath.Join(k.dir, name+suffix)) // unlike renaming, it never replaces a key
}

func (k *Keys) path(op, name string) (string, error) {
	if !named.MatchString(name) {
		return "", survey.NewError(survey.Internal, op, fmt.Errorf("no key can be called %q", name))
	}
	return filepath.Join(k.dir, name+suffix), nil
}

// ensureDurable waits until the entry of a key in the directory is on disk, once
// in a process.
func (k *Keys) ensureDurable(op, name string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.durable[name] {
		return nil
	}
	if err := syncDir(k.dir); err != nil {
		return unavailable(op, err)
	}
	k.durable[name] = true
	return nil
}

func unavailable(op string, err error) error { return survey.NewError(survey.Unavailable, op, err) }
