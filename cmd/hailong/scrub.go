package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hailong/survey"
	"hailong/survey/check"
)

// A running server reads everything once a day, the first time some minutes after the
// start, and so slowly that nobody notices.
const (
	scrubEvery  = 24 * time.Hour
	scrubDelay  = 10 * time.Minute
	scrubBytes  = 8 << 20 // a second
	scrubListed = 20      // damages that the log names
)

// scrub is how a server finds damage in what nobody asks for.
type scrub struct {
	store check.Store
	wait  func(context.Context, time.Duration) error
	now   func() time.Time
	log   *slog.Logger

	success prometheus.Gauge
	damage  prometheus.Gauge
	begun   bool
	whole   atomic.Int64 // when it last found nothing, in seconds since 1970; 0: never
}

// newScrub returns the scrub of a store, nil for one that cannot look through itself.
func newScrub(store survey.Store, registry prometheus.Registerer, log *slog.Logger) *scrub {
	checked, ok := store.(check.Store)
	if !ok {
		return nil
	}
	s := &scrub{
		store: checked, wait: pause, now: time.Now, log: log,
		success: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hailong_check_last_success_timestamp_seconds",
			Help: "When the whole store was last read and found without damage, in seconds since 1970.",
		}),
		damage: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hailong_check_damage",
			Help: "How many damaged places the last reading of the whole store found.",
		}),
	}
	registry.MustRegister(s.success, s.damage)
	return s
}

// last is when the store was last found whole; zero: not since the start.
func (s *scrub) last() time.Time {
	if s == nil || s.whole.Load() == 0 {
		return time.Time{}
	}
	return time.Unix(s.whole.Load(), 0)
}

// start starts the job; nothing where the store cannot be checked.
func (s *scrub) start(ctx context.Context, work *jobs) {
	if s != nil {
		work.start(ctx, job{name: "check store", every: scrubEvery, do: s.pass, failed: "whether the store is damaged is not known; it is tried again"})
	}
}

// pass reads the store once. Damage is no failure of the job: the store remembers it,
// refuses to write, and the metrics and /readyz say so.
func (s *scrub) pass(ctx context.Context) error {
	if !s.begun {
		if err := s.wait(ctx, scrubDelay); err != nil {
			return err
		}
		s.begun = true
	}
	found, ahead := 0, 0
	_, err := s.store.Check(ctx, func(bytes int) error {
		if ahead += bytes; ahead < scrubBytes/8 {
			return ctx.Err()
		}
		pause := time.Duration(ahead) * time.Second / scrubBytes
		ahead = 0
		return s.wait(ctx, pause)
	}, func(d survey.Damage) {
		if found++; found <= scrubListed {
			s.log.Error("the store is damaged; it takes no write any more", "error", &d)
		}
	})
	if err != nil {
		return err
	}
	s.damage.Set(float64(found))
	if found == 0 {
		s.whole.Store(s.now().Unix())
		s.success.Set(float64(s.whole.Load()))
	}
	return nil
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
