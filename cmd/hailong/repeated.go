package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// mostRepeated is how often one message is written within a minute. What follows is
	// counted: a full disk, or anybody who asks often, must not fill the disk with lines.
	mostRepeated = 5

	// repeatedEvery is how often the counts are written.
	repeatedEvery = time.Minute
)

// repeated passes log lines on, but of warnings and errors with the same message only
// the first few of each minute; of the others the last one, with their number. It
// believes no clock: a minute ends when somebody calls summarise.
type repeated struct {
	slog.Handler
	shared *repeatedMessages
}

// repeatedMessages is what a handler and those derived from it share. Messages are
// constants of this program, so there are few.
type repeatedMessages struct {
	mu     sync.Mutex
	counts map[repeatedMessage]*repeatedCount
}

type repeatedMessage struct {
	level slog.Level
	text  string
}

type repeatedCount struct {
	seen    int
	last    slog.Record  // that was not written
	handler slog.Handler // which would have written it
}

func newRepeated(h slog.Handler) *repeated {
	return &repeated{h, &repeatedMessages{counts: map[repeatedMessage]*repeatedCount{}}}
}

// Handle implements slog.Handler.
func (r *repeated) Handle(ctx context.Context, line slog.Record) error {
	if line.Level < slog.LevelWarn || r.shared.first(r.Handler, &line) {
		return r.Handler.Handle(ctx, line)
	}
	return nil
}

// first reports whether a line is among the first of its minute, and counts it.
func (m *repeatedMessages) first(h slog.Handler, line *slog.Record) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := repeatedMessage{line.Level, line.Message}
	count := m.counts[key]
	if count == nil {
		count = new(repeatedCount)
		m.counts[key] = count
	}
	count.seen++
	if count.seen <= mostRepeated {
		return true
	}
	count.last, count.handler = line.Clone(), h
	return false
}

// summarise writes what was counted since the last time.
func (r *repeated) summarise(ctx context.Context) error {
	r.shared.mu.Lock()
	counts := r.shared.counts
	r.shared.counts = map[repeatedMessage]*repeatedCount{}
	r.shared.mu.Unlock()
	var failed error
	for _, count := range counts {
		if count.seen <= mostRepeated {
			continue
		}
		count.last.AddAttrs(slog.Int("more_like_this", count.seen-mostRepeated))
		failed = errors.Join(failed, count.handler.Handle(ctx, count.last))
	}
	return failed
}

// run writes the counts at each tick until ctx ends, and then once more.
func (r *repeated) run(ctx context.Context, tick <-chan time.Time) {
	for ended := false; !ended; {
		select {
		case <-tick:
		case <-ctx.Done():
			ended = true
		}
		_ = r.summarise(context.WithoutCancel(ctx)) // a log that cannot be written cannot say so
	}
}

// WithAttrs implements slog.Handler.
func (r *repeated) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &repeated{r.Handler.WithAttrs(attrs), r.shared}
}

// WithGroup implements slog.Handler.
func (r *repeated) WithGroup(name string) slog.Handler {
	return &repeated{r.Handler.WithGroup(name), r.shared}
}
