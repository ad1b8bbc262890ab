package transactions

import (
	"maps"
	"slices"
	"strings"

	"hailong/survey"
)

// Rate is how many of those who were served answered, on the days whose
// transactions are stated.
type Rate struct {
	Responses    int
	Transactions int
}

// Known reports whether there is a rate.
func (r Rate) Known() bool { return r.Transactions > 0 }

// Share is the response rate; more than 1 where there are more answers than
// people.
func (r Rate) Share() float64 { return float64(r.Responses) / float64(r.Transactions) }

// Impossible reports whether more people answered than were served: some of the
// numbers, or some of the answers, are not what they claim to be.
func (r Rate) Impossible() bool { return r.Responses > r.Transactions }

// Answered is how many responses of a channel were given at a point on a day.
type Answered struct {
	Point   survey.PointCode
	Channel survey.Channel
	Day     survey.Date
	Number  int
}

// ResponseRates are the response rates of points and channels.
type ResponseRates struct {
	All      Rate
	Points   []PointRate   // by code
	Channels []ChannelRate // in the order of channels; each of all who were served
}

// Above are the points that have more responses than transactions. The others may
// hide it in the sum.
func (r ResponseRates) Above() (points []PointRate) {
	for _, p := range r.Points {
		if p.Impossible() {
			points = append(points, p)
		}
	}
	return points
}

// PointRate is the rate of a point.
type PointRate struct {
	Rate
	Point survey.PointCode
}

// ChannelRate is what share of those who were served answered by a channel.
type ChannelRate struct {
	Rate
	Channel survey.Channel
}

// RatesOf joins answers with transactions. Days and points without stated
// transactions count on neither side; points that covers does not admit too.
func RatesOf(answered []Answered, stated Numbers, covers func(survey.PointCode) bool) ResponseRates {
	var r ResponseRates
	points := map[survey.PointCode]*PointRate{}
	for code, days := range stated {
		if !covers(code) {
			continue
		}
		points[code] = &PointRate{Point: code}
		for _, n := range days {
			points[code].Transactions += n
		}
		r.All.Transactions += points[code].Transactions
	}
	channels := map[survey.Channel]int{}
	for _, a := range answered {
		p := points[a.Point]
		if _, known := stated[a.Point][a.Day]; p == nil || !known {
			continue
		}
		p.Responses += a.Number
		r.All.Responses += a.Number
		channels[a.Channel] += a.Number
	}
	for _, p := range slices.SortedFunc(maps.Values(points), func(a, b *PointRate) int { return strings.Compare(string(a.Point), string(b.Point)) }) {
		r.Points = append(r.Points, *p)
	}
	for _, channel := range survey.Channels {
		if n := channels[channel]; n > 0 {
			r.Channels = append(r.Channels, ChannelRate{Rate{n, r.All.Transactions}, channel})
		}
	}
	return r
}
