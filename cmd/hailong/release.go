package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"hailong/analysis/results"
	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/health"
	"hailong/survey/releases"
)

// releaseEvery is how often the server looks whether the day's release was cut.
const releaseEvery = 15 * time.Minute

// dailyRelease cuts the releases of all campaigns once a day.
type dailyRelease struct {
	published *results.Published
	judge     func(context.Context) error
	now       func() time.Time
	log       *slog.Logger
	last      survey.Date // on which it was done by this process
}

// cut cuts the releases unless it did so today; those that another server cut today
// stay.
func (d *dailyRelease) cut(ctx context.Context) error {
	today := survey.DateOf(d.now())
	if d.last == today {
		return nil
	}
	// What is suspect has to be known before: a store that was got out of a damaged one, or
	// stood still for a while, may not have been judged.
	if err := d.judge(ctx); err != nil {
		return err
	}
	cuts, err := d.published.CutDailyReleases(ctx, survey.Actor{Shell: "serve"})
	if err != nil {
		return err
	}
	d.last = today
	for _, c := range cuts {
		if c.Changed {
			d.log.Info("release cut", "campaign", c.Campaign, "number", c.Release.Number, "entered", c.Entered, "waiting", c.Waiting)
		}
	}
	return nil
}

// newReleaseCommand cuts releases now, by the rule of every day.
func newReleaseCommand() *cobra.Command {
	var store *shell.StoreOption
	var campaign string
	cmd := &cobra.Command{
		Use:   "release",
		Short: "Chốt số liệu cho cơ quan ngay bây giờ / cuts the day's release of figures for offices now",
		Args:  shell.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cutReleases(cmd.Context(), store, survey.CampaignID(campaign), cmd.OutOrStdout())
		},
	}
	store = shell.AddStoreFlag(cmd)
	cmd.Flags().StringVar(&campaign, "campaign", "", "mã đợt khảo sát; để trống: mọi đợt / id of a campaign; empty: all")
	return cmd
}

func cutReleases(ctx context.Context, option *shell.StoreOption, campaign survey.CampaignID, out io.Writer) (err error) {
	store, err := option.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	id := cmp.Or(campaign, "all")
	catalog, chosen, err := shell.ChooseCampaigns(ctx, store, string(id))
	if err != nil {
		return err
	}
	var named []survey.CampaignID
	if campaign != "" {
		named = append(named, chosen[0].ID)
	}
	changes, entries := shell.ChangesOf(store)
	clock := health.NewClock(time.Now, health.Elapsed, entries.Newest, shell.Quiet)
	if err := clock.Look(ctx); err != nil {
		return err
	}
	cutter := releases.New(changes, func() *survey.Catalog { return catalog })
	cutter.DoubtsClock = clock.Doubtful
	cuts, err := cutter.Cut(ctx, shell.Actor(), named...)
	for _, c := range cuts {
		state := "không đổi / unchanged"
		if c.Changed {
			state = fmt.Sprintf("bản chốt số %[1]d / release %[1]d", c.Release.Number)
		}
		fmt.Fprintf(out, "%s: %s; vào / entered %d, ra / left %d, chờ / waiting %d\n", c.Campaign, state, c.Entered, c.Left, c.Waiting)
	}
	return err
}
