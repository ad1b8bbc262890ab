//go:build unix

package segments

import (
	"errors"
	"fmt"
	"os"
)

// syncDirectory has the disk keep which names a directory holds.
func syncDirectory(path string) error {
	f, err := os.Open(path) //nolint:gosec // a directory of ours
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}
