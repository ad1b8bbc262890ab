package shell_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"hailong/cmd/hailong/shell"
)

func TestNewFileIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	unfinished := filepath.Join(t.TempDir(), "b.csv")
	full := errors.New("the disk is full")
	if err := shell.WriteNew(unfinished, func(io.Writer) error { return full }); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(unfinished); err == nil {
		t.Error("half a file was left behind")
	}
}
