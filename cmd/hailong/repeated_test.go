package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// On a full disk each refused form was a line, on the same full disk: 0.6 MB in a
// quarter of a minute. Now it is a handful, and none is lost from the count.
func TestRepeatedMessagesAreCounted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	handler := newRepeated(slog.NewTextHandler(&out, nil))
	log := slog.New(handler)
	const failures = 10_000
	var wait sync.WaitGroup
	for worker := range 10 {
		wait.Go(func() {
			for i := range failures / 10 {
				log.With("worker", worker).Warn("request could not be served now", "request", i, "error", errors.New("the disk is full"))
			}
		})
	}
	wait.Wait()
	log.Error("another failure", "error", errors.New("which must be seen"))
	if err := handler.summarise(t.Context()); err != nil {
		t.Fatal(err)
	}
	written := out.String()
	lines := strings.Split(strings.TrimSpace(written), "\n")
	if len(lines) != mostRepeated+2 {
		t.Errorf("%d lines for %d failures and another one, want %d:\n%s", len(lines), failures, mostRepeated+2, written)
	}
	if !strings.Contains(written, "which must be seen") {
		t.Error("a failure of another kind was not logged")
	}
	more := regexp.MustCompile(`worker=\d .*error="the disk is full" more_like_this=(\d+)`).FindStringSubmatch(written)
	if more == nil || more[1] != strconv.Itoa(failures-mostRepeated) {
		t.Errorf("the summary says %q, want an example and %d more:\n%s", more, failures-mostRepeated, written)
	}

	// What happens in the next minute is said again, and a quiet one says nothing.
	out.Reset()
	if err := handler.summarise(t.Context()); err != nil || out.Len() != 0 {
		t.Errorf("a quiet minute ends with error %v and %q, want neither", err, out.String())
	}
	log.Warn("request could not be served now")
	if strings.Count(out.String(), "\n") != 1 {
		t.Errorf("the first failure of a new minute: %q, want one line", out.String())
	}
	for range 100 {
		log.Info("request answered")
	}
	if n := strings.Count(out.String(), "request answered"); n != 100 {
		t.Errorf("%d lines that are no warning, want all 100", n)
	}
}

// What was counted is written before the server ends.
func TestRepeatedMessagesAtTheEnd(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	handler := newRepeated(slog.NewTextHandler(&out, nil))
	for range mostRepeated + 3 {
		slog.New(handler).Warn("not ready")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	handler.run(ctx, make(chan time.Time))
	if !strings.Contains(out.String(), "more_like_this=3") {
		t.Errorf("the log ends with %q, want that 3 more were not written", out.String())
	}
}
