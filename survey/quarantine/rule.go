package quarantine

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"math"
	"slices"

	"hailong/analysis/quality"
	"hailong/survey"
	"hailong/survey/verification"
)

// The numbers of the rules. Package doc says what they mean.
const (
	leastHour    = 20   // capacity of an hour, at least
	leastNewHour = 48   // of a point without a past, whose hour may be a busy one
	leastDay     = 100  // capacity of a day, at least
	leastNewDay  = 200  // of a point without a past, whose day may be a busy one
	leastProofs  = 20   // proofs of a day that are not compared with its transactions
	level        = 1e-4 // of the scan statistic, and of marks
	scanWindow   = 600  // seconds
	doubtShare   = 0.05 // of honest people who are hurried, at most
	rareTwice    = 2    // how often answers come that are no script's
)

// limits is what a point can serve on a day, in one of the queues.
type limits struct {
	hour   [24]int
	day    int
	stated int  // transactions; -1: not known
	past   bool // it is known what is usual there
}

// oneNetwork is how many of an hour that exceeds its capacity may come from one
// network. A hall shares one: where nobody knows yet what is usual it is all that
// the hour can take.
func (l *limits) oneNetwork(capacity int) int {
	if !l.past {
		return capacity
	}
	return capacity / 2
}

// usualShares tells with which probability, at most, an honest response of a
// kind holds given answers; 1 where too little is known to say.
type usualShares func(*kind, uint64) float64

// judgement applies the rules to what arrived at a point on a day. Open and
// verified responses are two queues, each with limits of its own: however many
// come in one of them, nobody in the other one is pushed out.
type judgement struct {
	arrivals       []arrival
	open, verified limits
	usual          usualShares
	key            []byte // of the order in which responses are kept
	over           int    // hours that are over; 24: the day

	signs     map[int]verification.SuspectSign // of the suspect ones, by their place among the arrivals
	inCluster map[int]bool                     // of them, those found in a cluster of an hour
}

// judge returns the suspect ones by their place among the arrivals.
func (j *judgement) judge() map[int]verification.SuspectSign {
	j.signs, j.inCluster = map[int]verification.SuspectSign{}, map[int]bool{}
	open, verified := make([][]int, 24), make([][]int, 24)
	for i := range j.arrivals {
		if a := &j.arrivals[i]; a.verified {
			verified[a.hour()] = append(verified[a.hour()], i)
		} else {
			open[a.hour()] = append(open[a.hour()], i)
		}
	}
	j.judgeHours(open, &j.open)
	j.judgeHours(verified, &j.verified)
	j.transactions(verified)
	j.judgeDay(open, &j.open)
	j.judgeDay(verified, &j.verified)
	return j.signs
}

// judgeHours judges the hours of a queue each by itself.
func (j *judgement) judgeHours(hours [][]int, l *limits) {
	for hour, rows := range hours {
		j.crowd(rows, hour, l)
	}
	for hour := range min(j.over, 24) {
		j.marks(j.left(hours[hour]))
		j.judgeClusters(hours[hour], hour)
	}
}

// judgeClusters judges the clusters of an hour of a queue. Where not every second is
// known any more, those suspects stand in their place that were found while it was:
// what is judged afterwards counts with them as it did then.
func (j *judgement) judgeClusters(rows []int, hour int) {
	before := j.left(rows)
	if slices.ContainsFunc(rows, func(i int) bool { return j.arrivals[i].blurred }) {
		for _, i := range before {
			if sign := j.arrivals[i].cluster; sign != "" {
				j.signs[i] = sign
			}
		}
	} else {
		for _, cluster := range j.clusters(before, hour) {
			j.marks(j.left(cluster))
		}
	}
	for _, i := range before {
		if _, suspect := j.signs[i]; suspect {
			j.inCluster[i] = true
		}
	}
}

// transactions makes suspect what is more than the transactions of the day, of
// those verified that no hour has made suspect: a flood uses up the transactions
// of nobody. Hours that are over are looked at alone, because it is not known
// before which of them are left; so what was suspect at noon still is in the
// evening.
func (j *judgement) transactions(hours [][]int) {
	if j.verified.stated >= 0 {
		over := slices.Concat(hours[:min(j.over, 24)]...)
		j.keep(j.left(over), max(leastProofs, j.verified.stated), verification.SignTransactions)
	}
}

// judgeDay judges a queue as a whole, when the day is over.
func (j *judgement) judgeDay(hours [][]int, l *limits) {
	if j.over >= 24 {
		all := j.left(slices.Concat(hours...))
		j.keepUnlessTwice(all, l.day, verification.SignFullDay)
		j.marks(j.left(all))
	}
}

// left are those of the rows that are not suspect yet.
func (j *judgement) left(rows []int) []int {
	var left []int
	for _, i := range rows {
		if _, suspect := j.signs[i]; !suspect {
			left = append(left, i)
		}
	}
	return left
}

