package main

import (
	"context"
	"log/slog"
	"time"

	"hailong/survey"
)

// remind warns, at the start and once a day, of campaigns that end soon and
// that nothing follows: from then on every poster would say "closed".
func remind(ctx context.Context, catalog func() *survey.Catalog, log *slog.Logger) {
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		warnUnfollowed(catalog(), survey.DateOf(time.Now()), log)
		select {
		case <-ctx.Done():
			return
		case <-daily.C:
		}
	}
}

func warnUnfollowed(c *survey.Catalog, today survey.Date, log *slog.Logger) {
	for _, k := range c.Unfollowed(today) {
		log.Warn("a campaign ends and nothing follows it; prepare the next one on the staff home page", "campaign", k.ID, "last_day", k.Period.To)
	}
}
