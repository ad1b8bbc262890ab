package keys_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"hailong/survey/keys"
)

// A key that root makes beside a server of another user is that user's.
func TestKeysBelongToTheOwnerOfTheDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	owner := uint32(os.Geteuid())
	if owner == 0 {
		owner = 65534
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, int(owner), -1); err != nil {
		t.Fatal(err)
	}
	k, err := keys.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Key(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "a.key"))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Sys().(*syscall.Stat_t).Uid; got != owner || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is of user %d, mode %v; want %d and 0600", got, info.Mode(), owner)
	}
}
