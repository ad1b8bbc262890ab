package columns

import (
	"bytes"
	"cmp"
	"context"
	"runtime"
	"slices"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"hailong/analysis/results/segments"
	"hailong/survey"
)

// lookups is how many responses are read one by one at once.
const lookups = 16

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// source visits documents of responses.
type source func(visit func(bson.Raw) error) error

// sourceOf is what is read from the store: everything where there are no segments, else what
// is in none of them. What came late, and marks of what was taken back, come first.
func sourceOf(ctx context.Context, store survey.Store, proven []segments.Proven) source {
	return func(visit func(bson.Raw) error) error {
		for _, p := range proven {
			if err := eachLate(ctx, store, p.Late, visit); err != nil {
				return err
			}
		}
		for _, gap := range segments.Ranges(proven) {
			if err := store.Scan(ctx, survey.Responses, gap[0], gap[1], visit); err != nil {
				return err
			}
		}
		return nil
	}
}

// eachLate visits the responses with some ids that are stored.
func eachLate(ctx context.Context, store survey.Store, ids []uuid.UUID, visit func(bson.Raw) error) error {
	for some := range slices.Chunk(ids, lookups) {
		docs := make([]bson.Raw, len(some))
		group, ctx := errgroup.WithContext(ctx)
		for i, id := range some {
			group.Go(func() (err error) {
				docs[i], err = store.Get(ctx, survey.Responses, id.String())
				if survey.Is(err, survey.NotFound) { // the ledger names it, and it was never stored
					return nil
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		for _, doc := range docs {
			if doc == nil {
				continue
			}
			if err := visit(doc); err != nil {
				return err
			}
		}
	}
	return nil
}

// scan reads the responses once, from segments where these are proven. A segment that
// turns out to be damaged is dropped, and all is read anew.
func (f *filling) scan(ctx context.Context, store survey.Store) error {
	for {
		f.begin()
		var proven []segments.Proven
		if f.segments != nil {
			var err error
			if proven, err = f.segments.Proven(ctx, store); err != nil {
				return err
			}
		}
		f.into.segments = proven
		if err := f.scanStore(ctx, sourceOf(ctx, store, proven)); err != nil {
			return err
		}
		if f.into.standings.Moved() { // for what was taken back: all is read once more
			return nil
		}
		whole, err := f.takeSegments(proven)
		if err != nil || whole {
			return err
		}
	}
}

// takeSegments takes the responses of segments, and reports whether all could be read.
func (f *filling) takeSegments(proven []segments.Proven) (whole bool, err error) {
	out := excluded(&f.into.standings)
	ids := make([]uuid.UUID, len(out))
	for i := range out {
		ids[i] = out[i].id
	}
	stop := make(chan struct{})
	defer close(stop)
	for next := range readSegments(proven, ids, stop) {
		s := <-next
		err := s.err
		if err == nil {
			err = f.takeSegment(s, ids, out)
		}
		if err != nil {
			return false, f.segments.Drop(s.Segment, err)
		}
		f.rows += s.Rows()
		f.fromSegments += s.Rows()
	}
	return true, nil
}

// segmentRead is what was read of a segment.
type segmentRead struct {
	segments.Proven
	blocks []*segments.Block
	groups [][]segments.GroupCount // of each block
	out    map[uuid.UUID]int       // rows of responses that were out of force at some time
	err    error
}

// readSegments reads several segments at once; they come in their order, until stop is
// closed.
func readSegments(proven []segments.Proven, out []uuid.UUID, stop <-chan struct{}) <-chan chan segmentRead {
	reads := make(chan chan segmentRead, runtime.GOMAXPROCS(0))
	go func() {
		defer close(reads)
		for _, p := range proven {
			next := make(chan segmentRead, 1)
			select {
			case reads <- next:
			case <-stop:
				return
			}
			go func() { next <- readSegment(p, out) }()
		}
	}()
	return reads
}

func readSegment(p segments.Proven, out []uuid.UUID) (s segmentRead) {
	s.Proven = p
	if s.out, s.err = p.Find(out); s.err != nil {
		return s
	}
	s.err = p.Load(func(b *segments.Block, groups []segments.GroupCount) error {
		s.blocks, s.groups = append(s.blocks, b), append(s.groups, groups)
		return nil
	})
	return s
}

// takeSegment takes what was read of a segment.
func (f *filling) takeSegment(read segmentRead, ids []uuid.UUID, out []exclusion) error {
	rows := read.out
	exceptions := make([]exception, 0, len(rows))
	for id, row := range rows {
		at, _ := slices.BinarySearchFunc(ids, id, compareIDs)
		exceptions = append(exceptions, exception{row, out[at].out})
	}
	slices.SortFunc(exceptions, func(a, b exception) int { return cmp.Compare(a.row, b.row) })
	for i, b := range read.blocks {
		s, err := f.into.columns(b.Campaign)
		if err != nil {
			return err
		}
		n, _ := slices.BinarySearchFunc(exceptions, b.Rows, func(x exception, row int) int { return cmp.Compare(x.row, row) })
		if err := s.takeBlock(b, read.groups[i], exceptions[:n]); err != nil {
			return err
		}
		exceptions = exceptions[n:]
		for k := range exceptions {
			exceptions[k].row -= b.Rows
		}
	}
	return nil
}

// holds reports whether a response was in a segment when all was loaded. One whose file is
// gone since is not found: it is counted as waiting once more until the next load.
func (b *loaded) holds(id uuid.UUID) bool {
	return slices.ContainsFunc(b.segments, func(p segments.Proven) bool {
		found, err := p.Find([]uuid.UUID{id})
		return err == nil && len(found) > 0
	})
}
