package results

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"hailong/survey"
)

// Live holds the responses of all campaigns in memory, loaded from the store on
// the first question and kept fresh by Add. Any number of goroutines may use it.
type Live struct {
	store   survey.Store
	catalog func() *survey.Catalog
	log     *slog.Logger

	mu      sync.Mutex
	book    *book    // nil before the first load
	loading *loading // nil when no load is under way
}

// book is what was loaded under one catalogue.
type book struct {
	catalog *survey.Catalog
	mu      sync.Mutex
	sets    map[survey.CampaignID]*set
}

// loading is a load under way. Responses that are stored meanwhile may or may
// not be visited by it; they wait, and are added unless they were.
type loading struct {
	done    chan struct{}
	err     error
	pending []record
	voided  []record // became void meanwhile
}

// NewLive returns a Live that has loaded nothing yet. log may be nil.
func NewLive(store survey.Store, catalog func() *survey.Catalog, log *slog.Logger) *Live {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Live{store: store, catalog: catalog, log: log}
}

// Add counts a response that has just been stored, by this process or by
// another one that it heard of, so that the next figure holds it. A response
// that is counted already is not counted again.
//
// Before the first load there is nothing to do: the load will find the
// response in the store, since it was stored before Add was called.
func (l *Live) Add(r survey.Response) {
	l.mu.Lock()
	nobody := l.book == nil && l.loading == nil
	l.mu.Unlock()
	if nobody {
		return
	}
	rec, err := recordOf(&r)
	if err != nil {
		l.log.Error("response is not in the figures", "response", r.ID, "error", err)
		return
	}
	l.add(rec)
}

func (l *Live) add(rec record) {
	l.mu.Lock()
	if l.loading != nil {
		l.loading.pending = append(l.loading.pending, rec)
	}
	b := l.book
	l.mu.Unlock()
	if b == nil {
		return
	}
	err := b.add(&rec)
	if errors.Is(err, errNoCampaign) && l.retell(b) {
		err = b.add(&rec)
	}
	if err != nil {
		l.log.Error("response is not in the figures", "response", rec.id, "error", err)
	}
}

// retell moves the book to the present catalogue, in which a campaign may be
// new. Where that is not possible the book is given up, and the next question
// loads it anew.
func (l *Live) retell(b *book) bool {
	if b.retell(l.catalog()) {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.book == b {
		l.book = nil
	}
	return false
}

var errNoCampaign = errors.New("its campaign is not in the catalogue")

// set returns the set of a campaign, making an empty one where there is none.
func (b *book) set(id survey.CampaignID) (*set, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.sets[id]; s != nil {
		return s, nil
	}
	campaign := b.catalog.Campaign(id)
	if campaign == nil {
		return nil, fmt.Errorf("campaign %q: %w", id, errNoCampaign)
	}
	s, err := newSet(b.catalog, campaign)
	if err != nil {
		return nil, err
	}
	b.sets[id] = s
	return s, nil
}

func (b *book) add(rec *record) error {
	s, err := b.set(survey.CampaignID(rec.campaign))
	if err != nil {
		return err
	}
	return s.add(rec)
}

// Load reads the store if that has not happened under the present catalogue.
// Asking does the same; a server calls Load when it starts, so that the first
// reader need not wait. A load goes on when ctx ends: the next question will
// want it.
func (l *Live) Load(ctx context.Context) error {
	_, err := l.current(ctx)
	return err
}

// current returns the book of the present catalogue.
func (l *Live) current(ctx context.Context) (*book, error) {
	for {
		catalog := l.catalog()
		l.mu.Lock()
		if b := l.book; b != nil && l.loading == nil && b.retell(catalog) {
			l.mu.Unlock()
			return b, nil
		}
		wait := l.loading
		if wait == nil {
			wait = &loading{done: make(chan struct{})}
			l.loading = wait
			go l.load(context.WithoutCancel(ctx), catalog, wait)
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, survey.NewError(survey.Unavailable, "load responses", ctx.Err())
		case <-wait.done:
			if wait.err != nil {
				return nil, wait.err
			}
		}
	}
}

// retell moves the book to a newer catalogue if that changes no column.
func (b *book) retell(catalog *survey.Catalog) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.catalog == catalog {
		return true
	}
	for id, s := range b.sets {
		campaign := catalog.Campaign(id)
		if campaign == nil || !s.retell(catalog, campaign) {
			return false
		}
	}
	b.catalog = catalog
	return true
}

// Memory is how many responses are held, and in how many bytes.
func (l *Live) Memory() (responses, bytes int) {
	l.mu.Lock()
	b := l.book
	l.mu.Unlock()
	if b == nil {
		return 0, 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.sets {
		rows, size := s.memory()
		responses += rows
		bytes += size
	}
	return responses, bytes
}
