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
	"hailong/survey/questions"
	"hailong/survey/registry"
	"hailong/survey/sampling"
	"hailong/web"
)

// newServices builds each service of a server once. live holds the figures of
// this process; stored is told of every response that this process stores.
func newServices(store survey.Store, catalog func() *survey.Catalog, live *results.Live, stored func(survey.Response), log *slog.Logger) web.Services {
	now := time.Now
	chain := audit.New(store, now)
	in := &intake.Intake{Store: store, Catalog: catalog, Now: now, Log: log, Stored: stored}
	work := campaigns.New(store, chain, catalog, now)
	samples := sampling.New(store, chain, catalog, now)
	work.GuardDiscard(samples.KeepWhatWasDrawn)
	batches := paper.NewBatches(in, chain, now)
	batches.Voided = live.Void
	return web.Services{
		Store: store, Intake: in, Audit: chain,
		Published: results.NewPublished(live, work),
		Accounts:  people.NewAccounts(store, chain, now),
		Editor:    &registry.Editor{Store: store, Audit: chain, Catalog: catalog, Now: now, Random: rand.Reader},
		Drafts:    &questions.Drafts{Store: store, Audit: chain, Catalog: catalog},
		Campaigns: work, Samples: samples, Batches: batches,
		Rechecks: paper.NewRechecks(store, chain, catalog, now),
		Links:    links.New(store, chain, catalog, now),
	}
}
