package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// job is work in the background: done at the start, and then every so often.
type job struct {
	name   string
	every  time.Duration
	do     func(context.Context) error
	failed string          // what a failure means, for the log
	wake   <-chan struct{} // it is done now, too; nil: only every so often
}

// jobs runs jobs and keeps how each went the last time.
type jobs struct {
	log     *slog.Logger
	now     func() time.Time
	running sync.WaitGroup

	success  *prometheus.GaugeVec
	failures *prometheus.CounterVec
}

// newJobs returns no jobs yet; their metrics are in a registry.
func newJobs(registry prometheus.Registerer, log *slog.Logger, now func() time.Time) *jobs {
	j := &jobs{
		log: log, now: now,
		success: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hailong_job_last_success_seconds",
			Help: "When work in the background was last done without a failure, in seconds since 1970, by job.",
		}, []string{"job"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hailong_job_failures_total",
			Help: "How often work in the background failed since the start, by job.",
		}, []string{"job"}),
	}
	registry.MustRegister(j.success, j.failures)
	return j
}

// start does a job until ctx ends.
func (j *jobs) start(ctx context.Context, work job) {
	j.failures.WithLabelValues(work.name) // 0 is an answer too
	j.running.Go(func() {
		tick := time.NewTicker(work.every)
		defer tick.Stop()
		j.repeat(ctx, work, tick.C)
	})
}

// summarise has the log say each minute what it left out, until ctx ends.
func (j *jobs) summarise(ctx context.Context) {
	handler, ok := j.log.Handler().(*repeated)
	if !ok {
		return
	}
	j.running.Go(func() {
		tick := time.NewTicker(repeatedEvery)
		defer tick.Stop()
		handler.run(ctx, tick.C)
	})
}

// wait returns after every job has ended.
func (j *jobs) wait() { j.running.Wait() }

// repeat does a job at once and then at each tick, or when it is woken.
func (j *jobs) repeat(ctx context.Context, work job, tick <-chan time.Time) {
	for ctx.Err() == nil {
		switch err := work.do(ctx); {
		case err == nil:
			j.success.WithLabelValues(work.name).Set(float64(j.now().Unix()))
		case ctx.Err() == nil:
			j.failures.WithLabelValues(work.name).Inc()
			j.log.Warn("work in the background failed and is tried again", "job", work.name, "meaning", work.failed, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick:
		case <-work.wake:
		}
	}
}
