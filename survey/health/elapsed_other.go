//go:build !linux

package health

import "time"

// Elapsed is the time since this process started, as Go counts it. On Windows that goes
// on while the machine sleeps.
func Elapsed() time.Duration { return time.Since(began) }
