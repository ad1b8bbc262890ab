package main

import (
	"log/slog"
	"strings"

	"hailong/survey"
	"hailong/survey/campaigns"
)

// warnUnfollowed warns of campaigns that end soon and that nothing follows: from
// then on every poster would say "closed".
func warnUnfollowed(c *survey.Catalog, today survey.Date, log *slog.Logger) {
	var ending []string
	for _, k := range campaigns.Unfollowed(c, today) {
		ending = append(ending, string(k.ID)+" ("+string(k.Period.To)+")")
	}
	if len(ending) > 0 {
		log.Warn("campaigns end and nothing follows them; prepare the next ones on the staff home page", "campaigns", strings.Join(ending, ", "))
	}
}
