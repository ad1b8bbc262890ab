package people

import (
	"strconv"
	"testing"
	"time"

	"hailong/survey"
)

// Guesses for ever more logins do not fill the memory.
func TestThrottleStaysSmall(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 9, 30, 0, 0, survey.Zone)
	throttle := NewThrottle(func() time.Time { return now })
	for i := range throttleSize + 10 {
		throttle.Failed(survey.Login(strconv.Itoa(i)), "home")
	}
	if n := len(throttle.failed); n > throttleSize {
		t.Errorf("%d entries are kept, want at most %d", n, throttleSize)
	}
}
