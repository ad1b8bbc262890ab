package analysis

import (
	"math"
)

// fold packs, per response, the satisfied answers (high half) and the answers
// given (low half) over the items of the plan.
func (e *estimation) fold(given []uint32) {
	good := e.satisfied()
	for _, j := range e.plan.Items {
		var packed [256]uint32
		for code := 1; code <= int(e.schema.Items[j].Codes); code++ {
			packed[code] = 1 | uint32(good[code])<<16
		}
		for row, code := range e.items[j] {
			given[row] += packed[code]
		}
	}
}

// index estimates the index in every domain.
func (e *estimation) index(g *grouping, given []uint32, figures []DomainFigures) {
	var points func(func(uint32, point) bool)
	if e.sample.psuOf == nil {
		points = func(yield func(uint32, point) bool) {
			for row, c := range g.cellOf {
				p := point{n: 1, x: float64(given[row] & 0xffff), v: float64(given[row] >> 16), w: e.sample.weightOf(row)}
				if p.x > 0 && !yield(g.partOf[c], p) {
					return
				}
			}
		}
	} else {
		base, value := make([]float64, len(g.partOf)), make([]float64, len(g.partOf))
		for row, c := range g.cellOf {
			w := e.sample.weightOf(row)
			base[c] += w * float64(given[row]&0xffff)
			value[c] += w * float64(given[row]>>16)
		}
		points = clusterPoints(g, base, value)
	}
	rates := g.ratios(points)
	squares := make([]float64, g.size) // Σ w(y − r·x)² over responses
	for row, both := range given {
		if both == 0 {
			continue
		}
		code := g.codeOf(row)
		f := &figures[code].Index
		f.N += int64(both & 0xffff)
		f.Respondents++
		away := float64(both>>16) - rates[code].value*float64(both&0xffff)
		squares[code] += e.sample.weightOf(row) * away * away
	}
	for code := range figures {
		f, r, rows := &figures[code].Index, rates[code], float64(g.rows[code])
		f.DF = g.df[code]
		f.Rate, f.SE, f.DEff, f.Interval = math.NaN(), math.NaN(), math.NaN(), undefinedInterval
		if f.N == 0 || !(r.base > 0) {
			continue
		}
		f.Rate, f.SE = r.value, math.Sqrt(r.variance)
		if f.Rate <= 0 || f.Rate >= 1 {
			m := float64(f.Respondents)
			f.Interval = KornGraubard(f.Rate, 0, m, f.DF, e.plan.Confidence)
			continue
		}
		f.Interval = Logit(f.Rate, f.SE, f.DF, e.plan.Confidence)
		if simple := g.weight[code] / (r.base * r.base) * squares[code] / (rows - 1); simple > 0 {
			f.DEff = r.variance / simple
		}
	}
}
