package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"hailong/analysis/results"
	"hailong/survey/takeback"
)

// buildSegmentsEvery is how often responses are looked for that are in no segment yet, and
// segments that are not as the store any more.
const buildSegmentsEvery = 10 * time.Minute

// segmentsPath is the directory of segments: the one that was chosen, else one beside the
// file of the store. A MongoDB has none of itself: answers come to lie on the disk of a
// server only where its office chose one.
func (o *serveOptions) segmentsPath() (string, error) {
	if o.segments != "" {
		return o.segments, nil
	}
	path, err := o.store.BoltPath()
	if err != nil || path == "" {
		return "", err
	}
	return strings.TrimSuffix(path, ".db") + ".segments", nil
}

// keptSegments are the segments of a server; nil in them: it keeps none.
type keptSegments struct {
	*results.Segments
	released *results.Released
	log      *slog.Logger
}

// openSegments has figures loaded from segments in a directory. A server that cannot use
// it loads them from all responses, and is none the worse for it.
func openSegments(path string, released *results.Released, log *slog.Logger) keptSegments {
	if path == "" {
		return keptSegments{}
	}
	segments, err := released.OpenSegments(path, log)
	if err != nil {
		log.Warn("figures are loaded from all responses, because the directory of segments cannot be used", "directory", path, "error", err)
		return keptSegments{}
	}
	return keptSegments{segments, released, log}
}

// start has segments made in the background, and taken care of when a response is taken
// back.
func (k keptSegments) start(ctx context.Context, work *jobs, receipts *takeback.Receipts) {
	if k.Segments == nil {
		return
	}
	receipts.Erasing = k.Forget
	work.start(ctx, job{name: "build segments", every: buildSegmentsEvery, do: func(ctx context.Context) error {
		if err := k.released.Load(ctx); err != nil { // figures first
			return err
		}
		made, err := k.Build(ctx)
		if made > 0 {
			k.log.Info("segments made", "responses", made)
		}
		return err
	}, failed: "the next start takes longer; it is tried again"})
}

// close gives the directory to another process. Jobs have ended.
func (k keptSegments) close() {
	if k.Segments == nil {
		return
	}
	if err := k.Close(); err != nil {
		k.log.Warn("the directory of segments is not free yet", "error", err)
	}
}
