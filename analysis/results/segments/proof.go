package segments

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/ledger"
)

// lookups is how many responses are read from the store at once.
const lookups = 16

// mostLate bounds how many responses of a segment are read one by one beside it: reading
// its range anew is cheaper then.
const mostLate = 5_000

// Proven is a segment of which the store shows that it is as the store.
type Proven struct {
	*Segment
	Late []uuid.UUID // responses of its range, or marks, that are to be read from the store
}

var (
	errOtherStore = errors.New("the store is another one, or was put back to an earlier state")
	errBlurred    = errors.New("moments of receipt were blurred since")
	errTakenBack  = errors.New("a response in it was taken back")
	errBroughtIn  = errors.New("a response that had been taken back is there again")
	errTooLate    = errors.New("too many responses came since")
)

// Proven returns the segments that are as the store, and removes the others. With them and
// what is stored outside their ranges every response is read once. Errors are those of the
// store, and of files that cannot be removed.
func (d *Directory) Proven(ctx context.Context, store survey.Store) ([]Proven, error) {
	proven, _, err := d.prove(ctx, store)
	return proven, err
}

// prove also returns where the ledger was closed to before anything else was read.
func (d *Directory) prove(ctx context.Context, store survey.Store) ([]Proven, ledger.ClosedPosition, error) {
	now, err := ledger.PositionOf(ctx, store)
	if err != nil {
		return nil, nil, err
	}
	d.mu.Lock()
	position, segments, late := d.position, slices.Clone(d.segments), map[*Segment][]uuid.UUID{}
	for _, s := range segments {
		late[s] = slices.Clone(d.late[s])
	}
	d.mu.Unlock()
	if len(segments) == 0 {
		return nil, now, nil
	}
	var named []uuid.UUID
	goesOn, err := position.Since(ctx, store, func(id uuid.UUID) { named = append(named, id) })
	if err != nil {
		return nil, nil, err
	}
	if !goesOn {
		d.dropped(errOtherStore)
		d.mu.Lock()
		defer d.mu.Unlock()
		return nil, now, d.remove(func(*Segment) bool { return true })
	}
	slices.SortFunc(named, compareIDs)
	marks, err := takenBack(ctx, store)
	if err != nil {
		return nil, nil, err
	}
	var all []Proven
	for _, s := range segments {
		p := Proven{Segment: s}
		p.Late, err = s.prove(ctx, store, marks, slices.Concat(late[s], s.within(named)))
		switch {
		case survey.Is(err, survey.Unavailable) || ctx.Err() != nil:
			return nil, nil, err
		case err != nil:
			if err := d.Drop(s, err); err != nil {
				return nil, nil, err
			}
		default:
			all = append(all, p)
		}
	}
	return all, now, nil
}

// takenBack is the sorted ids of what was taken back.
func takenBack(ctx context.Context, store survey.Store) ([]uuid.UUID, error) {
	marks, err := survey.Documents[survey.TakenBack]{Store: store, Collection: survey.TakenBackMarks}.All(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, 0, len(marks))
	for _, mark := range marks {
		if id, err := uuid.Parse(string(mark.ID)); err == nil { // no other is in a segment
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, compareIDs)
	return ids, nil
}

// prove returns the responses and marks that are to be read beside a segment; an error
// where it is not as the store. others are ids of its range that may not be in it.
func (s *Segment) prove(ctx context.Context, store survey.Store, marks, others []uuid.UUID) (late []uuid.UUID, err error) {
	marks = s.within(marks)
	for _, id := range s.header.Gone {
		if _, marked := slices.BinarySearchFunc(marks, id, compareIDs); !marked {
			return nil, errBroughtIn
		}
	}
	others = append(others, marks...)
	slices.SortFunc(others, compareIDs)
	others = slices.Compact(others)
	found, err := s.Find(others)
	if err != nil {
		return nil, err
	}
	for _, id := range others {
		if _, held := found[id]; !held {
			late = append(late, id)
		}
	}
	if len(late)-len(marks) > mostLate {
		return nil, errTooLate
	}
	for _, id := range marks { // the mark may be there and the response as well: what takes it back is under way
		if _, held := found[id]; !held {
			continue
		}
		doc, err := store.Get(ctx, survey.Responses, id.String())
		if err != nil {
			return nil, err
		}
		if survey.IsTakenBack(doc) {
			return nil, errTakenBack
		}
	}
	return late, s.unblurred(ctx, store)
}

// unblurred returns an error where a witness is not as it was.
func (s *Segment) unblurred(ctx context.Context, store survey.Store) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(lookups)
	var mu sync.Mutex
	blurred := false
	for _, w := range s.header.Witnesses {
		group.Go(func() error {
			doc, err := store.Get(ctx, survey.Responses, w.ID.String())
			if err != nil && !survey.Is(err, survey.NotFound) {
				return err
			}
			received, ok := doc.Lookup("received").TimeOK()
			if err != nil || !ok || received.UnixMilli() != w.Received {
				mu.Lock()
				defer mu.Unlock()
				blurred = true
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if blurred {
		return errBlurred
	}
	return nil
}
