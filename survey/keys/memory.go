package keys

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"hailong/survey"
)

// memorySuffix ends the names of files that Remember writes.
const memorySuffix = ".last"

// Remember keeps a text under a name beside the keys, in the place of an older one: what
// has to be known when the store itself is not to be believed, after a backup of it was
// restored or somebody rewrote it. It is on disk when nil is returned; a reader gets the
// old text or the new one. Errors are those of Key.
func (k *Keys) Remember(_ context.Context, name string, text []byte) error {
	const op = "remember"
	if !named.MatchString(name) {
		_, err := k.path(op, name)
		return err
	}
	making := filepath.Join(k.dir, makingPrefix+rand.Text())
	if err := writeFile(making, text); err != nil {
		return unavailable(op, err)
	}
	if err := os.Rename(making, filepath.Join(k.dir, name+memorySuffix)); err != nil {
		return unavailable(op, errors.Join(err, os.Remove(making)))
	}
	if err := syncDir(k.dir); err != nil {
		return unavailable(op, err)
	}
	return nil
}

// Remembered is the text that was kept under a name last; NotFound if there is none.
func (k *Keys) Remembered(_ context.Context, name string) ([]byte, error) {
	const op = "read what was remembered"
	if !named.MatchString(name) {
		_, err := k.path(op, name)
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(k.dir, name+memorySuffix)) //nolint:gosec // the name was looked at
	if errors.Is(err, fs.ErrNotExist) {
		return nil, survey.NewError(survey.NotFound, op, nil)
	}
	if err != nil {
		return nil, unavailable(op, err)
	}
	return text, nil
}
