package registry

import (
	"context"
	"sync"
	"time"

	"hailong/web/staff"
)

// PointSummary adds up how alive the points are that a person may see.
func (h *Handlers) PointSummary(ctx context.Context, who *staff.SignedIn) (staff.PointSummary, error) {
	pulses, err := h.recent.get(ctx, h.Now(), h.pulses)
	if err != nil {
		return staff.PointSummary{}, err
	}
	var sum staff.PointSummary
	rows, _ := h.pointsFor(who, pointFilter{}, pulses)
	for i := range rows {
		sum.Today += rows[i].Pulse.Today
		sum.Recent += rows[i].Pulse.Count
		if rows[i].Running {
			sum.Points++
		}
		if rows[i].Quiet {
			sum.Quiet++
		}
	}
	return sum, nil
}

// recentPulses keeps the pulses of points for a short while, because everybody
// begins the day at the same page.
type recentPulses struct {
	mu     sync.Mutex
	at     time.Time
	pulses pointPulses
}

const recentFor = 30 * time.Second

func (r *recentPulses) get(ctx context.Context, now time.Time, count func(context.Context) (pointPulses, error)) (pointPulses, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pulses.of != nil && now.Sub(r.at) < recentFor {
		return r.pulses, nil
	}
	pulses, err := count(ctx)
	if err != nil {
		return pointPulses{}, err
	}
	r.at, r.pulses = now, pulses
	return pulses, nil
}
