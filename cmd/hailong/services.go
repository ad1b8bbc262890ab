package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"hailong/analysis/results"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/health"
	"hailong/survey/intake"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/paper"
	"hailong/survey/people"
	"hailong/survey/proof"
	"hailong/survey/quarantine"
	"hailong/survey/questions"
	"hailong/survey/registry"
	"hailong/survey/releases"
	"hailong/survey/sampling"
	"hailong/survey/slips"
	"hailong/survey/takeback"
	"hailong/survey/traffic"
	"hailong/survey/transactions"
	"hailong/survey/treelog"
	"hailong/web"
)

// newServices builds each service of a server once. released holds the figures of
// this process; stored is told of every response that this process stores.
func newServices(changes *survey.Changes, taken *ledger.Ledger, log *audit.Log, catalog func() *survey.Catalog, released *results.Released, stored func(survey.Response), well *health.Health, secrets *keys.Keys, warn *slog.Logger) web.Services {
	held := quarantine.New(changes, warn)
	served := transactions.New(changes, catalog)
	held.Stated, held.Vouched, served.Stated = served.Since, served.Vouched, held.StatedAnew
	accounts := people.NewAccounts(changes, secrets)
	held.Deciders = func(ctx context.Context) (int, error) { return accounts.HowMany(ctx, survey.PublishCampaigns) }
	in := &intake.Intake{Store: changes.Store, Ledger: taken, Catalog: catalog, Now: time.Now, Stored: func(r survey.Response) {
		held.Arrived(r)
		stored(r)
	}, From: held.ArrivedFrom, DoubtsClock: well.Clock.Doubtful, HoldUndated: held.HoldUndated}
	work := campaigns.New(changes, catalog)
	samples := sampling.New(changes, catalog, secrets)
	work.GuardDiscard(samples.KeepWhatWasDrawn)
	receipts := takeback.New(changes, catalog, secrets)
	work.GuardPublication(held.GuardPublication)
	signed := treelog.New(changes, secrets)
	work.NameHead(signed.ForEdition(in.Ledger))
	batches := paper.NewBatches(in, changes, secrets)
	codes := slips.New(changes, catalog, secrets)
	codes.Transactions = served
	proofs := proof.New(changes, secrets)
	served.Provers = []func(context.Context, survey.Date) (transactions.Provers, error){proofs.Provers, codes.Provers}
	served.TokenMakers, served.Received = accounts.TokenMakers, held.Received
	cutter := releases.New(changes, catalog)
	cutter.DoubtsClock = well.Clock.Doubtful
	published := results.NewPublished(released, work, cutter)
	published.Stated = served.Since
	return web.Services{
		Changes: changes, Store: changes.Store, Health: well, Intake: in, Audit: log,
		Published: published,
		Accounts:  accounts,
		Editor:    &registry.Editor{Changes: changes, Catalog: catalog, Random: rand.Reader},
		Drafts:    &questions.Drafts{Changes: changes, Catalog: catalog},
		Campaigns: work, Samples: samples, Batches: batches,
		Rechecks:   paper.NewRechecks(changes, catalog, secrets),
		Slips:      codes,
		Proofs:     proofs,
		Receipts:   receipts,
		Log:        signed,
		Quarantine: held, Transactions: served,
		Traffic: traffic.New(changes.Store, secrets, traffic.UsualLimits, time.Now, warn),
	}
}
