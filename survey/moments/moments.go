package moments

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"hailong/survey"
	"hailong/survey/quarantine"
	"hailong/survey/releases"
)

const (
	// mostAtOnce bounds what one call writes: a store of before, with a million exact
	// moments, is done in a few hours and not in one flood of writes.
	mostAtOnce = 50_000

	// workers share the writes, so that a store in a file writes several at once. There
	// are few: who sends a response meanwhile shares its wait for the disk with them.
	workers = 16
)

// Moments blurs the moments of receipt of a store. One value serves a process.
type Moments struct {
	store survey.Store
	judge func(context.Context) (int, error)
	now   func() time.Time
	most  int // that one call writes

	// Finished is called at the end of a pass that blurred something, so that the file
	// is compacted; nil: nobody is told.
	Finished func()

	mu   sync.Mutex
	pass pass
}

// pass is one walk over the responses, in as many calls as it takes. It is in memory:
// after a start the first pass begins again, and passes over what is done.
type pass struct {
	today   survey.Date // days before it are over
	next    string      // id at which it goes on
	over    bool
	blurred bool // something was, since Finished was called
}

// New returns the moments of a store. judge has the quarantine judge what has arrived,
// with the seconds that are about to be forgotten.
func New(store survey.Store, judge func(context.Context) (int, error), now func() time.Time) *Moments {
	return &Moments{store: store, judge: judge, now: now, most: mostAtOnce}
}

var errEnough = errors.New("enough for one call")

// Blur blurs the moments of receipt of days that are over, a bounded number at a time,
// and returns of how many responses. It is called every few minutes; once all are
// blurred it does nothing until the next day is over. Errors are those of the store, and
// of judging; the next call goes on.
func (m *Moments) Blur(ctx context.Context) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if today := quarantine.FirstExactDay(now); m.pass.today != today {
		m.pass = pass{today: today, blurred: m.pass.blurred}
	}
	if m.pass.over {
		return 0, nil
	}
	if _, err := m.judge(ctx); err != nil {
		return 0, err
	}
	stored, err := releases.Stored(ctx, m.store)
	if err != nil {
		return 0, err
	}
	b := blurring{store: m.store, now: now, most: m.most, today: m.pass.today, places: map[survey.CampaignID]releases.Places{}}
	for id, release := range stored {
		b.places[id] = release.ByUnit()
	}
	next, err := b.from(ctx, m.pass.next)
	done := int(b.done.Load())
	m.pass.blurred = m.pass.blurred || done > 0
	if err != nil {
		return done, err // from where it began: what is done is passed over
	}
	m.pass.next, m.pass.over = next, next == ""
	if m.pass.over && m.pass.blurred {
		m.pass.blurred = false
		if m.Finished != nil {
			m.Finished()
		}
	}
	return done, nil
}

// from blurs the responses from an id on, and returns the id at which the next call goes
// on; empty: none is left. After an error it must begin where this one did.
func (b *blurring) from(ctx context.Context, id string) (next string, err error) {
	group, writing := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	found := 0
	err = b.store.Scan(ctx, survey.Responses, id, "", func(doc bson.Raw) error {
		left, err := b.blurred(doc)
		if err != nil || left == nil {
			return err
		}
		if found == b.most {
			next = survey.DocumentText(left, "_id")
			return errEnough
		}
		found++
		rev := survey.DocumentRev(doc)
		group.Go(func() error { return b.put(writing, rev, left) })
		return writing.Err()
	})
	if failed := group.Wait(); failed != nil {
		return "", failed
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return next, err
}

// blurring is one call of Blur.
type blurring struct {
	store  survey.Store
	now    time.Time
	today  survey.Date
	most   int
	places map[survey.CampaignID]releases.Places
	done   atomic.Int64
}
