package health

import "golang.org/x/sys/unix"

// diskFree is the room that is left on the disk of a file, in bytes; negative: not known.
func diskFree(path string) int64 {
	var disk unix.Statfs_t
	if unix.Statfs(path, &disk) != nil {
		return -1
	}
	return int64(disk.Bavail) * disk.Bsize //nolint:gosec // no disk is so large
}
