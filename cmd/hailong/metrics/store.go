package metrics

import (
	"errors"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"hailong/survey"
	"hailong/survey/bolt"
)

// WatchStore counts what the writer of a store in a file does. A MongoDB server has
// metrics of its own.
func (m *Metrics) WatchStore(store survey.Store) {
	s, ok := store.(*bolt.Store)
	if !ok {
		return
	}
	took := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "hailong_store_commit_duration_seconds",
		Help:    "Time that the disk took for a transaction.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	})
	writes := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "hailong_store_commit_writes",
		Help:    "Writes that shared a transaction.",
		Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024},
	})
	failures := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hailong_store_write_failures_total",
		Help: "Transactions that failed since the start, by kind: the disk is full, the store is damaged, or another.",
	}, []string{"kind"})
	for _, kind := range []string{"disk_full", "damaged", "other"} {
		failures.WithLabelValues(kind) // 0 is an answer too
	}
	m.Registry.MustRegister(took, writes, failures)
	s.Watch(func(c bolt.Commit) {
		if c.Err != nil {
			failures.WithLabelValues(failureKind(c.Err)).Inc()
			return
		}
		took.Observe(c.Took.Seconds())
		writes.Observe(float64(c.Writes))
	})
}

// failureKind is a word of a closed set for why a transaction failed.
func failureKind(err error) string {
	switch {
	case survey.DamageOf(err) != nil:
		return "damaged"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG):
		return "disk_full"
	}
	return "other"
}
