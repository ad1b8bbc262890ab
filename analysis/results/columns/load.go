package columns

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/analysis/results/segments"
	"hailong/survey"
)

// progressEach is how many responses are loaded between two lines of the log.
const progressEach = 250_000

// load reads the whole store and puts what it found in the place of what was
// loaded before.
func (all *Responses) load(ctx context.Context, catalog *survey.Catalog, state *loading) {
	start := time.Now()
	b := &loaded{catalog: catalog, campaigns: map[survey.CampaignID]*campaignColumns{}}
	f := filling{log: all.log, into: b, segments: all.segments}
	err := f.fill(ctx, all.store)
	for _, s := range b.campaigns {
		if err == nil {
			s.loadedAll()
			err = s.countAhead(all.ahead) // so that the first reader need not wait for it
		}
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if err == nil {
		for _, a := range state.pending {
			if err := b.add(a); err != nil {
				all.log.Error("response is not known to wait for a release", "campaign", a.campaign, "error", err)
			}
		}
		all.loaded = b
		all.log.Info("responses loaded", "responses", f.rows, "from_segments", f.fromSegments, "took", time.Since(start).Round(time.Millisecond))
	}
	state.err = err
	all.loading = nil
	close(state.done)
}

// decodeBatch is what a worker of the load has decoded and not yet passed on.
type decodeBatch struct {
	words   interned
	records [512]decoded // each keeps its slice of answers
	n       int
}

// filling is a load under way. Its workers decode in parallel, and pass on one
// at a time.
type filling struct {
	log  *slog.Logger
	into *loaded
	only survey.CampaignID          // empty: all campaigns
	last survey.Date                // and what was answered until then; empty: all days
	with map[survey.ResponseID]bool // counted or not, whatever a release says of them

	segments     *segments.Directory // nil: all is read from the store
	fromSegments int                 // of rows

	mu      sync.Mutex
	rows    int
	skipped int // of campaigns that are not known
}

// pass puts what a worker has decoded into the columns.
func (f *filling) pass(h *decodeBatch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range h.records[:h.n] {
		r := &h.records[i]
		if r.gone || f.only != "" && r.campaign != string(f.only) || f.last != "" && r.day > string(f.last) {
			continue
		}
		s, err := f.into.columns(survey.CampaignID(r.campaign))
		if errors.Is(err, ErrNoCampaign) {
			f.skipped++
			continue
		}
		if err == nil {
			err = f.load(s, r)
		}
		if err != nil {
			return err
		}
		if f.rows++; f.rows%progressEach == 0 {
			f.log.Info("loading responses", "responses", f.rows)
		}
	}
	h.n = 0
	return nil
}

// load takes a response into columns, or leaves it to wait.
func (f *filling) load(s *campaignColumns, r *decoded) error {
	if len(f.with) > 0 {
		if counted, decided := f.with[survey.ResponseID(r.id.String())]; decided && counted {
			return s.take(r)
		} else if decided {
			return nil
		}
	}
	return s.load(r, f.into.standings.Exclusion(r.id.String))
}

// fill decodes the responses of the store in parallel. They come in no order.
func (f *filling) fill(ctx context.Context, store survey.Store) error {
	err := f.into.standings.Settle(ctx, store, func() error { return f.scan(ctx, store) })
	if err == nil && f.skipped > 0 {
		f.log.Warn("responses of unknown campaigns are in no figure", "responses", f.skipped)
	}
	return err
}

// begin puts empty columns in the place of what was read before.
func (f *filling) begin() {
	f.rows, f.fromSegments, f.skipped = 0, 0, 0
	f.into.mu.Lock()
	defer f.into.mu.Unlock()
	f.into.campaigns = map[survey.CampaignID]*campaignColumns{}
}

// takenBack notes what is left of a response that was taken back.
func (f *filling) takenBack(r *decoded) {
	if r.counted == nil || f.only != "" && r.campaign != string(f.only) { // the release took notice of it, or is not asked for
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.into.standings.TakeBack(survey.TakenBack{ID: survey.ResponseID(r.id.String()), Campaign: survey.CampaignID(r.campaign), Counted: r.counted})
}

// scanStore decodes the documents of a source once.
func (f *filling) scanStore(ctx context.Context, from source) error {
	workers := runtime.GOMAXPROCS(0)
	batches := make([]decodeBatch, workers)
	for i := range batches {
		batches[i].words = interned{}
	}
	err := scanParallel(ctx, from, workers, func(worker int, doc bson.Raw) error {
		h := &batches[worker]
		if h.n == len(h.records) {
			if err := f.pass(h); err != nil {
				return err
			}
		}
		if err := h.records[h.n].read(doc, h.words); err != nil {
			return survey.NewError(survey.Internal, "load responses", err)
		}
		if h.records[h.n].gone {
			f.takenBack(&h.records[h.n])
			return nil
		}
		h.n++
		return nil
	})
	for i := range batches {
		if err == nil {
			err = f.pass(&batches[i])
		}
	}
	return err
}
