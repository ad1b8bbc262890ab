package health

import (
	"time"

	"golang.org/x/sys/unix"
)

// Elapsed is the time since the machine started. It counts on while the machine sleeps,
// which the time that Go itself counts does not: an office closes its laptop at night.
func Elapsed() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(began)
	}
	return time.Duration(t.Nano())
}
