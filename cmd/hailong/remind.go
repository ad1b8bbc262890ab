package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"hailong/survey"
	"hailong/survey/campaigns"
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
	var ending []string
	for _, k := range campaigns.Unfollowed(c, today) {
		ending = append(ending, string(k.ID)+" ("+string(k.Period.To)+")")
	}
	if len(ending) > 0 {
		log.Warn("campaigns end and nothing follows them; prepare the next ones on the staff home page", "campaigns", strings.Join(ending, ", "))
	}
}
