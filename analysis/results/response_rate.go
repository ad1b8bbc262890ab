package results

import (
	"context"
	"math"
	"slices"

	"hailong/analysis/results/columns"
	"hailong/survey"
	"hailong/survey/transactions"
)

// ResponseRate is what share of the people who were served answered, on the days and
// at the points whose transactions are stated.
//
// That of a release is exact, and counts the responses that the release holds until
// the day before it was cut. That of an edition tells less, because everybody reads
// it and knows the edition's numbers of respondents: no number of responses, and
// rates in steps of a whole per cent, or of 5 or 10, so wide that no rate tells
// how many responses there were to within fewer people than the threshold (tellRate).
// Whatever is computed from rates and numbers of respondents is therefore uncertain
// by so many, and no small group is told by a subtraction. A channel has a rate only
// where the edition shows how many answered by it.
type ResponseRate struct {
	Unit         survey.UnitID `json:"unit,omitempty"` // whose points; empty: the campaign's
	Transactions int           `json:"transactions"`
	Responses    int           `json:"-"`    // of a release alone
	Rate         float64       `json:"rate"` // more than 1 where there are more responses than transactions
	Channels     []ChannelRate `json:"channels,omitempty"`
	// PointsAbove have each more responses than transactions, whatever the others
	// have; of a release alone.
	PointsAbove []survey.PointCode `json:"-"`
}

// ChannelRate is the share of all who were served that answered by a channel.
type ChannelRate struct {
	Channel   survey.Channel `json:"channel"`
	Responses int            `json:"-"` // of a release alone
	Rate      float64        `json:"rate"`
}

// Impossible reports whether more people answered than were served: some of the
// transactions, or some of the responses, are not what they claim to be.
func (r ResponseRate) Impossible() bool { return r.Rate > 1 }

// StatedFunc tells how many people each point served on each day since one
// (transactions.Transactions.Since).
type StatedFunc func(ctx context.Context, since survey.Date) (transactions.Numbers, error)

// stated is the transactions of a campaign's days until one; nil where nobody tells.
func (p *Published) stated(ctx context.Context, campaign *survey.Campaign) (transactions.Numbers, error) {
	if p.Stated == nil {
		return nil, nil
	}
	return p.Stated(ctx, campaign.Period.From)
}

// releasedRate is the response rate of a query's units, of the release; nil where no
// transactions are stated, or the query keeps something that transactions are not
// divided by.
func (p *Published) releasedRate(ctx context.Context, q Query) (*ResponseRate, error) {
	if !onlyPlaces(q.Where) {
		return nil, nil //nolint:nilnil // there is no rate
	}
	campaign := p.released.catalog().Campaign(q.Campaign)
	stated, err := p.stated(ctx, campaign)
	if err != nil || len(stated) == 0 {
		return nil, err
	}
	var rate *ResponseRate
	err = p.released.read(ctx, q.Campaign, func(v *columns.CampaignView) error {
		counted := ratesWithin(v, stated, "", q.Where)
		if !counted.All.Known() {
			return nil
		}
		rate = &ResponseRate{Transactions: counted.All.Transactions, Responses: counted.All.Responses, Rate: counted.All.Share()}
		for _, c := range counted.Channels {
			rate.Channels = append(rate.Channels, ChannelRate{c.Channel, c.Responses, c.Share()})
		}
		for _, point := range counted.Above() {
			rate.PointsAbove = append(rate.PointsAbove, point.Point)
		}
		return nil
	})
	return rate, err
}

func onlyPlaces(where []Filter) bool {
	return !slices.ContainsFunc(where, func(f Filter) bool { return f.Dimension != ByUnit && f.Dimension != BySchool })
}

