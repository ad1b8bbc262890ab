package metrics

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hailong/survey"
	"hailong/survey/verification"
)

// Metrics counts what an operator watches. No label names a person, a point, an answer
// or what a citizen chose: it would move with each of them.
type Metrics struct {
	Registry  *prometheus.Registry // that /metrics answers from
	requests  *prometheus.HistogramVec
	responses *prometheus.CounterVec
	undated   prometheus.Counter
	staff     *staffMetrics
}

// New returns metrics of a version of the program.
func New(version string) *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "hailong_request_duration_seconds",
			Help:    "Time from a request's arrival to its answer, by route, method and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
		responses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hailong_responses_stored_total",
			Help: "Responses on disk for the first time since the start, by campaign, channel and class.",
		}, []string{"campaign", "channel", "class"}),
		undated: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hailong_responses_doubtful_clock_total",
			Help: "Responses since the start that are dated by a clock that was known to be wrong.",
		}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "hailong_build_info",
		Help: "1, with the version of this program.",
	}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.Registry.MustRegister(m.requests, m.responses, m.undated, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.staff = newStaffMetrics(m.Registry)
	return m
}

// Observe counts an answered request; route is the pattern, not the path.
func (m *Metrics) Observe(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
	m.staff.observe(method, route, status)
}

// Stored counts a response.
func (m *Metrics) Stored(r survey.Response) {
	class := cmp.Or(string(verification.ClassOf(r.Proof, r.Batch)), "open")
	m.responses.WithLabelValues(string(r.Campaign), string(r.Channel), class).Inc()
	if r.Doubt == survey.DoubtClock {
		m.undated.Inc()
	}
}

// Serve answers /metrics on a listener of its own until ctx ends: the numbers
// are for the operator's network, not for the public's.
func (m *Metrics) Serve(ctx context.Context, listener net.Listener, log *slog.Logger) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are no longer served", "error", err)
		}
	}()
}
