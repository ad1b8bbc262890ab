package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

// No release is cut before it is known what is suspect.
func TestReleaseWaitsForTheJudgement(t *testing.T) {
	t.Parallel()
	failed := errors.New("not judged")
	d := dailyRelease{judge: func(context.Context) error { return failed }, now: time.Now} // and nothing that could cut
	if err := d.cut(t.Context()); !errors.Is(err, failed) || d.last != "" {
		t.Errorf("error %v, cut on %q; want that of the judgement and no cut", err, d.last)
	}
}
