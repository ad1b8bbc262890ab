package columns

import "hailong/survey"

// Answered is how many responses were given at a point on a day by a channel.
type Answered struct {
	Point   survey.PointCode
	Channel survey.Channel
	Day     survey.Date
	Number  int
}

// dayCounts counts responses by point, channel and day. Few of these words are
// different, so that codes are held in their place.
type dayCounts struct {
	points, channels, days dict
	counts                 map[answeredAt]int32
}

// answeredAt holds the codes of a point, a channel and a day.
type answeredAt struct{ point, channel, day uint32 }

func newDayCounts() dayCounts {
	return dayCounts{points: newDict(), channels: newDict(), days: newDict(), counts: map[answeredAt]int32{}}
}

func (c *dayCounts) add(r *decoded) {
	c.counts[answeredAt{c.points.of(r.point), c.channels.of(r.channel), c.days.of(r.day)}]++
}

// list is the counts, in no order.
func (c *dayCounts) list() []Answered {
	list := make([]Answered, 0, len(c.counts))
	for at, n := range c.counts {
		list = append(list, Answered{
			survey.PointCode(c.points.keys[at.point]), survey.Channel(c.channels.keys[at.channel]), survey.Date(c.days.keys[at.day]), int(n),
		})
	}
	return list
}

// bytes is how much memory the counts take, about.
func (c *dayCounts) bytes() int {
	const entry = 24 // of the map, with its spare room
	return len(c.counts) * entry
}

// Answered is where, how and when the responses were given, in no order.
func (v *CampaignView) Answered() []Answered { return v.answered.list() }
