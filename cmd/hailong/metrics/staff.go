package metrics

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hailong/survey/people"
	"hailong/survey/quarantine"
)

// CountEvery is how often is counted what takes longer than a scrape may.
const CountEvery = time.Minute

// staffMetrics are numbers about what waits for staff, and about who comes in. None is of
// one person: an account that is guessed at is not named.
type staffMetrics struct {
	held, undecided, sessions prometheus.Gauge
	refused                   *prometheus.CounterVec
}

func newStaffMetrics(registry prometheus.Registerer) *staffMetrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "hailong_" + name, Help: help})
	}
	m := &staffMetrics{
		held:      gauge("quarantine_held_responses", "Responses that figures leave out as suspects, to within a minute."),
		undecided: gauge("quarantine_undecided_responses", "Of them, those that wait for people to decide."),
		sessions:  gauge("sessions", "Browsers in which staff are signed in, to within a minute."),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hailong_sign_in_failures_total",
			Help: "Passwords, codes and tokens that were refused since the start: wrong, or not looked at because too many were.",
		}, []string{"by", "reason"}),
	}
	for _, by := range []string{"staff", "program"} {
		for _, reason := range []string{"wrong", "limited"} {
			m.refused.WithLabelValues(by, reason) // 0 is an answer too
		}
	}
	registry.MustRegister(m.held, m.undecided, m.sessions, m.refused)
	return m
}

// observe counts what was refused, by the route and the answer.
func (m *staffMetrics) observe(method, route string, status int) {
	by := ""
	switch {
	case method == http.MethodPost && strings.HasPrefix(route, "/staff/login"):
		by = "staff"
	case strings.HasPrefix(route, "/api/"):
		by = "program"
	default:
		return
	}
	switch {
	case status == http.StatusTooManyRequests:
		m.refused.WithLabelValues(by, "limited").Inc()
	case status == http.StatusUnauthorized, by == "staff" && status == http.StatusUnprocessableEntity:
		m.refused.WithLabelValues(by, "wrong").Inc()
	}
}

// CountStaff returns what counts what has to be read in the store. Errors are those of the
// store.
func (m *Metrics) CountStaff(held *quarantine.Quarantine, accounts *people.Accounts) func(context.Context) error {
	return func(ctx context.Context) error {
		all, undecided, err := held.Held(ctx)
		if err != nil {
			return err
		}
		sessions, err := accounts.OpenSessions(ctx)
		if err != nil {
			return err
		}
		m.staff.held.Set(float64(all))
		m.staff.undecided.Set(float64(undecided))
		m.staff.sessions.Set(float64(sessions))
		return nil
	}
}
