package columns

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/google/uuid"

	"hailong/analysis"
	"hailong/analysis/results/segments"
	"hailong/survey"
	"hailong/survey/releases"
	"hailong/survey/verification"
)

// Responses holds the responses that releases hold, of all campaigns, as columns
// in memory. They are loaded from the store on the first question, and again when
// a release was cut (Refresh); nothing else changes them. Any number of goroutines
// may use it.
type Responses struct {
	store   survey.Store
	catalog func() *survey.Catalog
	ahead   func(*ItemLayout) []analysis.Index
	log     *slog.Logger

	segments     *segments.Directory // nil: all is read from the store
	segmentSizes segmentSizes

	mu      sync.Mutex
	loaded  *loaded  // nil before the first load
	loading *loading // nil when no load is under way
}

// loaded is what was loaded under one catalogue and one set of releases.
type loaded struct {
	hashed    bool // who responded is kept, see Respondents
	standings releases.Standings
	segments  []segments.Proven // that were read
	mu        sync.Mutex
	catalog   *survey.Catalog
	campaigns map[survey.CampaignID]*campaignColumns
}

// loading is a load under way. Responses that are stored meanwhile may or may not
// be visited by it; they are told to it when it ends.
type loading struct {
	done    chan struct{}
	err     error
	pending []arrival
}

// arrival is a response that was stored after a load began.
type arrival struct {
	id       uuid.UUID
	campaign survey.CampaignID
	unit     survey.UnitID
	class    verification.Class
}

// New returns Responses of which nothing is loaded yet. catalog returns the
// catalogue in force; ahead, the indexes of a campaign that a load sums at once,
// because most questions ask for them. log may be nil.
func New(store survey.Store, catalog func() *survey.Catalog, ahead func(*ItemLayout) []analysis.Index, log *slog.Logger) *Responses {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Responses{store: store, catalog: catalog, ahead: ahead, log: log, segmentSizes: segmentSizes{segments.MostRows, segments.FewestRows}}
}

// ErrNoCampaign is the cause of the error of a campaign that the catalogue does
// not have.
var ErrNoCampaign = errors.New("its campaign is not in the catalogue")

// Add notes a response that has just been stored, by this process or by another
// one that it heard of: it waits for a release. One that is known already is not
// noted again.
//
// Before the first load there is nothing to do: the load will find the response
// in the store, since it was stored before Add was called.
func (all *Responses) Add(r survey.Response) {
	id, err := uuid.Parse(string(r.ID))
	if err != nil {
		all.log.Error("response is not in the figures", "campaign", r.Campaign, "error", err)
		return
	}
	a := arrival{id, r.Campaign, r.Unit, verification.ClassOf(r.Proof, r.Batch)}
	all.mu.Lock()
	if all.loading != nil {
		all.loading.pending = append(all.loading.pending, a)
	}
	b := all.loaded
	all.mu.Unlock()
	if b == nil {
		return
	}
	if err := b.add(a); err != nil && !(errors.Is(err, ErrNoCampaign) && b.adopt(all.catalog()) && b.add(a) == nil) {
		all.log.Error("response is not known to wait for a release", "campaign", a.campaign, "error", err)
	}
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
	release := b.standings.Release(id)
	s, err := newCampaignColumns(b.catalog, campaign, &release, b.standings.Places(id))
	if err != nil {
		return nil, err
	}
	s.hashed = b.hashed
	b.campaigns[id] = s
	return s, nil
}

func (b *loaded) add(a arrival) error {
	s, err := b.columns(a.campaign)
	if err == nil {
		s.wait(a, b.holds)
	}
	return err
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

// Loaded reports whether figures can be read without waiting for a load of everything.
func (all *Responses) Loaded() bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.loaded != nil
}

// Refresh loads the responses anew if releases were cut since they were loaded,
// by this process or another. Readers are answered from the earlier releases
// until it is done. Errors: as Load.
func (all *Responses) Refresh(ctx context.Context) error {
	cut, err := releases.Stored(ctx, all.store)
	if err != nil {
		return err
	}
	for {
		all.mu.Lock()
		if all.loading == nil && (all.loaded == nil || releases.Known(all.loaded.standings.All(), cut)) {
			all.mu.Unlock()
			return nil // what is not loaded will be loaded under them
		}
		wait := all.begin(ctx)
		all.mu.Unlock()
		if err := wait.ended(ctx); err != nil {
			return err
		}
	}
}

