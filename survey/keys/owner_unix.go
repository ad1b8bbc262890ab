//go:build unix

package keys

import (
	"os"
	"syscall"
)

// giveToOwner makes whoever owns a directory the owner of a new file in it, where this
// process may do that.
func giveToOwner(file *os.File, dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return file.Chown(int(owner.Uid), int(owner.Gid))
}
