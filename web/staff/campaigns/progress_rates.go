package campaigns

import (
	"context"

	"hailong/survey"
	"hailong/survey/transactions"
	"hailong/web/page"
	"hailong/web/staff"
)

// progressRates are response rates within the person's scope, on the days whose
// transactions are stated.
type progressRates struct {
	All      transactions.Rate
	Points   []progressRate
	Channels []progressRate
}

// progressRate is a rate with the name of what it is of.
type progressRate struct {
	Name string
	transactions.Rate
}

// progressRates joins the responses of a campaign with the transactions of the
// points that it asks at; nil where none are stated.
func (h *Handlers) progressRates(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, l *page.Locale) (*progressRates, error) {
	stated, err := h.transactions.Since(ctx, campaign.Period.From)
	if err != nil {
		return nil, err
	}
	counts, err := h.campaigns.ResponseCounts(ctx, campaign.ID)
	if err != nil {
		return nil, err
	}
	catalog := h.Catalog()
	mine := map[survey.PointCode]bool{}
	for _, p := range staff.PointsOf(catalog, campaign) {
		mine[p.Code] = who.Covers(catalog, p.Unit, campaign.Family)
	}
	var answered []transactions.Answered
	for of, n := range counts.Counts {
		answered = append(answered, transactions.Answered{Point: of.Point, Channel: of.Channel, Day: of.Day, Number: n})
	}
	for _, days := range stated { // of this campaign alone
		for day := range days {
			if !campaign.Period.Contains(day) {
				delete(days, day)
			}
		}
	}
	of := transactions.RatesOf(answered, stated, func(code survey.PointCode) bool { return mine[code] })
	if !of.All.Known() {
		return nil, nil //nolint:nilnil // there is no rate
	}
	rates := &progressRates{All: of.All}
	for _, p := range of.Points {
		name := h.PlaceOf(p.Point).In(l.Lang) + " · " + string(p.Point)
		rates.Points = append(rates.Points, progressRate{name, p.Rate})
	}
	for _, c := range of.Channels {
		rates.Channels = append(rates.Channels, progressRate{l.T("channel." + string(c.Channel)), c.Rate})
	}
	return rates, nil
}
