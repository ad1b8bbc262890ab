package estimation

import (
	"iter"
	"math"

	"hailong/analysis"
)

// profile is what responses with the same cell and the same numbers of answers
// and of satisfied answers share.
type profile struct {
	cell               uint32
	answers, satisfied float64
	tally
	weight float64 // of all its responses
}

// profiles counts the responses by cell, answers and satisfied answers.
func (e *estimation) profiles(g *grouping, given []uint32) []profile {
	kinds := uint32(len(e.asked.Items) + 1) //nolint:gosec // items of a questionnaire, at most some hundred
	packed := make([]uint32, len(given))
	for row, both := range given {
		packed[row] = (both&0xffff)*kinds + both>>16
	}
	idOf, ids := pairs(g.cellOf, packed, len(given))
	profiles := make([]profile, len(ids))
	for i, p := range ids {
		profiles[i] = profile{cell: p.a, answers: float64(p.b / kinds), satisfied: float64(p.b % kinds)}
	}
	for row, id := range idOf {
		p := &profiles[id]
		w := e.sample.weightOf(row)
		d := w - g.first[p.cell]
		p.n++
		p.d += d
		p.d2 += d * d
		p.weight += w
	}
	return profiles
}

// index estimates the index in all views.
func (e *estimation) index(g *grouping, given []uint32, views []view) {
	profiles := e.profiles(g, given)
	points := func(v view) iter.Seq2[uint32, point] {
		return func(yield func(uint32, point) bool) {
			for _, p := range profiles {
				if p.answers > 0 && !yield(v.partIn[p.cell], point{float64(p.n), p.answers, p.satisfied, g.first[p.cell], p.d, p.d2}) {
					return
				}
			}
		}
	}
	if e.sample.psuOf != nil {
		base, value := make([]float64, len(g.partOf)), make([]float64, len(g.partOf))
		for _, p := range profiles {
			base[p.cell] += p.weight * p.answers
			value[p.cell] += p.weight * p.satisfied
		}
		points = func(v view) iter.Seq2[uint32, point] {
			return clusterPoints(v, func(c int) (float64, float64) { return base[c], value[c] })
		}
	}
	for _, v := range views {
		rates := v.ratios(points(v))
		squares := make([]float64, v.size) // Σ w(y − r·x)² over responses
		for _, p := range profiles {
			if p.answers == 0 {
				continue
			}
			code := v.parts[v.partIn[p.cell]].code
			f := &v.figures[code].Index
			f.N += p.n * int64(p.answers)
			f.Respondents += p.n
			away := p.satisfied - rates[code].value*p.answers
			squares[code] += p.weight * away * away
		}
		for code := range v.figures {
			e.indexFigure(v, code, rates[code], squares[code])
		}
	}
}

func (e *estimation) indexFigure(v view, code int, r ratio, squares float64) {
	f := &v.figures[code].Index
	f.DF = v.df[code]
	f.Rate, f.SE, f.DEff, f.Interval = math.NaN(), math.NaN(), math.NaN(), analysis.UndefinedInterval()
	if f.N == 0 || !(r.base > 0) {
		return
	}
	f.Rate, f.SE = r.value, math.Sqrt(r.variance)
	if f.Rate <= 0 || f.Rate >= 1 {
		f.Interval = analysis.KornGraubard(f.Rate, 0, float64(f.Respondents), f.DF, e.asked.Confidence)
		return
	}
	f.Interval = analysis.Logit(f.Rate, f.SE, f.DF, e.asked.Confidence)
	if simple := v.weight[code] / (r.base * r.base) * squares / float64(v.rows[code]-1); simple > 0 {
		f.DEff = r.variance / simple
	}
}
