package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hailong/analysis/results"
	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/bolt"
	"hailong/survey/ledger"
	"hailong/survey/treelog"
	"hailong/web"
)

const (
	// followEvery is how often the responses of others are looked for.
	followEvery = time.Second

	// closeEvery is how often it is looked whether a day is to be closed.
	closeEvery = 10 * time.Minute
)

// followOthers lets other processes write to a store of own while a server runs, and
// tells figures and quarantine of the responses that they store: commands on the same
// machine through this process, other servers on the same MongoDB. It is called before
// figures are loaded. The caller calls stop, and then closes the store.
func followOthers(ctx context.Context, store shell.OpenStore, entered *ledger.Ledger, released *results.Released, services web.Services, log *slog.Logger) (others *ledger.Follower, stop func(), err error) {
	others = newFollower(entered, released, services, log)
	if err := others.Poll(ctx); err != nil {
		return nil, nil, err
	}
	shared := func() {}
	if s, ok := store.(*bolt.Store); ok {
		if shared, err = s.Share(); err != nil { // the server is none the worse for it
			log.Warn("Other commands cannot use the store while this server runs.", "error", err)
			shared = func() {}
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	tick, done := time.NewTicker(followEvery), make(chan struct{})
	go func() {
		defer close(done)
		others.Run(ctx, tick.C)
	}()
	return others, func() {
		cancel()
		tick.Stop()
		<-done
		shared()
	}, nil
}

// newFollower returns what tells figures and quarantine of the responses of others.
func newFollower(entered *ledger.Ledger, released *results.Released, services web.Services, log *slog.Logger) *ledger.Follower {
	return entered.Follow(func(r survey.Response) {
		services.Quarantine.Arrived(r)
		released.Add(r)
	}, func(ctx context.Context) error {
		log.Warn("responses of other servers were closed before this one heard of them, or are too many; all responses are read anew")
		services.Quarantine.ReadAnew()
		return released.Reload(ctx)
	}, log)
}

// closeLedger closes the days of the ledger that are over, and calls closed when one was:
// the order in which responses came is in a free page then. What is closed is appended to
// the signed log in the same run, also what a killed run left.
func closeLedger(ctx context.Context, work *jobs, entered *ledger.Ledger, signed *treelog.SignedLog, closed func()) {
	work.start(ctx, job{name: "close ledger", every: closeEvery, do: func(ctx context.Context) error {
		parts, err := entered.Close(ctx)
		if parts > 0 {
			closed()
		}
		_, logged := signed.Append(ctx)
		return errors.Join(err, logged)
	}, failed: "days of the ledger that are over are not closed yet; run hailong check if it goes on"})
}

// knowsAll lets nothing be published before this process has heard of every response
// that others stored: what is published is not made anew.
func knowsAll(others *ledger.Follower) func(context.Context, survey.CampaignID, survey.Date, int) error {
	return func(ctx context.Context, _ survey.CampaignID, _ survey.Date, _ int) error {
		if err := others.CatchUp(ctx); err != nil {
			return &survey.Error{Kind: survey.Unavailable, Op: "publish campaign", Key: "campaign.not_all_known", Err: err}
		}
		return nil
	}
}

// sealLedger ends what this process wrote into the ledger. Without it the last responses
// before the end would be the only ones that could be missing unnoticed.
func sealLedger(ctx context.Context, entered *ledger.Ledger, log *slog.Logger) {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWait)
	defer cancel()
	if err := entered.Seal(bounded); err != nil {
		log.Warn("the ledger was not sealed; hailong check cannot tell whether the last responses of this run are all there", "error", err)
	}
}
