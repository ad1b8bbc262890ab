package surveytest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// WriteFile writes a file that is gone after the test, and returns its path.
func WriteFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ErrDiskFull is the error of FullDisk.
var ErrDiskFull = errors.New("no space left")

// FullDisk takes so many writes, and then no more.
type FullDisk struct{ Left int }

func (d *FullDisk) Write(b []byte) (int, error) {
	if d.Left--; d.Left < 0 {
		return 0, ErrDiskFull
	}
	return len(b), nil
}
