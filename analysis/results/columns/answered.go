package columns

import "hailong/survey"

// dayCounts counts responses by point, channel and day. Few of these words are
// different, so that codes are held in their place.
type dayCounts struct {
	points, channels, days dict
	counts                 map[answeredAt]int32
	runs                   []answeredRun // of segments, not in counts yet
}

// answeredRun is responses of a segment that are alike.
type answeredRun struct {
	answeredAt
	n int32
}

// answeredAt holds the codes of a point, a channel and a day.
type answeredAt struct{ point, channel, day uint32 }

func newDayCounts() dayCounts {
	return dayCounts{points: newDict(), channels: newDict(), days: newDict(), counts: map[answeredAt]int32{}}
}

func (c *dayCounts) add(r *decoded) {
	c.counts[answeredAt{c.points.of(r.point), c.channels.of(r.channel), c.days.of(r.day)}]++
}

// merge adds what segments have, once somebody asks.
func (c *dayCounts) merge() {
	for _, run := range c.runs {
		c.counts[run.answeredAt] += run.n
	}
	c.runs = nil
}

// bytes is how much memory the counts take, about.
func (c *dayCounts) bytes() int {
	const (
		entry = 24 // of the map, with its spare room
		run   = 16
	)
	return len(c.counts)*entry + cap(c.runs)*run
}

// EachAnswered calls visit with how many responses were given at a point by a channel on
// a day, for all of these, in no order.
func (v *CampaignView) EachAnswered(visit func(point survey.PointCode, channel survey.Channel, day survey.Date, n int)) {
	c := v.answered
	c.merge()
	for at, n := range c.counts {
		visit(survey.PointCode(c.points.keys[at.point]), survey.Channel(c.channels.keys[at.channel]), survey.Date(c.days.keys[at.day]), int(n))
	}
}
