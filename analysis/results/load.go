package results

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"

	"hailong/survey"
)

// progressEach is how many responses are loaded between two lines of the log.
const progressEach = 250_000

// load reads the whole store into a new book.
func (l *Live) load(ctx context.Context, catalog *survey.Catalog, state *loading) {
	start := time.Now()
	b := &book{catalog: catalog, sets: map[survey.CampaignID]*set{}}
	rows, err := l.fill(ctx, b)

	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		for i := range state.pending {
			if err := b.add(&state.pending[i]); err != nil {
				l.log.Error("response is not in the figures", "response", state.pending[i].id, "error", err)
			}
		}
		for i := range state.voided {
			l.leaveOut(b, &state.voided[i])
		}
		l.book = b
		l.log.Info("responses loaded", "responses", rows, "took", time.Since(start).Round(time.Millisecond))
	}
	state.err = err
	l.loading = nil
	close(state.done)
}

// hand is what a worker of the load has decoded and not yet passed on.
type hand struct {
	words   words
	records [512]record // each keeps its slice of answers
	n       int
}

// fill decodes the responses of the store in parallel. They come in no order.
func (l *Live) fill(ctx context.Context, b *book) (rows int, err error) {
	if err := l.fillVoided(ctx, b); err != nil {
		return 0, err
	}
	var mu sync.Mutex
	skipped := 0
	pass := func(h *hand) error {
		mu.Lock()
		defer mu.Unlock()
		for i := range h.records[:h.n] {
			r := &h.records[i]
			s, err := b.set(survey.CampaignID(r.campaign))
			if errors.Is(err, errNoCampaign) {
				skipped++
				continue
			}
			if err == nil {
				err = s.load(r)
			}
			if err != nil {
				return err
			}
			if rows++; rows%progressEach == 0 {
				l.log.Info("loading responses", "responses", rows)
			}
		}
		h.n = 0
		return nil
	}

	workers := runtime.GOMAXPROCS(0)
	hands := make([]hand, workers)
	for i := range hands {
		hands[i].words = words{}
	}
	err = survey.ScanParallel(ctx, l.store, survey.Responses, "", "", workers, func(worker int, doc bson.Raw) error {
		h := &hands[worker]
		if h.n == len(h.records) {
			if err := pass(h); err != nil {
				return err
			}
		}
		if err := h.records[h.n].read(doc, h.words); err != nil {
			return survey.NewError(survey.Internal, "load responses", err)
		}
		h.n++
		return nil
	})
	for i := range hands {
		if err == nil {
			err = pass(&hands[i])
		}
	}
	if skipped > 0 {
		l.log.Warn("responses of unknown campaigns are in no figure", "responses", skipped)
	}
	for _, s := range b.sets {
		if err == nil {
			err = s.loadedAll()
		}
	}
	return rows, err
}
