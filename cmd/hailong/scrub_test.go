package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"hailong/survey/bolt"
)

// A scrub waits after the start, says when it found nothing, and closes the store
// when it finds something.
func TestScrub(t *testing.T) {
	t.Parallel()
	_, path := checkedStore(t)
	now := time.Unix(1_800_000_000, 0)
	pass := func(damaged bool) {
		t.Helper()
		s, err := bolt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		registry := prometheus.NewRegistry()
		work := newScrub(s, registry, slog.New(slog.DiscardHandler))
		var waited time.Duration
		work.now, work.wait = func() time.Time { return now }, func(_ context.Context, d time.Duration) error {
			waited += d
			return nil
		}
		if err := work.pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waited < scrubDelay {
			t.Errorf("it began after %s, want not before %s", waited, scrubDelay)
		}
		want := map[string]float64{"hailong_check_last_success_timestamp_seconds": float64(now.Unix()), "hailong_check_damage": 0}
		if damaged {
			want = map[string]float64{"hailong_check_last_success_timestamp_seconds": 0, "hailong_check_damage": 1}
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, f := range families {
			got[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("damaged %v: metrics (-want +got):\n%s", damaged, diff)
		}
		if got := s.Damaged() != nil; got != damaged {
			t.Errorf("the store takes no write: %v, want %v", got, damaged)
		}
	}
	pass(false)
	flip(t, path)
	pass(true)
}
