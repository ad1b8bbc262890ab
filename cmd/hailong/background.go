package main

import (
	"context"
	"log/slog"
	"net"
	"time"

	"hailong/analysis/results"
	"hailong/cmd/hailong/metrics"
	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/health"
	"hailong/survey/ledger"
	"hailong/survey/moments"
	"hailong/survey/retention"
	"hailong/survey/sampling"
	"hailong/survey/traffic"
	"hailong/web"
)

// catalogRefresh is how long a change that another process made to the
// catalogue may go unseen.
const catalogRefresh = 15 * time.Second

// judgeEvery is how often what has arrived is judged.
const judgeEvery = 10 * time.Second

// eraseEvery is how often contacts are looked through for those to be erased;
// they are due by the day.
const eraseEvery = time.Hour

// forgetEvery is how often slips are looked through for what joins them to a response
// for longer than a day.
const forgetEvery = time.Hour

// background is what a server works on beside its answers, with what that needs.
type background struct {
	changes  *survey.Changes
	current  *survey.CatalogCache
	released *results.Released
	services web.Services
	store    shell.OpenStore
	entered  *ledger.Ledger
	others   *ledger.Follower
	well     *health.Health
	watch    *metrics.Metrics
	segments keptSegments
	erased   *compaction
	demo     bool
	log      *slog.Logger
}

// start starts the work, and answers /metrics on a listener if there is one, until ctx
// ends or stop is called. stop returns when all of it has ended.
func (b *background) start(ctx context.Context, answered net.Listener) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	work := newJobs(b.watch.Registry, b.log, time.Now)
	work.summarise(ctx)
	b.erased.start(ctx, work)
	scrubbed := newScrub(b.store, b.watch.Registry, b.log)
	scrubbed.start(ctx, work)
	b.well.Sources.Check = scrubbed.last
	work.start(ctx, job{name: "look at clock", every: lookAtClockEvery, do: b.well.Clock.Look, failed: "whether the clock of this machine is right is not known; it is tried again"})
	work.start(ctx, job{name: "count suspects and sessions", every: metrics.CountEvery, do: b.watch.CountStaff(b.services.Quarantine, b.services.Accounts), failed: "metrics say how many there were; trying again"})
	b.watch.WatchStore(b.store)
	b.watch.WatchOperation(metrics.Watched{Well: b.well, Entered: b.entered, Others: b.others, Released: b.released, Store: b.store})
	eraser := retention.New(b.changes, b.current.Catalog)
	startErasing(ctx, work, b.erased, eraser, b.services)
	received := moments.New(b.store, b.services.Quarantine.Judge, time.Now)
	received.Finished = b.erased.wake
	closeLedger(ctx, work, b.entered, b.services.Log, b.erased.wake)
	blurMoments(ctx, work, eraser, received)
	b.segments.start(ctx, work, b.services.Receipts)
	startJobs(ctx, work, b.current, b.released, b.services, b.demo, b.log)
	if answered != nil {
		b.watch.Serve(ctx, answered, b.log)
	}
	// The first reader should not have to wait for a million responses.
	go func() {
		if err := b.released.Load(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn("figures are not loaded yet; the first reader will wait for them", "error", err)
		}
	}()
	return func() {
		cancel()
		work.wait() // the store is closed next
	}
}

// startErasing starts the daily work on what is kept no longer.
func startErasing(ctx context.Context, work *jobs, erased *compaction, eraser *retention.Eraser, services web.Services) {
	server := survey.Actor{Shell: "serve"}
	eraser.Erased = erased.wake
	for _, j := range []job{
		{name: "erase what is kept no longer", do: func(ctx context.Context) error {
			_, err := eraser.EraseDue(ctx, server)
			return err
		}, failed: "answers that are kept no longer are not erased yet; it is tried again"},
		{name: "forget what has aged", do: func(ctx context.Context) error {
			_, err := eraser.ForgetAged(ctx, server, aged(services))
			return err
		}, failed: "what is of no more use is still stored; it is tried again"},
		{name: "erase again", do: func(ctx context.Context) error {
			_, err := services.Receipts.EraseAgain(ctx)
			return err
		}, failed: "what a restored backup brought back of what was taken back is still there; it is tried again"},
	} {
		j.every = compactEvery
		work.start(ctx, j)
	}
}

// startJobs starts what is done every so often until ctx ends.
func startJobs(ctx context.Context, work *jobs, current *survey.CatalogCache, released *results.Released, services web.Services, demo bool, log *slog.Logger) {
	work.start(ctx, job{name: "reload catalogue", every: catalogRefresh, do: current.Reload, failed: "the catalogue is not read again; the old one stays in force"})
	work.start(ctx, job{name: "follow releases", every: catalogRefresh, do: released.Refresh, failed: "offices see the release before; trying again"})
	judge := func(ctx context.Context) error {
		_, err := services.Quarantine.Judge(ctx)
		return err
	}
	daily := dailyRelease{published: services.Published, judge: judge, now: time.Now, log: log}
	work.start(ctx, job{name: "cut releases", every: releaseEvery, do: daily.cut, failed: "offices see the release before; trying again"})
	work.start(ctx, job{name: "erase contacts", every: eraseEvery, do: func(ctx context.Context) error {
		return eraseDue(ctx, services.Samples, log)
	}, failed: "contacts are not erased yet, it will be tried again; until then nobody is shown them"})
	work.start(ctx, job{name: "forget slips", every: forgetEvery, do: services.Slips.Forget, failed: "what joins one-time codes and responses is not removed yet, it will be tried again"})
	work.start(ctx, job{name: "judge responses", every: judgeEvery, do: judge, failed: "suspect responses wait for a release with the others until it succeeds"})
	work.start(ctx, job{name: "exchange counts", every: traffic.ExchangeEvery, do: services.Traffic.Exchange, failed: "limits do not know what other servers counted; trying again"})
	work.start(ctx, job{name: "destroy keys of networks", every: eraseEvery, do: services.Traffic.Forget, failed: "the keys of networks of former days are not destroyed yet; trying again"})
	if demo {
		return
	}
	work.start(ctx, job{name: "remind", every: 24 * time.Hour, do: func(context.Context) error {
		warnUnfollowed(current.Catalog(), survey.DateOf(time.Now()), log)
		return nil
	}})
}

// sealContacts seals the contacts that an older version left as they were.
func sealContacts(ctx context.Context, samples *sampling.Samples, log *slog.Logger) error {
	sealed, unreadable, err := samples.SealContacts(ctx)
	if sealed > 0 {
		log.Info("contacts that an older version stored are sealed now", "contacts", sealed)
	}
	if unreadable > 0 {
		log.Warn("contacts cannot be read: their keys are not in the directory of keys; put it back, or bring the lists in again", "contacts", unreadable)
	}
	return err
}

// eraseDue erases the contacts whose time has come.
func eraseDue(ctx context.Context, samples *sampling.Samples, log *slog.Logger) error {
	erased, err := samples.EraseDue(ctx, survey.Actor{Shell: "serve"})
	for _, id := range erased {
		log.Info("contacts erased", "campaign", id)
	}
	return err
}
