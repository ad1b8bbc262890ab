package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hailong/survey/tempdir"
)

// WriteNew has a file written that must not be there yet. It gets its name when it is
// whole: what could not be finished is not left behind, nor taken for the whole.
func WriteNew(path string, write func(io.Writer) error) (err error) {
	taken := fmt.Errorf("%[1]s đã có; xin chọn tên khác / %[1]s exists; choose a new name", path)
	if _, err := os.Lstat(path); err == nil {
		return taken
	}
	dir, err := tempdir.New(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	unfinished := dir.Path("new")
	file, err := os.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return err
	}
	switch err := os.Link(unfinished, path); { // unlike renaming, it never replaces a file
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return taken
	}
	return os.Rename(unfinished, path) // a file system without links
}
