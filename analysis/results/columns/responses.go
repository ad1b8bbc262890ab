package columns

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"hailong/analysis"
	"hailong/survey"
)

// Responses holds the responses of all campaigns in memory, loaded from the
// store on the first question and kept fresh by Add. Any number of goroutines
// may use it.
type Responses struct {
	store   survey.Store
	catalog func() *survey.Catalog
	ahead   func(*ItemLayout) []analysis.Index
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
	held    []hold    // were held back, or released, meanwhile
}

// New returns Responses of which nothing is loaded yet. catalog returns the
// catalogue in force; ahead, the indexes of a campaign that a load sums at once,
// because most questions ask for them. log may be nil.
func New(store survey.Store, catalog func() *survey.Catalog, ahead func(*ItemLayout) []analysis.Index, log *slog.Logger) *Responses {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Responses{store: store, catalog: catalog, ahead: ahead, log: log}
}

// ErrNoCampaign is the cause of the error of a campaign that the catalogue does
// not have.
var ErrNoCampaign = errors.New("its campaign is not in the catalogue")

// Add counts a response that has just been stored, by this process or by
// another one that it heard of, so that the next figure holds it. A response
// that is counted already is not counted again.
//
// Before the first load there is nothing to do: the load will find the
// response in the store, since it was stored before Add was called.
func (all *Responses) Add(r survey.Response) {
	all.mu.Lock()
	unasked := all.loaded == nil && all.loading == nil
	all.mu.Unlock()
	if unasked {
		return
	}
	rec, err := decodeResponse(&r)
	if err != nil {
		all.log.Error("response is not in the figures", "campaign", r.Campaign, "error", err)
		return
	}
	all.add(rec)
}

func (all *Responses) add(rec decoded) {
	all.mu.Lock()
	if all.loading != nil {
		all.loading.pending = append(all.loading.pending, rec)
	}
	b := all.loaded
	all.mu.Unlock()
	if b == nil {
		return
	}
	err := b.add(&rec)
	if errors.Is(err, ErrNoCampaign) && all.adopt(b) {
		err = b.add(&rec)
	}
	if err != nil {
		all.log.Error("response is not in the figures", "campaign", rec.campaign, "error", err)
	}
}

// adopt moves what is loaded to the present catalogue, in which a campaign may be
// new. Where that is not possible it is given up, and the next question
// loads it anew.
func (all *Responses) adopt(b *loaded) bool {
	if b.adopt(all.catalog()) {
		return true
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.loaded == b {
		all.loaded = nil
	}
	return false
}

// columns returns the columns of a campaign, making empty ones where there is none.
func (b *loaded) columns(id survey.CampaignID) (*campaignColumns, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.campaigns[id]; s != nil {
		return s, nil
	}
	campaign := b.catalog.Campaign(id)
	if campaign == nil {
		return nil, fmt.Errorf("campaign %q: %w", id, ErrNoCampaign)
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
// and returns that catalogue. Read does the same first; a server calls Load when
// it starts, so that the first reader need not wait. A load goes on when ctx
// ends: the next question will want it. Errors: Unavailable (ctx ended first),
// and those of the store.
func (all *Responses) Load(ctx context.Context) (*survey.Catalog, error) {
	b, err := all.current(ctx)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.catalog, nil
}

// Read calls ask with the responses of a campaign as they are now, and returns
// its error. Readers of one campaign wait for each other, so ask must not call
// Read. Errors before ask is called: ErrNoCampaign, and those of Load.
func (all *Responses) Read(ctx context.Context, campaign survey.CampaignID, ask func(*CampaignView) error) error {
	b, err := all.current(ctx)
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
func (all *Responses) current(ctx context.Context) (*loaded, error) {
	for {
		catalog := all.catalog()
		all.mu.Lock()
		if b := all.loaded; b != nil && all.loading == nil && b.adopt(catalog) {
			all.mu.Unlock()
			return b, nil
		}
		wait := all.loading
		if wait == nil {
			wait = &loading{done: make(chan struct{})}
			all.loading = wait
			go all.load(context.WithoutCancel(ctx), catalog, wait)
		}
		all.mu.Unlock()
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
func (all *Responses) Memory() (responses, bytes int) {
	all.mu.Lock()
	b := all.loaded
	all.mu.Unlock()
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