// ratesWithin joins the responses of a view with the transactions of the campaign's
// points in the units that filters name, on the days until last (empty: all) that
// were over when the release was cut. A unit whose responses wait counts with its
// transactions: fewer wait than would change a rate, and to leave out who never
// answered would raise every rate.
func ratesWithin(v *columns.CampaignView, stated transactions.Numbers, last survey.Date, where []Filter) transactions.ResponseRates {
	campaign, catalog := v.Layout.Campaign, v.Catalog
	cut := survey.DateOf(v.Release.At)
	within := transactions.Numbers{}
	for code, days := range stated {
		for day, n := range days {
			if day >= cut || last != "" && day > last || !campaign.Period.Contains(day) {
				continue
			}
			if within[code] == nil {
				within[code] = map[survey.Date]int{}
			}
			within[code][day] = n
		}
	}
	return transactions.RatesOf(answered(v), within, func(code survey.PointCode) bool {
		point := catalog.Point(code)
		if point == nil || !catalog.Covers(campaign, point.Unit) || !inside(catalog, point.Unit, where) {
			return false
		}
		_, asks := campaign.Form(point.Form)
		return asks
	})
}

func answered(v *columns.CampaignView) []transactions.Answered {
	counts := v.Answered()
	list := make([]transactions.Answered, len(counts))
	for i, c := range counts {
		list[i] = transactions.Answered(c)
	}
	return list
}

// editionRates are the response rates that an edition tells of the days until last
// (empty: all): of the campaign, and of each unit that it has tables of.
func editionRates(v *columns.CampaignView, f *EditionFigures, stated transactions.Numbers, last survey.Date) []ResponseRate {
	if len(stated) == 0 {
		return nil
	}
	var rates []ResponseRate
	told := map[survey.UnitID]bool{}
	for i := range f.Tables {
		t := &f.Tables[i]
		unit := survey.UnitID(t.Where[string(ByUnit)])
		if told[unit] || t.Overall.Suppressed {
			continue
		}
		told[unit] = true
		var where []Filter
		if unit != "" {
			where = []Filter{{ByUnit, string(unit)}}
		}
		counted := ratesWithin(v, stated, last, where)
		share, ok := tellRate(counted.All, f.Threshold)
		if !ok {
			continue
		}
		rate := ResponseRate{Unit: unit, Transactions: counted.All.Transactions, Rate: share}
		for _, c := range counted.Channels {
			if share, ok := tellRate(c.Rate, f.Threshold); ok && f.showsChannel(unit, c.Channel) {
				rate.Channels = append(rate.Channels, ChannelRate{Channel: c.Channel, Rate: share})
			}
		}
		rates = append(rates, rate)
	}
	return rates
}

// rateSteps are the steps that rates are told in, in per cent.
var rateSteps = []int{1, 5, 10}

// tellRate rounds a rate to the finest step that is at least twice the threshold of
// people wide; ok is false where there is none. Every rate that is told then fits at
// least as many numbers of responses as the threshold says, and twice as many where
// it is not 0.
func tellRate(r transactions.Rate, threshold int64) (share float64, ok bool) {
	for _, step := range rateSteps {
		if int64(r.Transactions)*int64(step) >= 200*threshold {
			steps := math.Round(r.Share() * 100 / float64(step))
			return steps * float64(step) / 100, true
		}
	}
	return 0, false
}

// showsChannel reports whether the edition shows how many of a unit, of all where it
// is empty, answered by a channel.
func (f *EditionFigures) showsChannel(unit survey.UnitID, channel survey.Channel) bool {
	for i := range f.Tables {
		t := &f.Tables[i]
		if !slices.Equal(t.By, []Dimension{ByChannel}) || survey.UnitID(t.Where[string(ByUnit)]) != unit {
			continue
		}
		return slices.ContainsFunc(t.Groups, func(g EditionGroup) bool { return g.Keys[0] == string(channel) && !g.Figure.Suppressed })
	}
	return false
}

// responseRate is the rate that an edition tells of a query's unit; nil where it
// tells none.
func (f *EditionFigures) responseRate(q Query) *ResponseRate {
	if len(q.Where) > 1 || len(q.Where) == 1 && q.Where[0].Dimension != ByUnit {
		return nil
	}
	unit := survey.UnitID(q.where()[string(ByUnit)])
	for i := range f.ResponseRates {
		if f.ResponseRates[i].Unit == unit {
			return &f.ResponseRates[i]
		}
	}
	return nil
}
