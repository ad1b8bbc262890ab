package campaigns

import (
	"context"

	"hailong/survey"
	"hailong/survey/campaigns"
	"hailong/survey/transactions"
	"hailong/web/figures"
	"hailong/web/page"
	"hailong/web/staff"
)

// progressRates are response rates within the person's scope, of what the release holds,
// on the days before it was cut whose transactions are stated.
type progressRates struct {
	All      progressRate
	Points   []progressRate
	Channels []progressRate
	Above    figures.PointsAbove
}

// Doubtful reports whether there are more responses than transactions, in all or at a
// point.
func (r *progressRates) Doubtful() bool { return r.All.Impossible() || len(r.Above.Names) > 0 }

// progressRate is a rate with the name of what it is of.
type progressRate struct {
	Name string
	transactions.Rate
}

// Few reports whether too few responses are in the release to tell their number.
func (r progressRate) Few() bool { return r.Responses > 0 && r.Responses < campaigns.FewestTold }

// FewestTold is as of the page.
func (progressRate) FewestTold() int { return campaigns.FewestTold }

// progressRates joins the responses in a campaign's release with the transactions of the
// points that it asks at; nil where none are stated or there is no release.
func (h *Handlers) progressRates(ctx context.Context, who *staff.SignedIn, campaign *survey.Campaign, l *page.Locale) (*progressRates, error) {
	stated, err := h.transactions.Since(ctx, campaign.Period.From)
	if err != nil {
		return nil, err
	}
	counts, err := h.campaigns.ResponseCounts(ctx, campaign.ID)
	if err != nil || counts.Release.Number == 0 {
		return nil, err
	}
	cut := survey.DateOf(counts.Release.At)
	catalog := h.Catalog()
	mine := map[survey.PointCode]bool{}
	for _, p := range staff.PointsOf(catalog, campaign) {
		mine[p.Code] = who.Covers(catalog, survey.OfUnit(p.Unit).In(campaign.Family))
	}
	var answered []transactions.Answered
	for of, n := range counts.Released {
		answered = append(answered, transactions.Answered{Point: of.Point, Channel: of.Channel, Day: of.Day, Number: n})
	}
	for _, days := range stated { // of this campaign alone, and of days that were over
		for day := range days {
			if !campaign.Period.Contains(day) || day >= cut {
				delete(days, day)
			}
		}
	}
	of := transactions.RatesOf(answered, stated, func(code survey.PointCode) bool { return mine[code] })
	if !of.All.Known() {
		return nil, nil //nolint:nilnil // there is no rate
	}
	return h.namedRates(&of, l), nil
}

// namedRates are rates with the names of what they are of.
func (h *Handlers) namedRates(of *transactions.ResponseRates, l *page.Locale) *progressRates {
	rates := &progressRates{All: progressRate{l.T("rate.all"), of.All}}
	for _, p := range of.Points {
		rates.Points = append(rates.Points, progressRate{h.placeAndCode(p.Point, l), p.Rate})
	}
	var above []survey.PointCode
	for _, p := range of.Above() {
		above = append(above, p.Point)
	}
	rates.Above = h.pointsAbove(above, l)
	for _, c := range of.Channels {
		rates.Channels = append(rates.Channels, progressRate{l.T("channel." + string(c.Channel)), c.Rate})
	}
	return rates
}

// pointsAbove names points that have more responses than transactions.
func (h *Handlers) pointsAbove(codes []survey.PointCode, l *page.Locale) figures.PointsAbove {
	var names []string
	for _, code := range codes {
		names = append(names, h.placeAndCode(code, l))
	}
	return figures.NewPointsAbove(names)
}

func (h *Handlers) placeAndCode(code survey.PointCode, l *page.Locale) string {
	return h.PlaceOf(code).In(l.Lang) + " · " + string(code)
}
