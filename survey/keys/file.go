package keys

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes a new file for the owner of its directory alone, and waits for the
// disk. A command that root runs beside a server leaves nothing that the server cannot
// read.
func writeFile(path string, content []byte) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			_ = os.Remove(path)
		}
	}()
	if err := giveToOwner(file, filepath.Dir(path)); err != nil {
		return err
	}
	if _, err := file.Write(content); err != nil {
		return err
	}
	return file.Sync()
}

// overwrite writes zeros over a file, waits for the disk and removes it. Where the
// file system or the disk writes elsewhere than before, the old bytes may lie in
// blocks that are free; whoever can read those has the machine in hand.
func overwrite(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) { // another process was faster
		return nil
	}
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		_, err = file.Write(make([]byte, info.Size()))
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return remove(path)
}

// remove removes a file that another process may be removing too.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir waits until the names in a directory are on disk.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
