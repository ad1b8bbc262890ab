// Package shelltest carries out commands as a shell does, on stores of their own,
// for the tests of commands. It must not know any command.
package shelltest

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
)

// Run carries out a command line below root.
func Run(t testing.TB, root *cobra.Command, args ...string) (out, messages string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	root.SetArgs(args)
	root.SetOut(&stdout)
	root.SetErr(&stderr)
	err = root.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), err
}

// WantExit carries out a command line below root and fails unless it ends with an
// exit code.
func WantExit(t testing.TB, root *cobra.Command, want int, args ...string) {
	t.Helper()
	if code := shell.Run(t.Context(), root, args); code != want {
		t.Fatalf("hailong %q: exit code %d, want %d", args, code, want)
	}
}

// BoltURL names a file for a store that nobody has used.
func BoltURL(t testing.TB) string {
	t.Helper()
	return "bolt:" + filepath.Join(t.TempDir(), "store.db")
}

// OpenURL opens the store of a URL as a server does.
func OpenURL(t testing.TB, url string) shell.OpenStore {
	t.Helper()
	s, err := (&shell.StoreOption{Flag: "store", URL: url}).Own(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// CloseStore closes a store of OpenURL.
func CloseStore(t testing.TB, s shell.OpenStore) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// WriteTemp makes a file that goes away with the test, and returns its path.
func WriteTemp(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ReadFile is the content of a file.
func ReadFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
