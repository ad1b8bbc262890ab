package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// WriteNew has a file written that must not be there yet. What could not be
// finished is not left behind.
func WriteNew(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%[1]s đã có; xin chọn tên khác / %[1]s exists; choose a new name", path)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
