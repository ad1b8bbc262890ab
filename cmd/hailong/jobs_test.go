package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

// A job is done at the start and at each tick, goes on after a failure, and says
// how it went.
func TestJob(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	registry := prometheus.NewRegistry()
	at := time.Unix(1000, 0)
	j := newJobs(registry, slog.New(slog.NewTextHandler(&out, nil)), func() time.Time { return at })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ticks := make(chan time.Time, 2)
	ticks <- at
	ticks <- at
	times := 0
	j.repeat(ctx, job{name: "erase", failed: "contacts are not erased yet", do: func(context.Context) error {
		times++
		switch times {
		case 1:
			return nil
		case 2:
			return errors.New("the disk is full")
		}
		at = at.Add(time.Minute)
		cancel()
		return nil
	}}, ticks)
	if times != 3 {
		t.Errorf("done %d times, want 3", times)
	}
	if s := out.String(); strings.Count(s, "\n") != 1 || !strings.Contains(s, "contacts are not erased yet") || !strings.Contains(s, "job=erase") {
		t.Errorf("logged: %s", s)
	}
	want := map[string]float64{"hailong_job_failures_total erase": 1, "hailong_job_last_success_seconds erase": 1060}
	if diff := cmp.Diff(want, gathered(t, registry)); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

// gathered are the numbers in a registry by their name and label.
func gathered(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			all[f.GetName()+" "+m.GetLabel()[0].GetValue()] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return all
}

// What fails because the server stops is no failure.
func TestJobWhileTheServerStops(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	registry := prometheus.NewRegistry()
	j := newJobs(registry, slog.New(slog.NewTextHandler(&out, nil)), time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	j.start(ctx, job{name: "reload", every: time.Hour, do: func(ctx context.Context) error {
		cancel()
		return ctx.Err()
	}})
	j.wait()
	if out.Len() > 0 {
		t.Errorf("logged: %s", &out)
	}
	if diff := cmp.Diff(map[string]float64{"hailong_job_failures_total reload": 0}, gathered(t, registry)); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}
