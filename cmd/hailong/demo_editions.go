package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"hailong/analysis/results"
	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/campaigns"
	"hailong/survey/keys"
	"hailong/survey/ledger"
	"hailong/survey/releases"
	"hailong/survey/transactions"
	"hailong/survey/treelog"
)

// demoEditions publishes the months of a demonstration that are over, each on the
// morning after it, as an office would have done.
type demoEditions struct {
	at        time.Time
	current   *survey.CatalogCache
	campaigns *campaigns.Campaigns
	published *results.Published
	bar       shell.WorkProgress
}

// publishDemo publishes every month until a day, and cuts the releases of that day.
func publishDemo(ctx context.Context, store survey.Store, secrets *keys.Keys, today survey.Date, log *slog.Logger) error {
	current, err := survey.OpenCatalog(ctx, store)
	if err != nil {
		return err
	}
	d := demoEditions{current: current}
	clock := func() time.Time { return d.at }
	changes := survey.NewChanges(store, audit.New(store, clock), clock)
	released := results.NewReleased(store, current.Catalog, log)
	d.campaigns = campaigns.New(changes, current.Catalog)
	signed := treelog.New(changes, secrets)
	d.campaigns.NameHead(signed.ForEdition(ledger.New(store, clock)))
	d.published = results.NewPublished(released, d.campaigns, releases.New(changes, current.Catalog))
	d.published.Stated = transactions.New(changes, current.Catalog).Since
	months := monthsOver(current.Catalog(), today)
	d.bar = shell.NewProgress("editions", int64(len(months)*len(current.Catalog().Campaigns)))
	defer d.bar.Finish()
	for _, morning := range months {
		d.at = morning
		if err := d.publish(ctx); err != nil {
			return fmt.Errorf("publish the demonstration: %w", err)
		}
	}
	d.at = today.Time().Add(-time.Second) // the newest responses are of the day before
	_, err = d.published.CutReleases(ctx, survey.Actor{Shell: "demo"})
	return err
}

// monthsOver are the mornings after each month of the campaigns that is over.
func monthsOver(c *survey.Catalog, today survey.Date) (mornings []time.Time) {
	first := today
	for i := range c.Campaigns {
		first = min(first, c.Campaigns[i].Period.From)
	}
	for day := first.Time(); ; {
		day = time.Date(day.Year(), day.Month()+1, 1, 9, 0, 0, 0, survey.Zone)
		if survey.DateOf(day) > today {
			return mornings
		}
		mornings = append(mornings, day)
	}
}

// publish publishes the newest month that is over, of every campaign.
func (d *demoEditions) publish(ctx context.Context) error {
	actor := survey.Actor{Shell: "demo"}
	for _, c := range d.current.Catalog().Campaigns {
		d.bar.Add(1)
		if _, due := c.EditionDue(survey.DateOf(d.at)); !due {
			continue
		}
		_, err := d.campaigns.Publish(ctx, actor, c.ID, c.Rev, func(c survey.Campaign, e survey.Edition) (any, string, error) {
			return d.published.NewEdition(ctx, actor, &c, e)
		})
		if err != nil {
			return err
		}
	}
	return d.current.Reload(ctx)
}
