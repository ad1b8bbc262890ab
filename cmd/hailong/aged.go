package main

import (
	"context"

	"hailong/survey"
	"hailong/survey/retention"
	"hailong/web"
)

// aged is who forgets which kind of what has aged.
func aged(services web.Services) map[retention.AgedKind]retention.Forgetting {
	job := survey.Actor{Shell: "serve"}
	return map[retention.AgedKind]retention.Forgetting{
		retention.AgedSlips:    services.Slips.ForgetSlips,
		retention.AgedLinks:    func(ctx context.Context) (int, error) { return services.Slips.ForgetLinks(ctx, job) },
		retention.AgedDossiers: services.Slips.ForgetDossiers,
		retention.AgedDevices:  func(ctx context.Context) (int, error) { return services.Proofs.ForgetDevices(ctx, job) },
		retention.AgedMoments:  services.Batches.BlurReceived,
		retention.AgedAttempts: services.Receipts.ForgetAttempts,
		retention.AgedSessions: services.Accounts.ForgetSessions,
	}
}
