package campaigns

import (
	"context"
	"math"

	"hailong/analysis/results"
	"hailong/analysis/results/tables"
	"hailong/survey"
	"hailong/web/page"
	"hailong/web/staff"
)

// suppliedShare is how much programs and files brought of what figures are of, ready to
// be shown.
type suppliedShare struct {
	tables.Supplied
	Percent string // "23 %", or "under 1 %"
}

// suppliedOf tells how much programs and files brought of a campaign's release, in all or
// of a place; nothing where the person does not read the release.
func (h *Handlers) suppliedOf(ctx context.Context, who *staff.SignedIn, id survey.CampaignID, l *page.Locale, where ...tables.Filter) (suppliedShare, error) {
	s, _, err := h.published.Supplied(ctx, results.Office(who.User.Grant), id, where...)
	percent := l.WholePercent(int(math.Round(100 * s.Share())))
	if s.Share() < 0.01 {
		percent = l.T("supplied.under", l.WholePercent(1))
	}
	return suppliedShare{s, percent}, err
}

// All reports whether nobody else answered, so that there is nothing to compare.
func (s suppliedShare) All() bool { return s.Responses == s.Of }
