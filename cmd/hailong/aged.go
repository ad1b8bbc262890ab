package main

import (
	"context"
	"time"

	"hailong/survey"
	"hailong/survey/moments"
	"hailong/survey/retention"
	"hailong/web"
)

// blurEvery is how often moments of receipt are looked through for those whose day is
// over; once a day there are some.
const blurEvery = 5 * time.Minute

// blurMoments starts the work on moments of receipt: apart from what is forgotten once a
// day, because they are due when the day is over, and an old store has many of them.
func blurMoments(ctx context.Context, work *jobs, eraser *retention.Eraser, received *moments.Moments) {
	kinds := map[retention.AgedKind]retention.Forgetting{retention.AgedMoments: received.Blur}
	work.start(ctx, job{name: "blur moments", every: blurEvery, do: func(ctx context.Context) error {
		_, err := eraser.ForgetAged(ctx, survey.Actor{Shell: "serve"}, kinds)
		return err
	}, failed: "the minutes at which responses of former days came in are still stored; it is tried again"})
}

// aged is who forgets once a day which kind of what has aged.
func aged(services web.Services) map[retention.AgedKind]retention.Forgetting {
	job := survey.Actor{Shell: "serve"}
	return map[retention.AgedKind]retention.Forgetting{
		retention.AgedSlips:    services.Slips.ForgetSlips,
		retention.AgedLinks:    func(ctx context.Context) (int, error) { return services.Slips.ForgetLinks(ctx, job) },
		retention.AgedDossiers: services.Slips.ForgetDossiers,
		retention.AgedDevices:  func(ctx context.Context) (int, error) { return services.Proofs.ForgetDevices(ctx, job) },
		retention.AgedAttempts: services.Receipts.ForgetAttempts,
		retention.AgedSessions: services.Accounts.ForgetSessions,
		retention.AgedGuesses:  services.Accounts.ForgetGuesses,
	}
}