// Reload loads the responses anew, because there may be some of which nobody told (Add).
// Readers are answered from those of before until it is done. What is not loaded yet will
// be when it is asked for. Errors: as Load.
func (all *Responses) Reload(ctx context.Context) error {
	all.mu.Lock()
	for all.loading != nil { // it may have passed where one was missed
		under := all.loading
		all.mu.Unlock()
		_ = under.ended(ctx) // its error is for who waits for it
		if ctx.Err() != nil {
			return survey.NewError(survey.Unavailable, "load responses", ctx.Err())
		}
		all.mu.Lock()
	}
	if all.loaded == nil {
		all.mu.Unlock()
		return nil
	}
	wait := all.begin(ctx)
	all.mu.Unlock()
	return wait.ended(ctx)
}

// Read calls ask with the responses of a campaign that its release holds, and
// returns its error. Readers of one campaign wait for each other, so ask must not
// call Read. Errors before ask is called: ErrNoCampaign, and those of Load.
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
	v := s.view()
	if err := ask(v); err != nil {
		return err
	}
	return v.failed
}

// ReadThrough is Read with those responses alone that were answered until a day,
// read from the store for this once and under the releases as they are there now.
func (all *Responses) ReadThrough(ctx context.Context, campaign survey.CampaignID, last survey.Date, ask func(*CampaignView) error) error {
	return all.readOnce(ctx, &filling{only: campaign, last: last}, ask)
}

// ReadWith is Read with some responses counted or not, whatever the release says of
// them, read from the store for this once. It is for who decides whether they are to
// count.
func (all *Responses) ReadWith(ctx context.Context, campaign survey.CampaignID, with map[survey.ResponseID]bool, ask func(*CampaignView) error) error {
	return all.readOnce(ctx, &filling{only: campaign, with: with}, ask)
}

// readOnce fills columns of one campaign and calls ask with them.
func (all *Responses) readOnce(ctx context.Context, f *filling, ask func(*CampaignView) error) error {
	b := &loaded{hashed: true, catalog: all.catalog(), campaigns: map[survey.CampaignID]*campaignColumns{}}
	f.log, f.into = all.log, b
	if err := f.fill(ctx, all.store); err != nil {
		return err
	}
	s, err := b.columns(f.only)
	if err != nil {
		return err
	}
	s.loadedAll()
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	v := s.view()
	if err := ask(v); err != nil {
		return err
	}
	return v.failed
}

// Waiting is how many responses of a campaign wait for a release, by the unit
// where they were answered. Errors: as Read.
func (all *Responses) Waiting(ctx context.Context, campaign survey.CampaignID) (map[survey.UnitID]releases.WaitingResponses, error) {
	b, err := all.current(ctx)
	if err != nil {
		return nil, err
	}
	s, err := b.columns(campaign)
	if err != nil {
		return nil, err
	}
	return s.waitingByUnit(), nil
}

// current returns what is loaded of the present catalogue.
func (all *Responses) current(ctx context.Context) (*loaded, error) {
	for {
		catalog := all.catalog()
		all.mu.Lock()
		if b := all.loaded; b != nil && b.adopt(catalog) {
			all.mu.Unlock()
			return b, nil
		}
		wait := all.begin(ctx)
		all.mu.Unlock()
		if err := wait.ended(ctx); err != nil {
			return nil, err
		}
	}
}

// begin returns the load that is under way, or starts one. all.mu is held.
func (all *Responses) begin(ctx context.Context) *loading {
	if all.loading == nil {
		all.loading = &loading{done: make(chan struct{})}
		go all.load(context.WithoutCancel(ctx), all.catalog(), all.loading)
	}
	return all.loading
}

// ended waits for the end of a load and returns its error; Unavailable where ctx
// ends first.
func (l *loading) ended(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return survey.NewError(survey.Unavailable, "load responses", ctx.Err())
	case <-l.done:
		return l.err
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
