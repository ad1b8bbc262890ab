package main

import (
	"context"
	"time"

	"hailong/survey"
)

// compactEvery is how often a store is looked through for bytes of documents that
// were erased.
const compactEvery = 24 * time.Hour

// compacter is a store that keeps bytes of deleted documents until it is compacted.
type compacter interface {
	Compact(ctx context.Context) error
}

// compaction has a store compacted every day, and when it is woken.
type compaction struct {
	store compacter     // nil: one that clears what it frees by itself
	woken chan struct{} // holds one call
}

func newCompaction(store survey.Store) *compaction {
	c := &compaction{woken: make(chan struct{}, 1)}
	c.store, _ = store.(compacter)
	return c
}

// wake has the store compacted soon, in the background.
func (c *compaction) wake() {
	select {
	case c.woken <- struct{}{}:
	default: // somebody has called already
	}
}

// start starts the job; nothing where the store needs none.
func (c *compaction) start(ctx context.Context, work *jobs) {
	if c.store == nil {
		return
	}
	work.start(ctx, job{
		name: "compact store", every: compactEvery, do: c.store.Compact, wake: c.woken,
		failed: "bytes of what was erased may still be in the file; it is tried again",
	})
}
