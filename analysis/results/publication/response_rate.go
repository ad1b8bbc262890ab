package publication

import (
	"slices"

	"hailong/analysis/results/columns"
	"hailong/analysis/results/tables"
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
	Unit         survey.UnitID         `json:"unit,omitempty"` // whose points; empty: the campaign's
	Transactions int                   `json:"transactions"`
	Responses    int                   `json:"-"`    // of a release alone
	Rate         float64               `json:"rate"` // more than 1 where there are more responses than transactions
	Channels     []ChannelResponseRate `json:"channels,omitempty"`
	// PointsAbove have each more responses than transactions, whatever the others
	// have; of a release alone.
	PointsAbove []survey.PointCode `json:"-"`
}

// ChannelResponseRate is the share of all who were served that answered by a channel.
type ChannelResponseRate struct {
	Channel   survey.Channel `json:"channel"`
	Responses int            `json:"-"` // of a release alone
	Rate      float64        `json:"rate"`
}

// Impossible reports whether more people answered than were served: some of the
// transactions, or some of the responses, are not what they claim to be.
func (r ResponseRate) Impossible() bool { return r.Rate > 1 }

// ReleaseRate is the response rate of the units that a query names, of a release; nil
// where no transactions of theirs are stated.
func ReleaseRate(v *columns.CampaignView, stated transactions.Numbers, q tables.Query) *ResponseRate {
	counted := ratesWithin(v, stated, "", q)
	if !counted.All.Known() {
		return nil
	}
	rate := &ResponseRate{Transactions: counted.All.Transactions, Responses: counted.All.Responses, Rate: counted.All.Share()}
	for _, c := range counted.Channels {
		rate.Channels = append(rate.Channels, ChannelResponseRate{c.Channel, c.Responses, c.Share()})
	}
	for _, point := range counted.Above() {
		rate.PointsAbove = append(rate.PointsAbove, point.Point)
	}
	return rate
}

// ratesWithin joins the responses of a view with the transactions of the campaign's
// points in the units that a query names, on the days until last (empty: all) that
// were over when the release was cut. A unit whose responses wait counts with its
// transactions: fewer wait than would change a rate, and to leave out who never
// answered would raise every rate.
func ratesWithin(v *columns.CampaignView, stated transactions.Numbers, last survey.Date, q tables.Query) transactions.ResponseRates {
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
		if point == nil || !catalog.Covers(campaign, point.Unit) || !q.Includes(catalog, point.Unit) {
			return false
		}
		_, asks := campaign.Form(point.Form)
		return asks
	})
}

func answered(v *columns.CampaignView) (list []transactions.Answered) {
	v.EachAnswered(func(point survey.PointCode, channel survey.Channel, day survey.Date, n int) {
		list = append(list, transactions.Answered{Point: point, Channel: channel, Day: day, Number: n})
	})
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
		unit := survey.UnitID(t.Where[string(tables.ByUnit)])
		if told[unit] || t.Overall.Suppressed {
			continue
		}
		told[unit] = true
		var within tables.Query
		if unit != "" {
			within.Where = []tables.Filter{{Dimension: tables.ByUnit, Key: string(unit)}}
		}
		counted := ratesWithin(v, stated, last, within)
		share, ok := tellRate(counted.All, f.Threshold)
		if !ok {
			continue
		}
		rate := ResponseRate{Unit: unit, Transactions: counted.All.Transactions, Rate: share}
		for _, c := range counted.Channels {
			if share, ok := tellRate(c.Rate, f.Threshold); ok && f.showsChannel(unit, c.Channel) {
				rate.Channels = append(rate.Channels, ChannelResponseRate{Channel: c.Channel, Rate: share})
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
			// In whole numbers, so that each step is as wide as the others.
			wide := r.Transactions * step
			steps := (2*100*r.Responses + wide) / (2 * wide)
			return float64(steps*step) / 100, true
		}
	}
	return 0, false
}

// showsChannel reports whether the edition shows how many of a unit, of all where it
// is empty, answered by a channel.
func (f *EditionFigures) showsChannel(unit survey.UnitID, channel survey.Channel) bool {
	for i := range f.Tables {
		t := &f.Tables[i]
		if !slices.Equal(t.By, []tables.Dimension{tables.ByChannel}) || survey.UnitID(t.Where[string(tables.ByUnit)]) != unit {
			continue
		}
		return slices.ContainsFunc(t.Groups, func(g EditionGroup) bool { return g.Keys[0] == string(channel) && !g.Figure.Suppressed })
	}
	return false
}

// ResponseRate is the rate that an edition tells of a query's unit; nil where it
// tells none.
func (f *EditionFigures) ResponseRate(q tables.Query) *ResponseRate {
	if len(q.Where) > 1 || len(q.Where) == 1 && q.Where[0].Dimension != tables.ByUnit {
		return nil
	}
	unit := survey.UnitID(whereOf(q)[string(tables.ByUnit)])
	for i := range f.ResponseRates {
		if f.ResponseRates[i].Unit == unit {
			return &f.ResponseRates[i]
		}
	}
	return nil
}