// crowd judges what came in a queue in an hour. While it is not over a flood alone
// is held: how many are too many of an hour that is just too full is known at its
// end.
func (j *judgement) crowd(rows []int, hour int, l *limits) {
	capacity := l.hour[hour]
	if len(rows) <= capacity {
		return
	}
	j.oneOrigin(rows, l.oneNetwork(capacity))
	switch {
	case len(rows) > 2*capacity:
		j.keep(j.unlessRare(rows, capacity), 0, verification.SignCrowd)
	case hour < j.over:
		j.keep(rows, capacity, verification.SignCrowd)
	}
}

// oneOrigin leaves a number to a network or device that more than half of those
// came from of which it is known. All that a kiosk takes in comes from one, so of
// what kiosks sent it is no sign.
func (j *judgement) oneOrigin(rows []int, number int) {
	known, origins := 0, map[Origin][]int{}
	for _, i := range rows {
		if a := &j.arrivals[i]; a.origin != 0 && !a.device {
			known++
			origins[a.origin] = append(origins[a.origin], i)
		}
	}
	for _, same := range origins {
		if 2*len(same) > known && len(same) > leastHour/2 {
			j.keep(same, number, verification.SignFlood)
		}
	}
}

// unlessRare returns the rows of a flood without those whose answers came once or
// twice, as long as not more of these came than the capacity: one script that
// repeats itself does not silence who answers otherwise. Counting each answer
// twice at most, the number can only rise while more arrive, so that nothing is
// spared later that was not spared before.
func (j *judgement) unlessRare(rows []int, capacity int) []int {
	type same struct {
		kind    *kind
		answers uint64
	}
	groups, rare := map[same]int{}, 0
	for _, i := range rows {
		s := same{j.arrivals[i].kind, j.arrivals[i].answers}
		if groups[s]++; groups[s] <= rareTwice {
			rare++
		}
	}
	if rare > capacity {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(i int) bool {
		return groups[same{j.arrivals[i].kind, j.arrivals[i].answers}] <= rareTwice
	})
}

// keepUnlessTwice keeps as many rows as a capacity allows, and none of more than
// twice as many.
func (j *judgement) keepUnlessTwice(rows []int, capacity int, sign verification.SuspectSign) {
	if len(rows) > 2*capacity {
		capacity = 0
	}
	j.keep(rows, capacity, sign)
}

// keep makes suspect what is more than a number: those in the gravest doubt first,
// and then those whose id comes last in the order of the key.
func (j *judgement) keep(rows []int, number int, sign verification.SuspectSign) {
	if len(rows) <= number {
		return
	}
	type place struct {
		row   int
		doubt int
		order [sha256.Size]byte
	}
	places := make([]place, len(rows))
	for k, i := range rows {
		a := &j.arrivals[i]
		places[k] = place{row: i, doubt: gravity(a.doubt), order: sha256.Sum256(slices.Concat(j.key, a.id[:]))}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.doubt, b.doubt), bytes.Compare(a.order[:], b.order[:]))
	})
	for _, p := range places[number:] {
		if _, suspect := j.signs[p.row]; !suspect {
			j.signs[p.row] = sign
		}
	}
}

// clusters are the rows of an hour that came in closer together than chance has
// it.
func (j *judgement) clusters(rows []int, hour int) [][]int {
	times := make([]float64, len(rows))
	for k, i := range rows {
		times[k] = float64(j.arrivals[i].second)
	}
	from := float64(hour * 3600)
	found, err := quality.FindBursts(times, from, from+3600, scanWindow, level)
	if err != nil { // the arguments are constants
		return nil
	}
	var clusters [][]int
	for _, b := range found.Bursts {
		var cluster []int
		for k, i := range rows {
			if found.Flags[k] && b.From <= times[k] && times[k] <= b.To {
				cluster = append(cluster, i)
			}
		}
		clusters = append(clusters, cluster)
	}
	return clusters
}

// marks makes suspect what the rows have in common more often than honest people
// do.
func (j *judgement) marks(rows []int) {
	type same struct {
		kind    *kind
		answers uint64
	}
	ofKind, alike := map[*kind]int{}, map[same][]int{}
	var hurried, flooded []int
	for _, i := range rows {
		a := &j.arrivals[i]
		ofKind[a.kind]++
		alike[same{a.kind, a.answers}] = append(alike[same{a.kind, a.answers}], i)
		switch {
		case a.hurried():
			hurried = append(hurried, i)
		case a.doubt == survey.DoubtFlood:
			flooded = append(flooded, i)
		}
	}
	for s, rows := range alike {
		// Even of answers that nobody gave before, a few may be the same.
		if len(rows) < 5 || math.Pow(0.02, float64(len(rows))) > level {
			continue
		}
		excess := quality.Excess(len(rows), ofKind[s.kind]-len(rows), j.usual(s.kind, s.answers), level)
		j.keep(rows, len(rows)-excess, verification.SignAlike)
	}
	excess := quality.Excess(len(hurried), len(rows)-len(hurried), doubtShare, level)
	j.keep(hurried, len(hurried)-excess, verification.SignHurried)
	// Fast people are usual, a flood is not, however little of it comes to one point.
	j.keep(flooded, 0, verification.SignFlood)
}
