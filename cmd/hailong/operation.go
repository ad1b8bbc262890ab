package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/backup"
	"hailong/survey/health"
	"hailong/survey/ledger"
)

// lookAtClockEvery is how often the clock is compared. What arrives between two looks is
// dated by a clock that is looked at then too (intake.DoubtsClock).
const lookAtClockEvery = 10 * time.Second

// newHealth returns the health of a server, whose clock was looked at once.
func newHealth(ctx context.Context, store survey.Store, entries *audit.Log, released *results.Released, log *slog.Logger) (*health.Health, error) {
	well := health.New(store, time.Now, log)
	well.Loaded = released.Loaded
	well.Sources.Backup = func(ctx context.Context) (time.Time, int64, error) { return backup.LastMade(ctx, store) }
	well.Clock = health.NewClock(time.Now, health.Elapsed, entries.Newest, log)
	day, err := ledger.NewestDay(ctx, store)
	if err != nil {
		return nil, err
	}
	if day != "" {
		well.Clock.Seen(day.Time())
	}
	return well, well.Clock.Look(ctx)
}

// warnOfClock tells who starts a server that the clock is a day or more behind what is
// stored: citizens would be told that the survey is over, or has not begun.
func warnOfClock(out io.Writer, clock health.ClockState, now time.Time) {
	if clock.Behind < 24*time.Hour {
		return
	}
	fmt.Fprintf(out, "\n  ĐỒNG HỒ CỦA MÁY SAI: máy ghi %[1]s, dữ liệu đã lưu có ngày %[2]s. Xin chỉnh giờ rồi khởi động lại; phiếu nhận lúc này được đánh dấu và tạm giữ, chưa chốt số liệu mới.\n"+
		"  THE CLOCK OF THIS MACHINE IS WRONG: it says %[1]s, and what is stored is of %[2]s. Set it, and start again; responses that arrive meanwhile are marked and held back, and no release is cut.\n",
		now.In(survey.Zone).Format("02/01/2006 15:04"), now.Add(clock.Behind).In(survey.Zone).Format("02/01/2006"))
}
