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
	"hailong/survey/keys"
	"hailong/survey/links"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/questions"
	"hailong/survey/registry"
	"hailong/survey/sampling"
	"hailong/survey/takeback"
	"hailong/web"
)

// newServices builds each service of a server once. live holds the figures of
// this process; stored is told of every response that this process stores.
func newServices(changes *survey.Changes, log *audit.Log, catalog func() *survey.Catalog, live *results.Live, stored func(survey.Response), secrets *keys.Keys, warn *slog.Logger) web.Services {
	in := &intake.Intake{Store: changes.Store, Catalog: catalog, Now: time.Now, Log: warn, Stored: stored}
	work := campaigns.New(changes, catalog)
	samples := sampling.New(changes, catalog, secrets)
	work.GuardDiscard(samples.KeepWhatWasDrawn)
	receipts := takeback.New(changes, catalog, secrets)
	receipts.TakenBack = live.TakeBack
	batches := paper.NewBatches(in, changes)
	batches.Voided = live.Void
	return web.Services{
		Changes: changes, Store: changes.Store, Intake: in, Audit: log,
		Published: results.NewPublished(live, work),
		Accounts:  people.NewAccounts(changes),
		Editor:    &registry.Editor{Changes: changes, Catalog: catalog, Random: rand.Reader},
		Drafts:    &questions.Drafts{Changes: changes, Catalog: catalog},
		Campaigns: work, Samples: samples, Batches: batches,
		Rechecks: paper.NewRechecks(changes, catalog),
		Links:    links.New(changes, catalog),
		Proofs:   proof.New(changes, secrets),
		Receipts: receipts,
	}
}
