package main

import (
	"crypto/rand"
	"log/slog"
	"time"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/intake"
	"hailong/survey/links"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/quarantine"
	"hailong/survey/questions"
	"hailong/survey/registry"
	"hailong/survey/sampling"
	"hailong/survey/transactions"
	"hailong/web"
)

// newServices builds each service of a server once. live holds the figures of
// this process; stored is told of every response that this process stores.
func newServices(changes *survey.Changes, log *audit.Log, catalog func() *survey.Catalog, live *results.Live, stored func(survey.Response), warn *slog.Logger) web.Services {
	held := quarantine.New(changes, warn)
	held.Held, held.Released = live.Hold, live.Release
	served := transactions.New(changes, catalog)
	held.Stated, served.Stated = served.Since, held.StatedAnew
	in := &intake.Intake{Store: changes.Store, Catalog: catalog, Now: time.Now, Log: warn, Stored: func(r survey.Response) {
		held.Arrived(r)
		stored(r)
	}, From: held.ArrivedFrom}
	work := campaigns.New(changes, catalog)
	samples := sampling.New(changes, catalog)
	work.GuardDiscard(samples.KeepWhatWasDrawn)
	work.GuardPublication(held.GuardPublication)
	batches := paper.NewBatches(in, changes)
	batches.Voided = live.Void
	return web.Services{
		Store: changes.Store, Intake: in, Audit: log,
		Published: results.NewPublished(live, work),
		Accounts:  people.NewAccounts(changes),
		Editor:    &registry.Editor{Changes: changes, Catalog: catalog, Random: rand.Reader},
		Drafts:    &questions.Drafts{Changes: changes, Catalog: catalog},
		Campaigns: work, Samples: samples, Batches: batches,
		Rechecks:   paper.NewRechecks(changes, catalog),
		Links:      links.New(changes, catalog),
		Quarantine: held, Transactions: served,
	}
}
