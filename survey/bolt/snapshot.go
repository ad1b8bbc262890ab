package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"hailong/survey"
)

// Snapshot writes the store as of one moment to a new file, which Open opens.
// Writes go on meanwhile. An existing file is an error; a file that could not
// be finished is removed.
func (s *Store) Snapshot(ctx context.Context, path string) error {
	const op = "copy store"
	err := s.view(ctx, op, func(tx *bbolt.Tx) (err error) {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		defer func() {
			if err = errors.Join(err, file.Close()); err != nil {
				_ = os.Remove(path)
			}
		}()
		if _, err := tx.WriteTo(untilDone{ctx, file}); err != nil {
			return err
		}
		return file.Sync()
	})
	var known *survey.Error
	if err != nil && errors.As(err, &known) && known.Kind == survey.Internal && !errors.Is(err, errDamaged) {
		return survey.NewError(survey.Unavailable, op, fmt.Errorf("%s cannot be written: %w", path, known.Err))
	}
	return err
}

// untilDone stops a long copy when its context ends.
type untilDone struct {
	ctx  context.Context
	file *os.File
}

func (w untilDone) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.file.Write(b)
}

// Snapshot is Store.Snapshot, done by the process that has the file.
func (r *Remote) Snapshot(ctx context.Context, path string) error {
	path, err := filepath.Abs(path) // the other process has another working directory
	if err != nil {
		return survey.NewError(survey.Internal, "copy store", err)
	}
	_, err = r.call(ctx, "Snapshot", ShareRequest{Path: path})
	return err
}
