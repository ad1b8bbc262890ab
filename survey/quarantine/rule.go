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
	leastHour     = 20   // capacity of an hour, at least
	leastDay      = 100  // capacity of a day, at least
	leastFirstDay = 200  // of the first day of a point, which may be a busy one
	leastProofs   = 20   // proofs of a day that are not compared with its transactions
	level         = 1e-4 // of the scan statistic, and of marks
	scanWindow    = 600  // seconds
	doubtShare    = 0.05 // of honest people who are in a doubt, at most
	rareTwice     = 2    // how often answers come that are no script's
)

// limits is what a point can serve on a day.
type limits struct {
	hour   [24]int
	day    int
	stated int // transactions; -1: not known
}

// usualShares tells with which probability, at most, an honest response of a
// kind holds given answers; 1 where too little is known to say.
type usualShares func(*kind, uint64) float64

// judgement applies the rules to what arrived at a point on a day.
type judgement struct {
	arrivals []arrival
	limits   limits
	usual    usualShares
	key      []byte // of the order in which responses are kept
	over     int    // hours that are over; 24: the day

	signs map[int]verification.SuspectSign // of the suspect ones, by their place among the arrivals
}

// judge returns the suspect ones by their place among the arrivals.
func (j *judgement) judge() map[int]verification.SuspectSign {
	j.signs = map[int]verification.SuspectSign{}
	hours := make([][]int, 24)
	var verified []int
	for i := range j.arrivals {
		if a := &j.arrivals[i]; a.verified {
			verified = append(verified, i)
		} else {
			hours[a.hour()] = append(hours[a.hour()], i)
		}
	}
	for hour, rows := range hours {
		j.crowd(rows, j.limits.hour[hour], hour < j.over)
	}
	if j.limits.stated >= 0 {
		j.keep(verified, max(leastProofs, j.limits.stated), verification.SignTransactions)
	}
	for hour := range min(j.over, 24) {
		j.marks(j.left(hours[hour]))
		for _, cluster := range j.clusters(j.left(hours[hour]), hour) {
			j.marks(j.left(cluster))
		}
	}
	if j.over >= 24 {
		all := j.left(slices.Concat(hours...))
		j.keepUnlessTwice(all, j.limits.day, verification.SignFullDay)
		j.marks(j.left(all))
	}
	return j.signs
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

// crowd judges the unverified responses of an hour. While it is not over a flood
// alone is held: how many are too many of an hour that is just too full is known
// at its end.
func (j *judgement) crowd(rows []int, capacity int, over bool) {
	if len(rows) <= capacity {
		return
	}
	j.oneOrigin(rows, capacity)
	switch {
	case len(rows) > 2*capacity:
		j.keep(j.unlessRare(rows, capacity), 0, verification.SignCrowd)
	case over:
		j.keep(rows, capacity, verification.SignCrowd)
	}
}

// oneOrigin leaves half of a capacity that is exceeded to a network or device that
// more than half of those came from of which it is known.
func (j *judgement) oneOrigin(rows []int, capacity int) {
	known, origins := 0, map[Origin][]int{}
	for _, i := range rows {
		if origin := j.arrivals[i].origin; origin != 0 {
			known++
			origins[origin] = append(origins[origin], i)
		}
	}
	for _, same := range origins {
		if 2*len(same) > known && len(same) > leastHour/2 {
			j.keep(same, capacity/2, verification.SignFlood)
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
	for sign, marked := range map[verification.SuspectSign][]int{verification.SignHurried: hurried, verification.SignFlood: flooded} {
		excess := quality.Excess(len(marked), len(rows)-len(marked), doubtShare, level)
		j.keep(marked, len(marked)-excess, sign)
	}
}
