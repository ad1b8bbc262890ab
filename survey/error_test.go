package survey_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hailong/survey"
)

func TestIs(t *testing.T) {
	t.Parallel()
	notFound := survey.NewError(survey.NotFound, "find", nil)
	for name, c := range map[string]struct {
		err  error
		kind survey.Kind
		want bool
	}{
		"Same":          {notFound, survey.NotFound, true},
		"Other":         {notFound, survey.Conflict, false},
		"Wrapped":       {fmt.Errorf("read: %w", notFound), survey.NotFound, true},
		"OuterKind":     {survey.NewError(survey.Unavailable, "read", notFound), survey.NotFound, false},
		"Nil":           {nil, survey.NotFound, false},
		"NilInternal":   {nil, survey.Internal, false},
		"PlainInternal": {errors.New("disk"), survey.Internal, true},
		"PlainOther":    {errors.New("disk"), survey.NotFound, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := survey.Is(c.err, c.kind); got != c.want {
				t.Errorf("Is(%v, %s) = %v, want %v", c.err, c.kind, got, c.want)
			}
		})
	}
}

func TestWaitRoundsUp(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]int{time.Second: 1, 1001 * time.Millisecond: 2, time.Minute: 60, time.Nanosecond: 1} {
		if got := survey.Wait(wait).Seconds(); got != want {
			t.Errorf("%v is %d s, want %d", wait, got, want)
		}
	}
}
