package results

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"hailong/analysis"
	"hailong/survey"
)

// responses holds the responses of all campaigns in memory, loaded from the
// store on the first question and kept fresh by Add. Any number of goroutines
// may use it.
type responses struct {
	store   survey.Store
	catalog func() *survey.Catalog
	ahead   func(*itemLayout) []analysis.Index
	log     *slog.Logger

	mu      sync.Mutex
	loaded  *loaded  // nil before the first load
	loading *loading // nil when no load is under way
}

// loaded is what was loaded under one catalogue.
type loaded struct {
	catalog   *survey.Catalog
	mu        sync.Mutex
	campaigns map[survey.CampaignID]*campaignColumns
}

// loading is a load under way. Responses that are stored meanwhile may or may
// not be visited by it; they wait, and are added unless they were.
type loading struct {
	done    chan struct{}
	err     error
	pending []decoded
	voided  []decoded // became void meanwhile
}

// newResponses returns responses of which nothing is loaded yet. catalog
// returns the catalogue in force; ahead, the indexes of a campaign that a load
// sums at once, because most questions ask for them. log may be nil.
func newResponses(store survey.Store, catalog func() *survey.Catalog, ahead func(*itemLayout) []analysis.Index, log *slog.Logger) *responses {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &responses{store: store, catalog: catalog, ahead: ahead, log: log}
}

// Add counts a response that has just been stored, by this process or by
// another one that it heard of, so that the next figure holds it. A response
// that is counted already is not counted again.
//
// Before the first load there is nothing to do: the load will find the
// response in the store, since it was stored before Add was called.
func (l *responses) Add(r survey.Response) {
	l.mu.Lock()
	unasked := l.loaded == nil && l.loading == nil
	l.mu.Unlock()
	if unasked {
		return
	}
	rec, err := decodeResponse(&r)
	if err != nil {
		l.log.Error("response is not in the figures", "response", r.ID, "error", err)
		return
	}
	l.add(rec)
}

func (l *responses) add(rec decoded) {
	l.mu.Lock()
	if l.loading != nil {
		l.loading.pending = append(l.loading.pending, rec)
	}
	b := l.loaded
	l.mu.Unlock()
	if b == nil {
		return
	}
	err := b.add(&rec)
	if errors.Is(err, errNoCampaign) && l.adopt(b) {
		err = b.add(&rec)
	}
	if err != nil {
		l.log.Error("response is not in the figures", "response", rec.id, "error", err)
	}
}

// adopt moves what is loaded to the present catalogue, in which a campaign may be
// new. Where that is not possible it is given up, and the next question
// loads it anew.
func (l *responses) adopt(b *loaded) bool {
	if b.adopt(l.catalog()) {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded == b {
		l.loaded = nil
	}
	return false
}

var errNoCampaign = errors.New("its campaign is not in the catalogue")

// columns returns the columns of a campaign, making empty ones where there is none.
func (b *loaded) columns(id survey.CampaignID) (*campaignColumns, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.campaigns[id]; s != nil {
		return s, nil
	}
	campaign := b.catalog.Campaign(id)
	if campaign == nil {
		return nil, fmt.Errorf("campaign %q: %w", id, errNoCampaign)
	}
	s, err := newCampaignColumns(b.catalog, campaign)
	if err != nil {
		return nil, err
	}
	b.campaigns[id] = s
	return s, nil
}

func (b *loaded) add(rec *decoded) error {
	s, err := b.columns(survey.CampaignID(rec.campaign))
	if err != nil {
		return err
	}
	return s.add(rec)
}

// Load reads the store if that has not happened under the present catalogue,
// and returns the catalogue. read does the same first; a server calls Load when
// it starts, so that the first reader need not wait. A load goes on when ctx
// ends: the next question will want it.
func (l *responses) Load(ctx context.Context) (*survey.Catalog, error) {
	b, err := l.current(ctx)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.catalog, nil
}

// read hands the responses of a campaign to ask as they are now, and returns
// its error. One reader of a campaign waits for another. Errors before ask is
// called: errNoCampaign, Unavailable (the responses are still being loaded).
func (l *responses) read(ctx context.Context, campaign survey.CampaignID, ask func(*campaignView) error) error {
	b, err := l.current(ctx)
	if err != nil {
		return err
	}
	s, err := b.columns(campaign)
	if err != nil {
		return err
	}
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	return ask(s.view())
}

// current returns what is loaded of the present catalogue.
func (l *responses) current(ctx context.Context) (*loaded, error) {
	for {
		catalog := l.catalog()
		l.mu.Lock()
		if b := l.loaded; b != nil && l.loading == nil && b.adopt(catalog) {
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

// adopt moves what is loaded to a newer catalogue if that changes no column.
func (b *loaded) adopt(catalog *survey.Catalog) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.catalog == catalog {
		return true
	}
	for id, s := range b.campaigns {
		campaign := catalog.Campaign(id)
		if campaign == nil || !s.adopt(catalog, campaign) {
			return false
		}
	}
	b.catalog = catalog
	return true
}

// Memory is how many responses are held, and in how many bytes.
func (l *responses) Memory() (responses, bytes int) {
	l.mu.Lock()
	b := l.loaded
	l.mu.Unlock()
	if b == nil {
		return 0, 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.campaigns {
		rows, size := s.memory()
		responses += rows
		bytes += size
	}
	return responses, bytes
}
