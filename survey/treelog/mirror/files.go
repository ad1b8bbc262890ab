package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"hailong/survey"
	"hailong/survey/treelog"
)

// The files of a mirror. That of the head begins with the key, so that both change at once.
const (
	headFile    = "head"
	recordsFile = "records"
)

// ErrDamaged is about a mirror whose own files do not fit each other.
var ErrDamaged = errors.New("tệp trong thư mục đối chứng không khớp nhau: đã bị sửa hoặc hỏng; xin giữ nguyên thư mục này và lập thư mục mới / the files of this mirror do not fit each other: they were altered or damaged; keep the directory as it is, and begin another one")

// ErrNone is about a directory that holds no mirror.
var ErrNone = errors.New("thư mục này chưa có bản đối chứng; xin chạy “hailong mirror” trước / this directory holds no mirror yet; run \"hailong mirror\" first")

// Mirror is the copy in a directory, as it was verified last.
type Mirror struct {
	Key     string
	Head    survey.LogHead
	records treelog.Records
}

// Holds reports whether a tree is one over the first records of the mirror.
func (m *Mirror) Holds(t treelog.Tree) bool { return m.records.Holds(t) }

// Size is how many records the mirror has.
func (m *Mirror) Size() int64 { return m.records.Size() }

// Open reads the mirror of a directory and verifies it. Errors: ErrNone, ErrDamaged, and
// those of the file system.
func Open(dir string) (*Mirror, error) {
	known, err := read(dir, headFile)
	if errors.Is(err, fs.ErrNotExist) { // also after a kill before the first head
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	key, signed, _ := strings.Cut(string(known), "\n\n")
	m := &Mirror{Key: key}
	head, tree, err := treelog.OpenHead(signed, key)
	if err != nil {
		return nil, ErrDamaged
	}
	text, err := read(dir, recordsFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := parse(text, &m.records, tree.Size); err != nil || m.records.Tree() != tree {
		return nil, ErrDamaged
	}
	m.Head = head
	return m, nil
}

// parse reads records up to a size; what follows was not verified.
func parse(text []byte, records *treelog.Records, size int64) error {
	for records.Size() < size && len(text) > 0 {
		id, record, rest, err := tlog.ParseRecord(text)
		if err != nil || id != records.Size() {
			return ErrDamaged
		}
		if err := records.Append(string(record)); err != nil {
			return err
		}
		text = rest
	}
	return nil
}

// format writes records.
func format(records *treelog.Records) ([]byte, error) {
	var all []byte
	for n := range records.Size() {
		text, err := tlog.FormatRecord(n, []byte(records.Text(n)))
		if err != nil {
			return nil, err
		}
		all = append(all, text...)
	}
	return all, nil
}

func read(dir, name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // the operator names the directory
}

// write puts a file in its place, on disk.
func write(dir, name string, content []byte) (err error) {
	file, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // gone already if all went well
	_, err = file.Write(content)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(file.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	entries, err := os.Open(dir) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	return errors.Join(entries.Sync(), entries.Close())
}
