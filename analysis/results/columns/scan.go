package columns

import (
	"context"
	"sync"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"
)

// scanBatch is how many bytes of documents change hands at once.
const scanBatch = 256 << 10

// scanParallel visits documents of a source, as a Scan whose visits are shared among several workers, for
// when a visit costs more than reading. Each worker, numbered from 0, is one
// goroutine; each document is visited by one of them, in no order. The visited
// bytes are valid only during the call. The first error ends the scan.
func scanParallel(ctx context.Context, from source, workers int, visit func(worker int, doc bson.Raw) error) error {
	type batch struct {
		docs []byte // one after the other
		ends []int
	}
	pool := sync.Pool{New: func() any { return &batch{docs: make([]byte, 0, scanBatch+scanBatch/4)} }}
	batches := make(chan *batch, workers)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(batches)
		b := pool.Get().(*batch)
		pass := func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			select {
			case batches <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
			b = pool.Get().(*batch)
			b.docs, b.ends = b.docs[:0], b.ends[:0]
			return nil
		}
		err := from(func(doc bson.Raw) error {
			b.docs = append(b.docs, doc...)
			b.ends = append(b.ends, len(b.docs))
			if len(b.docs) < scanBatch {
				return nil
			}
			return pass()
		})
		if err != nil {
			return err
		}
		return pass()
	})
	for worker := range workers {
		group.Go(func() error {
			for b := range batches {
				start := 0
				for _, end := range b.ends {
					if err := visit(worker, b.docs[start:end:end]); err != nil {
						return err
					}
					start = end
				}
				pool.Put(b)
			}
			return nil
		})
	}
	return group.Wait()
}
