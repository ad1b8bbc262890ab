package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"hailong/survey/tempdir"
)

// importFile is a file of responses as it was when the import began. It is read
// twice, and its hash goes into the audit log: from a copy, so that all three are of
// the same bytes, whoever saves the file meanwhile.
type importFile struct {
	path   string // as it was named
	copied string
	dir    *tempdir.Dir
	sum    string // SHA-256, in hexadecimal
}

// copyOf copies a file to where nobody else reads it. The caller removes the copy.
func copyOf(path string) (f importFile, err error) {
	from, err := os.Open(path) // the user names the file
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if f.dir, err = tempdir.New(""); err != nil {
		return f, err
	}
	f.path, f.copied = path, f.dir.Path("rows"+filepath.Ext(path)) // the ending tells a workbook
	to, err := os.OpenFile(f.copied, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return f, errors.Join(err, f.remove())
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, sum), from)
	if err = errors.Join(err, to.Close()); err != nil {
		return f, errors.Join(err, f.remove())
	}
	f.sum = hex.EncodeToString(sum.Sum(nil))
	return f, nil
}

func (f importFile) remove() error { return f.dir.Close() }
