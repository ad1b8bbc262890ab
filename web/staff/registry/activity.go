package registry

import (
	"context"
	"sync"
	"time"

	"hailong/web/staff"
)

// PointSummary adds up how much the points are used that a person may see.
func (h *Handlers) PointSummary(ctx context.Context, who *staff.SignedIn) (staff.PointSummary, error) {
	activity, err := h.recent.get(ctx, h.Now(), h.activity)
	if err != nil {
		return staff.PointSummary{}, err
	}
	var sum staff.PointSummary
	rows, _ := h.pointsFor(who, pointFilter{}, activity)
	for i := range rows {
		sum.Today += rows[i].Activity.Today
		sum.Recent += rows[i].Activity.Count()
		if rows[i].Running {
			sum.Points++
		}
		if rows[i].Quiet {
			sum.Quiet++
		}
	}
	return sum, nil
}

// recentActivity keeps the activity of points for a short while, because everybody
// begins the day at the same page.
type recentActivity struct {
	mu       sync.Mutex
	at       time.Time
	activity pointActivity
}

const recentFor = 30 * time.Second

func (r *recentActivity) get(ctx context.Context, now time.Time, count func(context.Context) (pointActivity, error)) (pointActivity, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.activity.of != nil && now.Sub(r.at) < recentFor {
		return r.activity, nil
	}
	activity, err := count(ctx)
	if err != nil {
		return pointActivity{}, err
	}
	r.at, r.activity = now, activity
	return activity, nil
}
