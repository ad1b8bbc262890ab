package bolt

import (
	"context"
	"errors"
	"os"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"hailong/survey"
	"hailong/survey/storefile"
)

// Check reads the whole file as it is at one moment, every page and every document
// in it, and reports what is damaged. told is called with the bytes read since the
// last call, and may wait; an error of it ends the check. Writes go on meanwhile; what
// they free is not used again before the end. A store in which damage is found takes
// no write any more.
func (s *Store) Check(ctx context.Context, told func(bytes int) error, found func(survey.Damage)) (n survey.Inspected, err error) {
	const op = "check store"
	var (
		still    *bbolt.Tx // keeps the pages from being used again
		of       *openFile
		file     *os.File
		look     *storefile.Inspection
		readable bool
	)
	defer func() {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
		if still != nil {
			err = errors.Join(err, still.Rollback())
			of.readers.Done()
		}
	}()
	noted := func(d survey.Damage) {
		_ = s.latch.Note(&d)
		found(d)
	}
	// Where writes are done nobody writes: the file has the name, no meta page is half
	// written, and the newest one is that of the transaction, which keeps its pages from
	// being used again.
	if err := s.submit(ctx, op, &write{reading: true, alone: func() (err error) {
		if still, err = s.file.db.Begin(false); err != nil {
			still = nil
			return err
		}
		of = s.file
		of.readers.Add(1)
		if file, err = os.Open(s.path); err == nil {
			look, readable = storefile.Inspect(file, told, noted)
		}
		return err
	}}); err != nil {
		return n, err
	}
	if readable {
		if err := guard(look.Pages); err != nil {
			return look.Extent, survey.NewError(survey.Unavailable, op, err)
		}
	}
	return look.Extent, nil
}

// CheckFile is Check of a file that no process has open, also of one that cannot be
// opened for its damage. Nothing is changed in it.
func CheckFile(path string, told func(bytes int) error, found func(survey.Damage)) (survey.Inspected, error) {
	const op = "check store"
	release, err := claim(path)
	if err != nil {
		return survey.Inspected{}, err
	}
	defer release()
	file, err := os.Open(path)
	if err != nil {
		return survey.Inspected{}, survey.NewError(survey.Unavailable, op, err)
	}
	defer func() { _ = file.Close() }()
	look, readable := storefile.Inspect(file, told, found)
	if readable {
		if err := look.Pages(); err != nil {
			return look.Extent, survey.NewError(survey.Unavailable, op, err)
		}
	}
	return look.Extent, nil
}

// OpenDamaged opens a file that no process has open, for a salvage. Nothing is changed in
// it. Errors are those of storefile.OpenDamaged, and Unavailable with the cause ErrInUse.
// The caller closes it.
func OpenDamaged(path string, told func(bytes int) error) (*storefile.Damaged, error) {
	release, err := claim(path)
	if err != nil {
		return nil, err
	}
	defer release()
	return storefile.OpenDamaged(path, told)
}

// claim makes sure that no process has a file, until it is released. Whoever writes has
// the lock alone, so that a reader who gets it is alone too. A file that bbolt cannot
// open for its damage, no process has.
func claim(path string) (release func(), err error) {
	db, err := openBolt(path, true)
	switch {
	case err == nil:
		return func() { _ = db.Close() }, nil
	case errors.Is(err, berrors.ErrTimeout):
		return nil, openError(path, err)
	}
	return func() {}, nil
}
