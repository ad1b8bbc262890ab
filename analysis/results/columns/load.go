package columns

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// progressEach is how many responses are loaded between two lines of the log.
const progressEach = 250_000

// load reads the whole store into memory.
func (all *Responses) load(ctx context.Context, catalog *survey.Catalog, state *loading) {
	start := time.Now()
	b := &loaded{catalog: catalog, campaigns: map[survey.CampaignID]*campaignColumns{}}
	rows, err := all.fill(ctx, b)

	all.mu.Lock()
	defer all.mu.Unlock()
	if err == nil {
		for i := range state.pending {
			if err := b.add(&state.pending[i]); err != nil {
				all.log.Error("response is not in the figures", "campaign", state.pending[i].campaign, "error", err)
			}
		}
		for i := range state.voided {
			all.applyVoid(b, &state.voided[i])
		}
		for i := range state.held {
			all.applyHold(b, &state.held[i])
		}
		all.loaded = b
		all.log.Info("responses loaded", "responses", rows, "took", time.Since(start).Round(time.Millisecond))
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
	log     *slog.Logger
	into    *loaded
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
		s, err := f.into.columns(survey.CampaignID(r.campaign))
		if errors.Is(err, ErrNoCampaign) {
			f.skipped++
			continue
		}
		if err == nil {
			err = s.load(r)
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

// fill decodes the responses of the store in parallel. They come in no order.
func (all *Responses) fill(ctx context.Context, b *loaded) (rows int, err error) {
	if err := errors.Join(all.fillVoided(ctx, b), all.fillHeld(ctx, b)); err != nil {
		return 0, err
	}
	f := filling{log: all.log, into: b}
	workers := runtime.GOMAXPROCS(0)
	batches := make([]decodeBatch, workers)
	for i := range batches {
		batches[i].words = interned{}
	}
	err = survey.ScanParallel(ctx, all.store, survey.Responses, "", "", workers, func(worker int, doc bson.Raw) error {
		h := &batches[worker]
		if h.n == len(h.records) {
			if err := f.pass(h); err != nil {
				return err
			}
		}
		if err := h.records[h.n].read(doc, h.words); err != nil {
			return survey.NewError(survey.Internal, "load responses", err)
		}
		h.n++
		return nil
	})
	for i := range batches {
		if err == nil {
			err = f.pass(&batches[i])
		}
	}
	if f.skipped > 0 {
		all.log.Warn("responses of unknown campaigns are in no figure", "responses", f.skipped)
	}
	for _, s := range b.campaigns {
		if err == nil {
			err = s.loadedAll(all.ahead)
		}
	}
	return f.rows, err
}
